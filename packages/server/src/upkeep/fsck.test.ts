import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepAnew } from '../archive/index.ts';
import { verifyAudit } from '../audit/index.ts';
import {
  type Blobs,
  BlobsUnavailable,
  fileBlobs,
  readAll,
  StorageFull,
  sealedBlobs,
  sealKey,
} from '../ports/blobs/index.ts';
import type { Database } from '../ports/database/index.ts';
import { migrate } from '../schema/index.ts';
import { addStudy, closeIdle, deleteStudy, ENGINES, keep, stagedOf } from './archive.testing.ts';
import { clearRemovedBlobs } from './clear-removed.ts';
import { type FsckOptions, fsck } from './fsck.ts';
import { blobTablesIn } from './rows.ts';

const HOUR = 3_600_000;
afterAll(closeIdle);

describe.each(ENGINES)('upkeep on %s', (_, open) => {
  let folder: string;
  let blobs: Blobs;
  let database: Database;
  let time: number;
  const now = () => new Date(time);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fsck-'));
    blobs = fileBlobs(folder);
    database = await open();
    await migrate(database);
    time = Date.now();
  }, 60_000);
  afterEach(async () => {
    await database.close();
    await rm(folder, { recursive: true });
  });

  const placeOf = (sha256: string) => join(folder, sha256.slice(0, 2), sha256);
  const check = (options: Partial<FsckOptions> = {}) =>
    fsck(database, blobs, { deep: false, repair: false, now, verifyAudit, ...options });

  it('knows the tables that name bytes', async () => {
    expect((await blobTablesIn(database)).map(({ name }) => name)).toEqual(['instance', 'reading_file']);
  });

  describe('fsck', () => {
    it('finds nothing wrong with a good archive, empty or not', async () => {
      expect(await check({ deep: true })).toMatchObject({ ok: true, named: 0, stored: 0, problems: [] });
      await addStudy(database, blobs, '1.2', 7);
      await addStudy(database, blobs, '1.3', 600, 20);
      const report = await check({ deep: true });
      expect(report).toMatchObject({ ok: true, named: 607, stored: 607, onTheirWay: 0, problems: [] });
      expect(report.audit).toMatchObject({ whole: true, records: 2 });
    });

    it('tells bytes that are missing, cut off or rotten, with their rows', async () => {
      const [gone, cut, rotten] = (await addStudy(database, blobs, '1.2', 5)) as [string, string, string];
      await rm(placeOf(gone));
      await truncate(placeOf(cut), 10);
      await writeFile(placeOf(rotten), randomBytes(502));
      const shallow = await check();
      expect(shallow).toMatchObject({ ok: false, counts: { missing: 1, damaged: 1 } });
      const deep = await check({ deep: true });
      expect(deep.counts).toEqual({ missing: 1, damaged: 2 });
      expect(deep.problems).toContainEqual({
        kind: 'missing',
        sha256: gone,
        places: [{ table: 'instance', studyUid: '1.2', sopUid: '1.2.1.1', readingId: null }],
      });
      // A repair does not invent what is missing, and takes nothing away that is named.
      expect((await check({ deep: true, repair: true })).counts).toEqual({ missing: 1, damaged: 2 });
      expect(JSON.stringify(deep)).not.toContain('CANARY');
    });

    it('tells orphans, but not what is on its way or waits to be taken away', async () => {
      await addStudy(database, blobs, '1.2', 2);
      await addStudy(database, blobs, '1.3', 2);
      const [old, young] = [await keep(blobs, randomBytes(9)), await keep(blobs, randomBytes(9))] as const;
      await utimes(placeOf(old), new Date(time - HOUR - 1), new Date(time - HOUR - 1));
      await deleteStudy(database, '1.3');
      const report = await check();
      expect(report.problems).toEqual([{ kind: 'orphan', sha256: old }]);
      expect(report).toMatchObject({ ok: false, named: 2, stored: 6, onTheirWay: 3 });

      const repaired = await check({ repair: true });
      expect(repaired).toMatchObject({ ok: true, problems: [], repaired: { orphans: 3 } });
      expect(await blobs.has(old)).toBe(false);
      expect(await blobs.has(young)).toBe(true);
      expect(await check()).toMatchObject({ ok: true, stored: 3, onTheirWay: 1 });
    });

    it('takes nothing away where index and store do not belong together', async () => {
      const old = new Date(time - 2 * HOUR);
      const age = async (sha256s: string[]) => {
        for (const sha256 of sha256s) await utimes(placeOf(sha256), old, old);
      };
      // A database that knows nothing of the store.
      const strange = await Promise.all(Array.from({ length: 3 }, () => keep(blobs, randomBytes(9))));
      await age(strange);
      expect(await check({ repair: true })).toMatchObject({ ok: false, counts: { orphan: 3 } });
      // One that knows less than it should.
      await addStudy(database, blobs, '1.2', 2);
      expect(await check({ repair: true })).toMatchObject({ ok: false, counts: { orphan: 3 } });
      // A store that is sealed, looked at without its key.
      const sealed = sealedBlobs(blobs, [sealKey(randomBytes(32))]);
      await addStudy(database, sealed, '1.3', 5);
      const names = [];
      for await (const name of blobs.list()) names.push(name);
      await age(names);
      expect(await check({ repair: true })).toMatchObject({ ok: false, counts: { missing: 5, orphan: 8 } });
      for (const name of names) expect(await blobs.has(name)).toBe(true);
      expect(await database.query('select * from blob_to_remove')).toEqual([]);
    });

    it('tells wrong counts and sets them right', async () => {
      await addStudy(database, blobs, '1.2', 3);
      await addStudy(database, blobs, '1.3', 3);
      await database.query(`update series set instance_count = 9 where study_uid = '1.2'`);
      await database.query(`update study set byte_count = 1 where study_uid = '1.3'`);
      await database.query(`update study set series_count = 4 where study_uid = '1.2'`);
      expect((await check()).counts).toEqual({ 'series-count': 1, 'study-count': 2 });
      expect(await check({ repair: true })).toMatchObject({ ok: true, repaired: { counts: 3 } });
      expect(await check()).toMatchObject({ ok: true });
      await database.query(`update instance set study_uid = '1.3' where sop_uid = '1.2.1.1'`);
      expect((await check()).counts).toMatchObject({ stray: 1 });
    });

    it('tells names that do not belong, and bytes sealed with an unknown key', async () => {
      await mkdir(join(folder, 'aa'), { recursive: true });
      await writeFile(join(folder, 'aa', 'note.txt'), '');
      expect((await check()).problems).toEqual([{ kind: 'strange', name: 'aa/note.txt' }]);
      const sealed = sealedBlobs(blobs, [sealKey(randomBytes(32))]);
      await addStudy(database, sealed, '1.2', 2);
      const other = sealedBlobs(blobs, [sealKey(randomBytes(32))]);
      const options = { deep: true, repair: false, now, verifyAudit };
      expect((await fsck(database, sealed, options)).counts).toEqual({ strange: 1 });
      expect((await fsck(database, other, options)).counts).toEqual({ missing: 2, strange: 3 });
    });

    it('tells a broken audit', async () => {
      await addStudy(database, blobs, '1.2', 1);
      await database.query(`update audit_head set hash = 'x'`);
      expect(await check()).toMatchObject({ ok: false, counts: { audit: 1 }, audit: { whole: false } });
    });

    it('does not call missing what it cannot ask for', async () => {
      await addStudy(database, blobs, '1.2', 1);
      const away: Blobs = { ...blobs, stat: () => Promise.reject(new BlobsUnavailable('away')) };
      await expect(fsck(database, away, { deep: false, repair: true, now, verifyAudit })).rejects.toThrow(
        BlobsUnavailable,
      );
    });
  });

  describe('clearRemovedBlobs', () => {
    const notes = async () =>
      (await database.query<{ sha256: string }>('select sha256 from blob_to_remove')).map((r) => r.sha256);

    it('takes away what nothing names, and forgets the note an hour later', async () => {
      const sha256s = await addStudy(database, blobs, '1.2', 3);
      await deleteStudy(database, '1.2');
      expect(await clearRemovedBlobs(database, blobs, { now })).toEqual({ removed: 3, wanted: 0 });
      for (const sha256 of sha256s) expect(await blobs.has(sha256)).toBe(false);
      expect(await notes()).toHaveLength(3);
      time += HOUR - 1;
      expect(await clearRemovedBlobs(database, blobs, { now })).toEqual({ removed: 0, wanted: 0 });
      expect(await notes()).toHaveLength(3);
      time += 1;
      await clearRemovedBlobs(database, blobs, { now });
      expect(await notes()).toEqual([]);
    });

    it('leaves what rows name, whatever is noted', async () => {
      const sha256s = await addStudy(database, blobs, '1.2', 3);
      await database.query(
        'insert into blob_to_remove select sha256, now() from instance union select $1, now()',
        [await keep(blobs, randomBytes(5))],
      );
      expect(await clearRemovedBlobs(database, blobs, { now })).toEqual({ removed: 1, wanted: 3 });
      for (const sha256 of sha256s) expect(await blobs.has(sha256)).toBe(true);
      expect(await notes()).toHaveLength(1);
    });

    it('can be repeated after the store failed in the middle', async () => {
      await addStudy(database, blobs, '1.2', 5);
      await deleteStudy(database, '1.2');
      let left = 2;
      const failing: Blobs = {
        ...blobs,
        remove: async (sha256) => {
          if (left-- === 0) throw new BlobsUnavailable('away');
          return blobs.remove(sha256);
        },
      };
      await expect(clearRemovedBlobs(database, failing, { now })).rejects.toThrow(BlobsUnavailable);
      expect(await clearRemovedBlobs(database, blobs, { now })).toEqual({ removed: 3, wanted: 0 });
      expect(await check()).toMatchObject({ ok: true, stored: 0 });
    });

    it('asks the store outside of transactions: who waits for it keeps nobody from the database', async () => {
      const [sha256] = (await addStudy(database, blobs, '1.2', 1)) as [string];
      await deleteStudy(database, '1.2');
      const swallowed = Promise.withResolvers<void>();
      const asked = Promise.withResolvers<void>();
      const silent: Blobs = {
        ...blobs,
        async remove(one) {
          asked.resolve();
          await swallowed.promise;
          return blobs.remove(one);
        },
      };
      const clearing = clearRemovedBlobs(database, silent, { now });
      await asked.promise;
      const others = database.transaction((sql) => sql.query('select 1 as n'));
      const first = await Promise.race([others, new Promise((resolve) => setTimeout(resolve, 2_000))]);
      // Who keeps the same bytes waits until they are gone, and keeps them then.
      const anew = keepAnew(database, blobs, await stagedOf(await readAll(await blobs.open(sha256))));
      swallowed.resolve();
      expect(await clearing).toEqual({ removed: 1, wanted: 0 });
      expect(first).toEqual([{ n: 1 }]);
      await anew;
      expect(await blobs.has(sha256)).toBe(true);
      expect(await notes()).toEqual([]);
    });

    it('leaves the note where keeping anew fails', async () => {
      await addStudy(database, blobs, '1.2', 1);
      await deleteStudy(database, '1.2');
      const full = { keep: () => Promise.reject(new StorageFull('full')) };
      const [row] = await database.query<{ sha256: string }>('select sha256 from blob_to_remove');
      const staged = await stagedOf(await readAll(await blobs.open(row!.sha256)));
      await expect(keepAnew(database, full, staged)).rejects.toThrow(StorageFull);
      expect(await notes()).toEqual([row!.sha256]);
    });

    it('loses nothing beside stores of the same bytes', async () => {
      // As the archive stores: bytes kept; row inserted; where they are noted to go all is undone, and they are kept anew.
      const bytes = randomBytes(300);
      await addStudy(database, blobs, '1.2', 1);
      class Noted extends Error {}
      const store = async () => {
        const staged = await stagedOf(bytes);
        const { sha256 } = staged;
        await blobs.keep(staged);
        for (;;) {
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
          try {
            await database.transaction(async (sql) => {
              await sql.query(
                `insert into instance (sop_uid, series_uid, study_uid, sop_class, transfer_syntax, sha256,
                   content_sha256, size, frames, metadata, received_at)
                 values ('9', '1.2.1', '1.2', 'c', 't', $1, $1, 300, 1, '{}', now())`,
                [sha256],
              );
              const noted = await sql.query('delete from blob_to_remove where sha256 = $1 returning 1', [
                sha256,
              ]);
              if (noted.length > 0) throw new Noted();
            });
            return sha256;
          } catch (error) {
            if (!(error instanceof Noted)) throw error;
            await keepAnew(database, blobs, staged);
          }
        }
      };
      const unstore = (sha256: string) =>
        database.transaction(async (sql) => {
          await sql.query(`delete from instance where sop_uid = '9'`);
          await sql.query('insert into blob_to_remove values ($1, now()) on conflict (sha256) do nothing', [
            sha256,
          ]);
        });
      let running = true;
      const clearing = (async () => {
        while (running) {
          // Far faster than real, so that notes go too; a store may not take an hour between its bytes and its commit.
          time += HOUR / 60;
          await clearRemovedBlobs(database, blobs, { now });
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      })();
      try {
        for (let round = 0; round < 40; round++) {
          const sha256 = await store();
          expect(await blobs.has(sha256)).toBe(true);
          await unstore(sha256);
        }
      } finally {
        running = false;
        await clearing;
      }
    });
  });
});
