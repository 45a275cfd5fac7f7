import { ahead, type Blobs, type SealKey, type Sha256, stage } from '../ports/blobs/index.ts';
import type { Database, Sql } from '../ports/database/index.ts';
import { MIGRATIONS, type Migration, migrate, SchemaTooNew } from '../schema/index.ts';
import { listed } from './backup.ts';
import { type BackupContent, BackupDamaged, type BackupFolder, openBackupFolder } from './backup-folder.ts';
import { lineBatches, unzipped } from './lines.ts';
import {
  countRows,
  deleteRows,
  foreignKeysIn,
  hasRows,
  insertLines,
  migrationsIn,
  setSequence,
  type Table,
  tablesIn,
} from './rows.ts';

export interface RestoreOptions {
  /** Of the backup, where it is sealed. */
  readonly keys?: readonly [SealKey, ...SealKey[]];
  /** Whether the chain of the audit is whole. */
  readonly verifyAudit: (sql: Sql) => Promise<{ readonly whole: boolean }>;
  /** Where bytes wait on their way. */
  readonly staging: Parameters<typeof stage>[1];
  /** Default: those of this version. */
  readonly migrations?: readonly Migration[];
  readonly onProgress?: (step: 'verify' | 'bytes' | 'tables', done: number, total: number) => void;
}

export interface RestoreResult {
  /** When the backup was taken: what came after it is not here, erasures included. */
  readonly at: string;
  readonly rows: number;
  readonly blobs: number;
  /** Bytes that the archive lacked when the backup was taken. */
  readonly missing: readonly Sha256[];
  /** Images that lie in a PACS: the index names them, and the server needs that PACS in its settings. */
  readonly inPacs: number;
  /** Run after the tables were filled, where the backup is of an older version. */
  readonly migrated: readonly string[];
}

/** The database or the store holds something already. Restore into new ones; nothing was changed. */
export class TargetNotEmpty extends Error {
  override readonly name = 'TargetNotEmpty';
}

/** Files checked or copied at a time. */
const WIDTH = 4;
/** Named in an error. */
const TOLD = 100;
/** Tables that a new database has rows in. */
const SEEDED = new Set(['schema_migration', 'audit_head', 'project']);

/**
 * Fills an empty database and an empty store from a backup. All of the backup is read and held against its hashes before
 * anything is written. Cut off, it can be run again: bytes that it brought already are no obstacle, and the tables are
 * filled in one transaction.
 * @throws BackupDamaged, TargetNotEmpty, SchemaTooNew, DataFolderInUse, StorageFull
 */
export async function restore(
  folder: string,
  database: Database,
  blobs: Blobs,
  options: RestoreOptions,
): Promise<RestoreResult> {
  const from = await openBackupFolder(folder, 'read', options.keys);
  try {
    const content = await from.manifest();
    if (content === undefined)
      throw new BackupDamaged('The folder holds no backup that was finished.', ['manifest.json']);
    const migrations = options.migrations ?? MIGRATIONS;
    const known = new Set(migrations.map(({ id }) => id));
    if (!content.schema.every((id) => known.has(id)))
      throw new SchemaTooNew('The backup was made by a later version of Promontory.');
    await verifyBackup(from, content, options);
    await checkTarget(database, blobs, from, content);

    await copyBlobs(from, content, blobs, options);
    const then = migrations.filter(({ id }) => content.schema.includes(id));
    await migrate(database, then);
    await database.transaction((sql) => fill(sql, from, content, options));
    return {
      at: content.at,
      rows: content.tables.reduce((sum, { rows }) => sum + rows, 0),
      blobs: content.blobs.count - content.blobs.missing.length,
      missing: content.blobs.missing,
      inPacs: content.blobs.inPacs ?? 0,
      migrated: await migrate(database, migrations),
    };
  } finally {
    from.close();
  }
}

/** @throws BackupDamaged with the files that are missing or not what they were */
async function verifyBackup(
  from: BackupFolder,
  content: BackupContent,
  { onProgress = () => {} }: RestoreOptions,
): Promise<void> {
  const total = content.blobs.count - content.blobs.missing.length + content.tables.length + 1;
  const bad: string[] = [];
  let done = 0;
  const check = async ({ sha256 }: { readonly sha256: Sha256 }, name = '') => {
    if (!(await from.isWhole(sha256)) && bad.length < TOLD) bad.push(name + (await from.pathOf(sha256)));
    done += 1;
    onProgress('verify', done, total);
  };
  for (const { name, file } of content.tables) await check(file, `table ${name}: `);
  await check(content.blobs.list, 'list of the blobs: ');
  // Without its list nothing more can be said.
  if (bad.length === 0) {
    let count = 0;
    for await (const _ of ahead(present(from, content), WIDTH, (file) => check(file))) count += 1;
    if (count !== content.blobs.count - content.blobs.missing.length) bad.push('manifest.json');
  }
  if (bad.length > 0) throw new BackupDamaged(`The backup is damaged: ${bad.slice(0, 3).join(', ')}.`, bad);
}

/** What the backup brings: not what was missing when it was taken. */
async function* present(from: BackupFolder, content: BackupContent) {
  const missing = new Set(content.blobs.missing);
  for await (const file of listed(from, content)) if (!missing.has(file.sha256)) yield file;
}

async function checkTarget(
  database: Database,
  blobs: Blobs,
  from: BackupFolder,
  content: BackupContent,
): Promise<void> {
  const tables = await tablesIn(database);
  for (const table of tables)
    if (!SEEDED.has(table.name) && (await hasRows(database, table)))
      throw new TargetNotEmpty('The database holds an archive already. Restore into a new one.');
  if (tables.some(({ name }) => name === 'schema_migration')) {
    const ran = await migrationsIn(database);
    if (!ran.every((id) => content.schema.includes(id)))
      throw new TargetNotEmpty(
        'The database was set up by a later version than the backup. Restore into a new one.',
      );
  } else if (tables.length > 0)
    throw new TargetNotEmpty('The database holds tables of something else. Restore into a new one.');
  const own = new Set<Sha256>();
  for await (const { sha256 } of present(from, content)) own.add(sha256);
  let others = 0;
  for await (const sha256 of blobs.list(() => (others += 1))) if (!own.has(sha256)) others += 1;
  if (others > 0)
    throw new TargetNotEmpty('The store holds bytes of another archive. Restore into an empty one.');
}

async function copyBlobs(
  from: BackupFolder,
  content: BackupContent,
  blobs: Blobs,
  { staging, onProgress = () => {} }: RestoreOptions,
): Promise<void> {
  const total = content.blobs.count - content.blobs.missing.length;
  let done = 0;
  const copied = ahead(present(from, content), WIDTH, async ({ sha256 }) => {
    const staged = await stage(await from.blobs.open(sha256), staging);
    try {
      if (staged.sha256 !== sha256)
        throw new BackupDamaged('The backup changed while it was read.', [await from.pathOf(sha256)]);
      await blobs.keep(staged);
    } finally {
      await staged.discard();
    }
  });
  for await (const _ of copied) {
    done += 1;
    onProgress('bytes', done, total);
  }
}

async function fill(
  sql: Sql,
  from: BackupFolder,
  content: BackupContent,
  { verifyAudit, onProgress = () => {} }: RestoreOptions,
): Promise<void> {
  const tables = inOrder(await tablesIn(sql), await foreignKeysIn(sql));
  const saved = new Map(content.tables.map((table) => [table.name, table]));
  if (tables.length !== saved.size || !tables.every(({ name }) => saved.has(name)))
    throw new BackupDamaged('The tables of the backup are not those of its version.', ['manifest.json']);
  // What the migrations put there by themselves; the backup has its own.
  for (const table of tables.toReversed()) if (await hasRows(sql, table)) await deleteRows(sql, table);
  let done = 0;
  for (const table of tables) {
    // What a trigger has made of the tables before it; the backup has it as it was.
    if (await hasRows(sql, table)) await deleteRows(sql, table);
    const { columns, rows, file } = saved.get(table.name) as BackupContent['tables'][number];
    if (!columns.every((column) => table.columns.includes(column)))
      throw new BackupDamaged('A table of the backup has columns that its version has not.', [
        'manifest.json',
      ]);
    for await (const lines of lineBatches(unzipped(await from.blobs.open(file.sha256))))
      await insertLines(sql, { ...table, columns }, lines);
    if ((await countRows(sql, table)) !== rows)
      throw new BackupDamaged('A table of the backup has more or fewer rows than it says.', [
        await from.pathOf(file.sha256),
      ]);
    done += 1;
    onProgress('tables', done, tables.length);
  }
  for (const { name, value } of content.sequences) await setSequence(sql, name, value);
  if (!(await verifyAudit(sql)).whole)
    throw new BackupDamaged('The chain of the audit in the backup is broken.', []);
}

/** A table after those that its rows refer to. */
function inOrder(
  tables: readonly Table[],
  keys: readonly { readonly table: string; readonly needs: string }[],
): Table[] {
  const ordered: Table[] = [];
  const placed = new Set<string>();
  while (ordered.length < tables.length) {
    const next = tables.filter(
      ({ name }) => !placed.has(name) && keys.every((k) => k.table !== name || placed.has(k.needs)),
    );
    if (next.length === 0) throw new Error('Tables refer to each other in a circle.');
    ordered.push(...next);
    for (const { name } of next) placed.add(name);
  }
  return ordered;
}
