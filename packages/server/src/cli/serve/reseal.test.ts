import { randomBytes } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readAll } from '../../ports/blobs/index.ts';
import { keep } from '../../upkeep/archive.testing.ts';
import { newFolder, promontory, removeFolders } from '../command-line.testing.ts';
import { openStorage } from './open-storage.ts';
import { readSettings } from './settings.ts';

afterAll(removeFolders);

const now = () => new Date();
const secrets = [1, 2].map((n) => Buffer.alloc(32, n).toString('hex'));

/** A data folder, and its settings with a key file of these lines. */
function place() {
  const folder = newFolder();
  const [keyFile, settings] = [join(folder, 'key'), join(folder, 'settings.json')];
  const withKeys = (...lines: readonly string[]) => {
    writeFileSync(keyFile, `${lines.join('\n')}\n`);
    chmodSync(keyFile, 0o600);
    writeFileSync(settings, JSON.stringify({ storage: { keyFiles: lines.length === 0 ? [] : [keyFile] } }));
  };
  const data = join(folder, 'data');
  return { data, withKeys, settings, args: ['reseal', '--data', data, '--settings', settings] };
}

describe('promontory reseal', () => {
  test('seals with the new key, says so, stands in the audit; the old line may go then', async () => {
    const { data, withKeys, settings, args } = place();
    const [first, second] = secrets as [string, string];
    withKeys(first);
    let storage = await openStorage(data, readSettings(settings), {}, now);
    const bytes = [randomBytes(10), randomBytes(100_000)];
    const sha256s: string[] = [];
    for (const one of bytes) sha256s.push(await keep(storage.blobs, one));
    await storage.close();

    withKeys(second, first);
    const told = await promontory([...args, '--json']);
    expect({ ...told, out: JSON.parse(told.out) }).toMatchObject({
      code: 0,
      err: '',
      out: { ok: true, resealed: 2, damaged: [], unknown: [] },
    });
    const again = await promontory(args);
    expect(again).toMatchObject({ code: 0, err: '' });
    expect(again.out).toContain('2 looked at, 0 sealed anew.');

    withKeys(second);
    storage = await openStorage(data, readSettings(settings), {}, now);
    for (const [i, sha256] of sha256s.entries())
      expect(Buffer.from(await readAll(await storage.blobs.open(sha256))).equals(bytes[i] as Buffer)).toBe(
        true,
      );
    const noted = await storage.database.query<{ body: string }>(
      "select body from audit_event where action = 'settings' order by seq",
    );
    expect(noted.map(({ body }) => JSON.parse(body))).toMatchObject([
      { outcome: 'success', detail: { deed: 'reseal', resealed: 2, damaged: 0, unknown: 0 } },
      { outcome: 'success', detail: { deed: 'reseal', resealed: 0, damaged: 0, unknown: 0 } },
    ]);
    await storage.close();
  }, 60_000);

  test('without a key file it says that nothing is sealed', async () => {
    const { withKeys, args } = place();
    withKeys();
    const { code, out, err } = await promontory(args);
    expect({ code, out }).toEqual({ code: 9, out: '' });
    expect(err).toContain('nothing in this archive is sealed');
  }, 60_000);
});
