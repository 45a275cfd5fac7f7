import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { verifyAudit } from '../audit/index.ts';
import {
  type Blobs,
  fileBlobs,
  type SealKey,
  StorageFull,
  sealedBlobs,
  sealKey,
} from '../ports/blobs/index.ts';
import { tinyDisk } from '../ports/blobs/tiny-disk.testing.ts';
import { type Database, openPglite } from '../ports/database/index.ts';
import { DataFolderInUse } from '../ports/folder/index.ts';
import { migrate } from '../schema/index.ts';
import { addStudy, deleteStudy, ENGINES, freshPglite } from './archive.testing.ts';
import { backupBench, contents, good, now } from './backup.testing.ts';
import { backup } from './backup.ts';
import { BackupDamaged, BackupRefused } from './backup-folder.ts';
import { clearRemovedBlobs } from './clear-removed.ts';
import { fsck } from './fsck.ts';
import { restore } from './restore.ts';

const bench = backupBench();
const { newFiles, restoring, filled, empty } = bench;

let copies = 0;

const ways = ENGINES.flatMap(([a, from]) => ENGINES.map(([b, to]) => [a, b, from, to] as const));

describe.each(ways)('from %s to %s', (_, __, from, to) => {
  it('brings back every row and every byte', async () => {
    const { database, blobs } = await filled(from);
    const before = await contents(database);
    const result = await backup(database, blobs, bench.out, { now });
    expect(result).toMatchObject({ blobs: 12, copied: 12, missing: [] });
    expect(result.rows).toBe(Object.values(before).flat().length);

    const target = await empty(to);
    const steps = new Set<string>();
    const restored = await restore(bench.out, target.database, target.blobs, {
      ...restoring(),
      onProgress: (step, done, total) => {
        expect(done).toBeLessThanOrEqual(total);
        steps.add(step);
      },
    });
    expect(restored).toMatchObject({ at: result.at, rows: result.rows, blobs: 12, migrated: [] });
    expect([...steps]).toEqual(['verify', 'bytes', 'tables']);
    expect(await contents(target.database)).toEqual(before);
    await good(target.database, target.blobs);

    // Life goes on: numbers that the database gives out do not come twice, and the chain goes on.
    await target.database.query(
      `insert into consent (patient_key, project_id, state, scopes, form_version, recorded_by, at)
       values ('k', '*', 'given', '{}', '1', 'a', now())`,
    );
    await addStudy(target.database, target.blobs, '1.4', 2);
    await good(target.database, target.blobs);
    await expect(target.database.query('delete from audit_event')).rejects.toThrow(/append-only/);
  });
});

describe('backup', () => {
  it('copies only what is new into the same folder, and leaves no old tables there', async () => {
    const { database, blobs } = await filled();
    await backup(database, blobs, bench.out, { now });
    // Tables may be alike, and lie there once then.
    const files = async () => {
      const { tables, blobs } = JSON.parse(await readFile(join(bench.out, 'manifest.json'), 'utf8'));
      const named = [...tables.map((t: { file: object }) => t.file), blobs.list];
      const copies = await readdir(join(bench.out, 'blobs'), { recursive: true });
      return copies.filter((f) => f.length > 60).length - new Set(named.map((f) => f.sha256)).size;
    };
    expect(await files()).toBe(12);
    await addStudy(database, blobs, '1.4', 3);
    expect(await backup(database, blobs, bench.out, { now })).toMatchObject({ blobs: 15, copied: 3 });
    expect(await backup(database, blobs, bench.out, { now })).toMatchObject({
      blobs: 15,
      copied: 0,
      copiedBytes: 0,
    });
    expect(await files()).toBe(15);
    const target = await empty();
    await restore(bench.out, target.database, target.blobs, restoring());
    expect(await contents(target.database)).toEqual(await contents(database));
  });

  it('keeps what was deleted since, unless it shall forget', async () => {
    const { database, blobs } = await filled();
    const [sha256] = (await addStudy(database, blobs, '1.9', 1)) as [string];
    await backup(database, blobs, bench.out, { now });
    await deleteStudy(database, '1.9');
    await clearRemovedBlobs(database, blobs, { now });
    const copies = fileBlobs(join(bench.out, 'blobs'));
    await backup(database, blobs, bench.out, { now });
    expect(await copies.has(sha256)).toBe(true);
    await backup(database, blobs, bench.out, { now, forgetRemoved: true });
    expect(await copies.has(sha256)).toBe(false);
    const target = await empty();
    expect(await restore(bench.out, target.database, target.blobs, restoring())).toMatchObject({ blobs: 12 });
    await good(target.database, target.blobs);
  });

  it('holds one moment of an archive that goes on', async () => {
    const { database, blobs } = await filled();
    let more = 0;
    const result = await backup(database, blobs, bench.out, {
      now,
      onProgress: (step) => {
        if (step === 'bytes' && more < 3) void addStudy(database, blobs, `5.${more++}`, 2);
      },
    });
    expect(result.blobs).toBe(12);
    const target = await empty();
    await restore(bench.out, target.database, target.blobs, restoring());
    await good(target.database, target.blobs);
  });

  it('begins anew when a study is deleted under it', async () => {
    const { database, blobs } = await filled();
    const victim = await addStudy(database, blobs, '1.0', 3);
    let deleted = false;
    const disturbed: Blobs = {
      ...blobs,
      async open(sha256) {
        if (!deleted) {
          deleted = true;
          await deleteStudy(database, '1.0');
          await clearRemovedBlobs(database, blobs, { now });
        }
        return blobs.open(sha256);
      },
    };
    expect(await backup(database, disturbed, bench.out, { now })).toMatchObject({ blobs: 12, missing: [] });
    expect(await blobs.has(victim[0] as string)).toBe(false);
    const target = await empty();
    await restore(bench.out, target.database, target.blobs, restoring());
    await good(target.database, target.blobs);
  });

  it('of a damaged archive says so, brings the rest, and puts nothing rotten under a good name', async () => {
    const place = join(bench.root, 'damaged');
    const { database, blobs } = await filled(freshPglite, fileBlobs(place));
    const rows = await database.query<{ sha256: string; size: number }>('select sha256, size from instance');
    const [gone, rotten] = rows as [(typeof rows)[0], (typeof rows)[0]];
    await blobs.remove(gone.sha256);
    await writeFile(join(place, rotten.sha256.slice(0, 2), rotten.sha256), randomBytes(rotten.size));
    const result = await backup(database, blobs, bench.out, { now });
    expect(result.missing.toSorted()).toEqual([gone.sha256, rotten.sha256].sort());
    const target = await empty();
    const restored = await restore(bench.out, target.database, target.blobs, restoring());
    expect(restored).toMatchObject({ blobs: 10 });
    expect(restored.missing.toSorted()).toEqual(result.missing.toSorted());
    const report = await fsck(target.database, target.blobs, { deep: true, repair: false, now, verifyAudit });
    expect(report.counts).toEqual({ missing: 2 });
  });

  it('is sealed where a key is given, and needs the key', async () => {
    const keys: [SealKey] = [sealKey(randomBytes(32))];
    const { database, blobs } = await filled(freshPglite, sealedBlobs(newFiles(), keys));
    await backup(database, blobs, bench.out, { now, keys });
    const [{ sha256 } = { sha256: '' }] = await database.query<{ sha256: string }>(
      'select sha256 from instance',
    );
    for (const name of await readdir(bench.out, { recursive: true })) {
      if (!(await stat(join(bench.out, name))).isFile()) continue;
      const bytes = await readFile(join(bench.out, name));
      expect(bytes.includes('CANARY')).toBe(false);
      // Not even zipped: a gzip begins so.
      expect(bytes.subarray(0, 2).toString('hex')).not.toBe('1f8b');
      expect(name).not.toContain(sha256);
    }
    const target = await empty();
    await expect(restore(bench.out, target.database, target.blobs, restoring())).rejects.toThrow(
      BackupDamaged,
    );
    await restore(bench.out, target.database, target.blobs, { ...restoring(), keys });
    expect(await contents(target.database)).toEqual(await contents(database));
    await good(target.database, target.blobs);
  });

  it('is for its owner only, and for one process at a time', async () => {
    const { database, blobs } = await filled();
    let second: Promise<unknown> | undefined;
    await backup(database, blobs, bench.out, {
      now,
      onProgress: () => {
        second ??= expect(backup(database, blobs, bench.out, { now })).rejects.toThrow(DataFolderInUse);
      },
    });
    expect(second).toBeDefined();
    await second;
    expect((await stat(bench.out)).mode & 0o777).toBe(0o700);
    expect((await stat(join(bench.out, 'manifest.json'))).mode & 0o777).toBe(0o600);
  });

  it('refuses a folder that holds something else, and leaves it as it is', async () => {
    const { database, blobs } = await filled();
    await mkdir(join(bench.out, 'incoming'), { recursive: true });
    await writeFile(join(bench.out, 'incoming', 'letters'), '');
    await expect(backup(database, blobs, bench.out, { now })).rejects.toThrow(BackupRefused);
    expect(await readdir(bench.out, { recursive: true })).toEqual(['incoming', join('incoming', 'letters')]);
    await expect(backup(database, blobs, join(bench.out, 'incoming', 'letters'), { now })).rejects.toThrow();
  });

  const disk = tinyDisk(2 ** 20);
  disk?.remove();
  it.skipIf(disk === undefined)('onto a full disk fails, and leaves the backup before it whole', async () => {
    const tiny = tinyDisk(2 ** 20);
    if (tiny === undefined) throw new Error('a moment ago it could be mounted');
    onTestFinished(() => tiny.remove());
    const { database, blobs } = await filled();
    const place = join(tiny.folder, 'out');
    const before = await contents(database);
    await backup(database, blobs, place, { now });
    await addStudy(database, blobs, '1.9', 20, 100_000);
    await expect(backup(database, blobs, place, { now })).rejects.toThrow(StorageFull);
    const target = await empty();
    await restore(place, target.database, target.blobs, restoring());
    expect(await contents(target.database)).toEqual(before);
  });
});

describe('a backup that is killed', () => {
  it('leaves nothing that passes for one, and the backup before it whole', async () => {
    const data = join(bench.root, 'data');
    const place = join(bench.root, 'stored');
    const blobs = fileBlobs(place);
    const withIndex = async <T>(work: (database: Database) => Promise<T>): Promise<T> => {
      const database = await openPglite(join(data, 'index'));
      try {
        return await work(database);
      } finally {
        await database.close();
      }
    };
    const first = await withIndex(async (database) => {
      await migrate(database);
      await addStudy(database, blobs, '1.2', 40, 2_000);
      return contents(database);
    });

    /** Runs a backup in another process and kills it when it has said so many words. */
    const killedAfter = async (words: number): Promise<boolean> => {
      const here = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
      const script = `
        const { backup } = await import(${here('./backup.ts')});
        const { openPglite } = await import(${here('../ports/database/index.ts')});
        const { fileBlobs } = await import(${here('../ports/blobs/index.ts')});
        const database = await openPglite(${JSON.stringify(join(data, 'index'))});
        const { writeSync } = await import('node:fs');
        await backup(database, fileBlobs(${JSON.stringify(place)}), ${JSON.stringify(bench.out)}, {
          now: () => new Date(), onProgress: () => writeSync(1, '.') });
        writeSync(1, '!');
        await database.close();`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      let said = '';
      child.stdout.on('data', (text) => {
        said += text;
        if (said.length >= words) child.kill('SIGKILL');
      });
      await once(child, 'exit');
      return said.includes('!');
    };

    const restored = async () => {
      const copy = join(bench.root, `copy-${copies++}`);
      const target = { database: await freshPglite(), blobs: fileBlobs(copy) };
      try {
        await restore(bench.out, target.database, target.blobs, restoring());
        await good(target.database, target.blobs);
        return await contents(target.database);
      } finally {
        await target.database.close();
        await rm(copy, { recursive: true, force: true });
      }
    };

    for (const words of [30]) {
      expect(await killedAfter(words)).toBe(false);
      await expect(restored()).rejects.toThrow(BackupDamaged);
    }
    await withIndex((database) => backup(database, blobs, bench.out, { now }));
    expect(await restored()).toEqual(first);

    const second = await withIndex(async (database) => {
      await addStudy(database, blobs, '1.3', 40, 2_000);
      return contents(database);
    });
    for (const words of [2, 60, 90]) {
      const finished = await killedAfter(words);
      expect(await restored()).toEqual(finished ? second : first);
      if (finished) break;
    }
    await withIndex((database) => backup(database, blobs, bench.out, { now }));
    expect(await restored()).toEqual(second);
    expect(await readdir(join(bench.out, 'blobs', 'aside')).catch(() => [])).toEqual([]);
  }, 120_000);
});
