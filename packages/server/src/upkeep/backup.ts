import {
  ahead,
  BlobDamaged,
  BlobMissing,
  type Blobs,
  type SealKey,
  type Sha256,
  stage,
} from '../ports/blobs/index.ts';
import type { Database, Sql } from '../ports/database/index.ts';
import { type BackupContent, type BackupFolder, openBackupFolder } from './backup-folder.ts';
import { joined, lineBatches, zippedLines } from './lines.ts';
import {
  asSnapshot,
  blobLines,
  blobTablesIn,
  countInPacs,
  migrationsIn,
  namedAmong,
  rowLines,
  sequencesIn,
  tablesIn,
  withPlainValues,
} from './rows.ts';

export interface BackupOptions {
  readonly now: () => Date;
  /** Seal the backup, tables too; best those of the archive. Without them it lies open. */
  readonly keys?: readonly [SealKey, ...SealKey[]];
  /**
   * Takes bytes out of the backup that the archive does not name any more. Needed after an erasure; else they stay,
   * and cost room only.
   */
  readonly forgetRemoved?: boolean;
  readonly onProgress?: (step: 'tables' | 'bytes', done: number, total: number) => void;
}

export interface BackupResult {
  readonly at: string;
  readonly rows: number;
  readonly blobs: number;
  /** Of these, what earlier backups into the folder had not brought. */
  readonly copied: number;
  readonly copiedBytes: number;
  /** Bytes that rows name and the archive has not, or not whole: the backup is good, the archive is not. See `fsck`. */
  readonly missing: readonly Sha256[];
  /** Images that lie in a PACS: the backup names them and does not hold them. */
  readonly inPacs: number;
}

/** Studies were deleted all the while. A retry helps. Earlier backups in the folder are as they were. */
export class BackupDisturbed extends Error {
  override readonly name = 'BackupDisturbed';
}

const ROUNDS = 5;
/** Blobs copied at a time. */
const WIDTH = 4;

/**
 * Copies index and bytes into a folder: the index as it stands at one moment, and every byte that it names then. A
 * second backup into the folder copies what is new. Whatever happens meanwhile, the folder holds one whole backup: the
 * manifest of the new one replaces the old one's when all that it names is flushed.
 * @throws DataFolderInUse, StorageFull, BackupDisturbed, BackupDamaged (the folder's earlier manifest)
 */
export async function backup(
  database: Database,
  blobs: Blobs,
  folder: string,
  options: BackupOptions,
): Promise<BackupResult> {
  const to = await openBackupFolder(folder, 'write', options.keys);
  try {
    const before = await to.manifest();
    const copied = { blobs: 0, bytes: 0 };
    for (let round = 1; ; round++) {
      const taken = await database.transaction((sql) => snapshot(sql, to, options));
      const missing = await copyAll(database, blobs, to, taken, copied, options);
      if (missing === 'disturbed') {
        await dropFiles(to, taken, before);
        if (round < ROUNDS) continue;
        throw new BackupDisturbed('Studies were deleted while the backup was made. Try again.');
      }
      const content = { ...taken, blobs: { ...taken.blobs, missing } };
      await to.finish(content);
      if (before !== undefined) await dropFiles(to, before, content);
      if (options.forgetRemoved === true) await forgetRemoved(to, content);
      return {
        at: content.at,
        rows: content.tables.reduce((sum, { rows }) => sum + rows, 0),
        blobs: content.blobs.count,
        copied: copied.blobs,
        copiedBytes: copied.bytes,
        missing,
        inPacs: content.blobs.inPacs ?? 0,
      };
    }
  } finally {
    to.close();
  }
}

async function snapshot(sql: Sql, to: BackupFolder, options: BackupOptions): Promise<BackupContent> {
  await asSnapshot(sql);
  await withPlainValues(sql);
  const keep = async (content: AsyncIterable<Uint8Array>) => {
    const staged = await stage(content, to.staging);
    await to.blobs.keep(staged);
    await staged.discard();
    return { sha256: staged.sha256, size: staged.size };
  };
  const tables: BackupContent['tables'] = [];
  const all = await tablesIn(sql);
  for (const table of all) {
    options.onProgress?.('tables', tables.length, all.length);
    let rows = 0;
    const counted = async function* () {
      for await (const lines of rowLines(sql, table)) {
        rows += lines.length;
        yield lines;
      }
    };
    const file = await keep(zippedLines(counted()));
    tables.push({ name: table.name, columns: [...table.columns], rows, file });
  }
  let count = 0;
  let bytes = 0;
  const named = await blobTablesIn(sql);
  // Tables of an earlier version know of none.
  const withPacs = all.some(({ name }) => name === 'pacs_instance');
  const inPacs = withPacs ? await countInPacs(sql, named) : 0;
  const counted = async function* () {
    for await (const lines of blobLines(sql, named, withPacs)) {
      count += lines.length;
      for (const line of lines) bytes += Number(line.slice(65));
      yield lines;
    }
  };
  const list = await keep(joined(counted()));
  return {
    format: 'promontory-backup',
    version: 1,
    at: options.now().toISOString(),
    schema: await migrationsIn(sql),
    tables,
    sequences: await sequencesIn(sql),
    blobs: { count, bytes, list, missing: [], ...(inPacs === 0 ? {} : { inPacs }) },
  };
}

export async function* listed(
  to: BackupFolder,
  content: BackupContent,
): AsyncGenerator<{ sha256: Sha256; size: number }> {
  for await (const lines of lineBatches(await to.blobs.open(content.blobs.list.sha256)))
    for (const line of lines) yield { sha256: line.slice(0, 64), size: Number(line.slice(65)) };
}

/** @returns what the archive lacks; or that bytes went because their rows did, so that the snapshot is stale */
async function copyAll(
  database: Database,
  blobs: Blobs,
  to: BackupFolder,
  content: BackupContent,
  copied: { blobs: number; bytes: number },
  options: BackupOptions,
): Promise<Sha256[] | 'disturbed'> {
  const missing: Sha256[] = [];
  let done = 0;
  const outcomes = ahead(listed(to, content), WIDTH, async ({ sha256, size }) => ({
    sha256,
    size,
    outcome: await copy(blobs, to, sha256, size),
  }));
  for await (const { sha256, size, outcome } of outcomes) {
    done += 1;
    options.onProgress?.('bytes', done, content.blobs.count);
    if (outcome === 'missing') missing.push(sha256);
    if (outcome !== 'copied') continue;
    copied.blobs += 1;
    copied.bytes += size;
  }
  const named = await namedAmong(database, await blobTablesIn(database), missing);
  return missing.every((sha256) => named.has(sha256)) ? missing : 'disturbed';
}

async function copy(
  blobs: Blobs,
  to: BackupFolder,
  sha256: Sha256,
  size: number,
): Promise<'there' | 'copied' | 'missing'> {
  if (await has(to.blobs, sha256, size)) return 'there';
  try {
    const staged = await stage(await blobs.open(sha256), to.staging);
    try {
      // Nothing damaged enters the backup under a good name.
      if (staged.sha256 !== sha256) return 'missing';
      await to.blobs.keep(staged);
      return 'copied';
    } finally {
      await staged.discard();
    }
  } catch (error) {
    if (error instanceof BlobMissing || error instanceof BlobDamaged) return 'missing';
    throw error;
  }
}

async function has(blobs: Blobs, sha256: Sha256, size: number): Promise<boolean> {
  try {
    return (await blobs.stat(sha256)).size === size;
  } catch (error) {
    if (error instanceof BlobMissing || error instanceof BlobDamaged) return false;
    throw error;
  }
}

const filesOf = (content: BackupContent): Sha256[] => [
  ...content.tables.map(({ file }) => file.sha256),
  content.blobs.list.sha256,
];

/** Tables of a backup that is none any more. */
async function dropFiles(
  to: BackupFolder,
  stale: BackupContent,
  current: BackupContent | undefined,
): Promise<void> {
  const needed = new Set(current === undefined ? [] : filesOf(current));
  for (const sha256 of filesOf(stale)) if (!needed.has(sha256)) await to.blobs.remove(sha256);
}

async function forgetRemoved(to: BackupFolder, content: BackupContent): Promise<void> {
  const needed = new Set(filesOf(content));
  for await (const { sha256 } of listed(to, content)) needed.add(sha256);
  for await (const sha256 of to.blobs.list()) if (!needed.has(sha256)) await to.blobs.remove(sha256);
}
