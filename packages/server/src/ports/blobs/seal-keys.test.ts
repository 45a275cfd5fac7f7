import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeyFileRefused, readKeyFile, sealKey } from './seal-keys.ts';

let root: string;
let data: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'keys-'));
  data = join(root, 'data');
  await mkdir(data);
});
afterEach(() => rm(root, { recursive: true }));

async function keyFile(text: string, mode = 0o600, path = join(root, 'key')): Promise<string> {
  await writeFile(path, text, { mode });
  await chmod(path, mode);
  return path;
}

describe('readKeyFile', () => {
  it('reads hexadecimal and base64, the first key first', async () => {
    const [a, b] = [randomBytes(32), randomBytes(32)];
    const path = await keyFile(`# since May\n${a.toString('hex')}\n\n  ${b.toString('base64')} # before\n`);
    const keys = await readKeyFile(path, data);
    expect(keys.map(({ secret }) => Buffer.from(secret).equals(a))).toEqual([true, false]);
    expect(keys.map(({ id }) => id)).toEqual([sealKey(a).id, sealKey(b).id]);
  });

  it.each([0o644, 0o640, 0o660, 0o604, 0o601])('refuses a file that others may touch: %o', async (mode) => {
    const path = await keyFile(randomBytes(32).toString('hex'), mode);
    await expect(readKeyFile(path, data)).rejects.toThrow(KeyFileRefused);
  });

  it('refuses a file in the data folder, by whatever way it is named', async () => {
    const hex = randomBytes(32).toString('hex');
    const inside = await keyFile(hex, 0o600, join(data, 'key'));
    await symlink(inside, join(root, 'link'));
    await symlink(data, join(root, 'data-link'));
    for (const path of [inside, join(root, 'link'), join(data, '..', 'data', 'key')])
      await expect(readKeyFile(path, data)).rejects.toThrow(KeyFileRefused);
    await expect(readKeyFile(inside, join(root, 'data-link'))).rejects.toThrow(KeyFileRefused);
    const beside = await keyFile(hex, 0o600, join(root, 'data-key'));
    await expect(readKeyFile(beside, data)).resolves.toHaveLength(1);
  });

  it('refuses what is no key, without telling it', async () => {
    const hex = randomBytes(32).toString('hex');
    const secret = 'my-secret-passphrase';
    for (const text of [
      '',
      '# nothing',
      secret,
      hex.slice(1),
      `${hex}0`,
      `${hex}\n${hex}`,
      hex.slice(0, 44),
    ]) {
      const path = await keyFile(text);
      const error: Error = await readKeyFile(path, data).then(
        () => expect.fail('was taken'),
        (e) => e,
      );
      expect(error).toBeInstanceOf(KeyFileRefused);
      expect(error.message).not.toContain(secret);
      expect(error.message).not.toContain(hex.slice(1, 20));
    }
    await expect(readKeyFile(join(root, 'none'), data)).rejects.toThrow(KeyFileRefused);
    await expect(readKeyFile(root, join(root, 'data'))).rejects.toThrow(KeyFileRefused);
  });
});
