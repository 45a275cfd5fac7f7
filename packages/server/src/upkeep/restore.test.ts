import { cp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appendAudit } from '../audit/index.ts';
import { type Blobs, StorageFull } from '../ports/blobs/index.ts';
import { MIGRATIONS, migrate, SchemaTooNew } from '../schema/index.ts';
import { addStudy } from './archive.testing.ts';
import { backupBench, good, now } from './backup.testing.ts';
import { backup } from './backup.ts';
import { BackupDamaged, BackupRefused } from './backup-folder.ts';
import { restore, TargetNotEmpty } from './restore.ts';
import { tablesIn } from './rows.ts';

const bench = backupBench();
const { newFiles, restoring, filled, empty } = bench;

describe('restore', () => {
  it('refuses a damaged backup, says which file, and writes nothing', async () => {
    const { database, blobs } = await filled();
    await backup(database, blobs, bench.out, { now });
    const manifest = JSON.parse(await readFile(join(bench.out, 'manifest.json'), 'utf8'));
    const [{ sha256: instance } = { sha256: '' }] = await database.query<{ sha256: string }>(
      `select sha256 from instance where study_uid = '1.3'`,
    );
    const pathOf = (sha256: string) => join('blobs', sha256.slice(0, 2), sha256);
    const study = manifest.tables.find((t: { name: string }) => t.name === 'study').file.sha256;
    const flip = (bytes: Buffer) => {
      const at = bytes.length >> 1;
      bytes[at] = (bytes[at] as number) ^ 4;
      return bytes;
    };
    const target = await empty();
    for (const file of [pathOf(instance), pathOf(study), pathOf(manifest.blobs.list.sha256), 'manifest.json'])
      for (const damage of ['flipped', 'cut', 'empty', 'gone']) {
        const copy = join(bench.root, 'copy');
        await cp(bench.out, copy, { recursive: true });
        const bytes = await readFile(join(copy, file));
        if (damage === 'gone') await rm(join(copy, file));
        else {
          const length = damage === 'cut' ? bytes.length - 3 : 0;
          await writeFile(join(copy, file), damage === 'flipped' ? flip(bytes) : bytes.subarray(0, length));
        }
        const error: BackupDamaged = await restore(copy, target.database, target.blobs, restoring()).then(
          () => expect.fail(`${file} ${damage}`),
          (e) => e,
        );
        expect(error).toBeInstanceOf(BackupDamaged);
        expect(error.files.join()).toContain(file);
        await rm(copy, { recursive: true });
      }
    expect(await tablesIn(target.database)).toEqual([]);
    for await (const _ of target.blobs.list()) expect.fail('bytes were written');
    await restore(bench.out, target.database, target.blobs, restoring());
  });

  it('refuses a manifest that says other than it did', async () => {
    const { database, blobs } = await filled();
    await backup(database, blobs, bench.out, { now });
    const text = await readFile(join(bench.out, 'manifest.json'), 'utf8');
    const target = await empty();
    for (const [what, put] of [
      ['"rows": 2', '"rows": 3'],
      ['"count": 12', '"count": 11'],
      ['"version": 1', '"version": 2'],
      ['0003-archive', '0003-Archive'],
    ] as const) {
      expect(text).toContain(what);
      await writeFile(join(bench.out, 'manifest.json'), text.replace(what, put));
      await expect(restore(bench.out, target.database, target.blobs, restoring())).rejects.toThrow(
        BackupDamaged,
      );
    }
  });

  it('refuses a folder without a backup', async () => {
    const target = await empty();
    await expect(restore(bench.out, target.database, target.blobs, restoring())).rejects.toThrow(
      BackupRefused,
    );
    await expect(stat(bench.out)).rejects.toThrow();
  });

  it('refuses a database or a store that is not empty', async () => {
    const { database, blobs } = await filled();
    await backup(database, blobs, bench.out, { now });
    const target = await empty();
    await expect(restore(bench.out, database, target.blobs, restoring())).rejects.toThrow(TargetNotEmpty);
    const other = newFiles();
    await addStudy(database, other, '1.9', 1);
    await expect(restore(bench.out, target.database, other, restoring())).rejects.toThrow(TargetNotEmpty);
    await target.database.script('create table invoice (id int)');
    await expect(restore(bench.out, target.database, target.blobs, restoring())).rejects.toThrow(
      TargetNotEmpty,
    );
    await target.database.script('drop table invoice');
    await migrate(target.database);
    await appendAudit(target.database, now(), {
      action: 'server-start',
      outcome: 'success',
      actor: 'system',
    });
    await expect(restore(bench.out, target.database, target.blobs, restoring())).rejects.toThrow(
      TargetNotEmpty,
    );
  });

  it('refuses a broken audit, and takes all rows back then', async () => {
    const { database, blobs } = await filled();
    await database.query(`update audit_head set hash = 'x'`);
    await backup(database, blobs, bench.out, { now });
    const target = await empty();
    await expect(restore(bench.out, target.database, target.blobs, restoring())).rejects.toThrow(
      BackupDamaged,
    );
    expect(await target.database.query('select * from study')).toEqual([]);
    await database.query(
      'update audit_head set hash = (select hash from audit_event order by seq desc limit 1)',
    );
    await backup(database, blobs, bench.out, { now });
    await restore(bench.out, target.database, target.blobs, restoring());
    await good(target.database, target.blobs);
  });

  it('can be repeated after it was cut off', async () => {
    const { database, blobs } = await filled();
    await backup(database, blobs, bench.out, { now });
    const target = await empty();
    let left = 5;
    const failing: Blobs = {
      ...target.blobs,
      keep: async (staged) => {
        if (left-- <= 0) throw new StorageFull('full');
        return target.blobs.keep(staged);
      },
    };
    await expect(restore(bench.out, target.database, failing, restoring())).rejects.toThrow(StorageFull);
    await restore(bench.out, target.database, target.blobs, restoring());
    await good(target.database, target.blobs);
  });

  it('brings an older backup forward, and refuses one from the future', async () => {
    const { database, blobs } = await filled();
    await backup(database, blobs, bench.out, { now });
    const next = {
      id: '9999-later',
      sql: `alter table study add column later text not null default 'filled';`,
    };
    const target = await empty();
    const migrations = [...MIGRATIONS, next];
    const result = await restore(bench.out, target.database, target.blobs, { ...restoring(), migrations });
    expect(result.migrated).toEqual(['9999-later']);
    const rows = await target.database.query('select distinct later from study');
    expect(rows).toEqual([{ later: 'filled' }]);

    const later = join(bench.root, 'later');
    await backup(target.database, target.blobs, later, { now });
    const old = await empty();
    await expect(restore(later, old.database, old.blobs, restoring())).rejects.toThrow(SchemaTooNew);
    expect(await tablesIn(old.database)).toEqual([]);
  });
});
