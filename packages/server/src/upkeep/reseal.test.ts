import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { verifyAudit } from '../audit/index.ts';
import {
  type Blobs,
  fileBlobs,
  readAll,
  type SealedBlobs,
  StorageFull,
  sealedBlobs,
  sealKey,
} from '../ports/blobs/index.ts';
import type { Database } from '../ports/database/index.ts';
import { migrate } from '../schema/index.ts';
import { addStudy, closeIdle, deleteStudy, ENGINES, keep } from './archive.testing.ts';
import { clearRemovedBlobs } from './clear-removed.ts';
import { fsck } from './fsck.ts';
import { reseal } from './reseal.ts';

const now = () => new Date();
const [, fresh] = ENGINES.at(-1) as (typeof ENGINES)[number];
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reseal-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
// The first PGlite takes seconds to make.
beforeAll(async () => (await fresh()).close(), 60_000);
afterAll(closeIdle);

const [oldest, old, young] = [1, 2, 3].map((n) => sealKey(Buffer.alloc(32, n)));
if (oldest === undefined || old === undefined || young === undefined) throw new Error('three keys');

/** An archive of two studies, one sealed with each of the two older keys. */
async function filled() {
  const database = await fresh();
  onTestFinished(() => database.close());
  await migrate(database);
  const files = fileBlobs(join(folder, 'blobs'), { freeSpaceGuardBytes: 0 });
  const sha256s = [
    ...(await addStudy(database, sealedBlobs(files, [oldest]), '1.2', 3)),
    ...(await addStudy(database, sealedBlobs(files, [old, oldest]), '1.3', 2, 70_000)),
  ];
  return { database, files, sha256s, all: sealedBlobs(files, [young, old, oldest]) };
}

/** With the new key alone: index and bytes agree, nothing else lies there. */
async function goodWith(database: Database, blobs: Blobs): Promise<void> {
  const { problems } = await fsck(database, blobs, { deep: true, repair: false, now, verifyAudit });
  expect(problems).toEqual([]);
}

describe('reseal', () => {
  it('leaves the newest key alone in use, and then nothing to do', async () => {
    const { database, files, sha256s, all } = await filled();
    const told: number[] = [];
    const report = await reseal(database, all, { onProgress: ({ looked }) => told.push(looked) });
    expect(report).toMatchObject({ ok: true, resealed: 5, damaged: [], unknown: [] });
    expect(told).toEqual(Array.from({ length: report.looked }, (_, i) => i + 1));
    await goodWith(database, sealedBlobs(files, [young]));
    expect(await reseal(database, all)).toEqual({ ...report, looked: 5, resealed: 0 });
    for (const sha256 of sha256s) expect(await sealedBlobs(files, [oldest]).has(sha256)).toBe(false);
  });

  it('ended before any step of the store it loses nothing, and goes on where it was', async () => {
    const { database, files, sha256s } = await filled();
    let steps = 0;
    let last = Number.POSITIVE_INFINITY;
    class Ended extends Error {}
    /** As `kill -9` would: from this step on nothing is done any more. */
    const step = () => {
      steps += 1;
      if (steps > last) throw new Ended();
    };
    const killed: Blobs = {
      ...files,
      async keep(staged) {
        step();
        await files.keep(staged);
      },
      async remove(sha256) {
        step();
        await files.remove(sha256);
      },
    };
    const all = sealedBlobs(killed, [young, old, oldest]);
    let rounds = 0;
    for (; rounds < 100; rounds += 1) {
      steps = 0;
      last = 1;
      const ended = await reseal(database, all).catch((error) => error);
      for (const sha256 of sha256s)
        expect((await readAll(await all.open(sha256))).length, `round ${rounds}`).toBeGreaterThan(0);
      expect((await listed(all)).sort()).toEqual([...sha256s].sort());
      if (!(ended instanceof Ended)) break;
    }
    // Each content is kept once and loses two older names; a round does one step.
    expect(rounds).toBeGreaterThan(5);
    last = Number.POSITIVE_INFINITY;
    expect(await reseal(database, all)).toMatchObject({ ok: true });
    await goodWith(database, sealedBlobs(files, [young]));
  });

  it('takes away an older sealing that was left beside the new one', async () => {
    const { database, files, sha256s, all } = await filled();
    const bytes = await readAll(await all.open(sha256s[0] as string));
    await keep(sealedBlobs(files, [young]), bytes);
    expect((await listed(all)).sort()).toEqual([...sha256s].sort());
    expect(await reseal(database, all)).toMatchObject({ ok: true, resealed: 5 });
    await goodWith(database, sealedBlobs(files, [young]));
  });

  it('leaves what was altered, and names it', async () => {
    const { database, files, sha256s, all } = await filled();
    const name = old.nameOf(sha256s[4] as string);
    const file = await open(join(folder, 'blobs', name.slice(0, 2), name), 'r+');
    await file.write(Uint8Array.of(1, 2, 3, 4), 0, 4, 66_000);
    await file.close();
    expect(await reseal(database, all)).toMatchObject({ ok: false, resealed: 4, damaged: [sha256s[4]] });
    expect(await files.has(name)).toBe(true);
    expect(await files.has(young.nameOf(sha256s[4] as string))).toBe(false);
    expect(await reseal(database, all)).toMatchObject({ ok: false, resealed: 0, damaged: [sha256s[4]] });
  });

  it('says what none of the keys opens: a line that went too soon', async () => {
    const { database, files, sha256s } = await filled();
    const report = await reseal(database, sealedBlobs(files, [young, old]));
    const names = sha256s.slice(0, 3).map((sha256) => oldest.nameOf(sha256));
    expect(report).toMatchObject({ ok: false, resealed: 2, unknown: names.sort() });
  });

  it('does not bring back what is erased beside it', async () => {
    const { database, files, sha256s } = await filled();
    const erase = async () => {
      await deleteStudy(database, '1.2');
      await clearRemovedBlobs(database, sealedBlobs(files, [young, old, oldest]), { now });
    };
    let erasing: Promise<void> | undefined;
    const sealing = sealedBlobs(
      {
        ...files,
        async open(name, range) {
          const bytes = await files.open(name, range);
          if (range !== undefined) return bytes;
          // The moment that counts: the older bytes are being read, the new ones are not there yet.
          return (async function* () {
            for await (const chunk of bytes) {
              if (erasing === undefined) {
                erasing = erase();
                await Promise.race([erasing, new Promise((resolve) => setTimeout(resolve, 500))]);
              }
              yield chunk;
            }
          })();
        },
      },
      [young, old, oldest],
    );
    await reseal(database, sealing);
    await erasing;
    expect((await listed(sealing)).sort()).toEqual(sha256s.slice(3).sort());
  });

  it('ends on a full disk with everything as it was', async () => {
    const { database, files, sha256s } = await filled();
    const full: Blobs = {
      ...files,
      keep: async () => {
        throw new StorageFull('full');
      },
    };
    await expect(reseal(database, sealedBlobs(full, [young, old, oldest]))).rejects.toBeInstanceOf(
      StorageFull,
    );
    await goodWith(database, sealedBlobs(files, [old, oldest]));
    expect(sha256s).toHaveLength(5);
  });

  it('has nothing to do in an empty store', async () => {
    const database = await fresh();
    onTestFinished(() => database.close());
    await migrate(database);
    const files = fileBlobs(join(folder, 'none'), { freeSpaceGuardBytes: 0 });
    const nothing = { ok: true, looked: 0, resealed: 0, damaged: [], unknown: [] };
    expect(await reseal(database, sealedBlobs(files, [young]))).toEqual(nothing);
  });
});

async function listed(blobs: SealedBlobs): Promise<string[]> {
  const all: string[] = [];
  for await (const sha256 of blobs.list((name) => all.push(`strange ${name}`))) all.push(sha256);
  return all;
}
