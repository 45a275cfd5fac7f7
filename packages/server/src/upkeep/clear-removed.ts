import { lockOfBytes } from '../archive/index.ts';
import type { Blobs, Sha256 } from '../ports/blobs/index.ts';
import type { Database, Sql } from '../ports/database/index.ts';
import {
  blobsToRemove,
  blobTablesIn,
  dropNote,
  dropNoteOfNamed,
  noteOf,
  renewNote,
  type Table,
} from './rows.ts';

export interface ClearOptions {
  readonly now: () => Date;
  readonly onProgress?: (done: number) => void;
}

export interface Cleared {
  /** Bytes that were taken away. */
  readonly removed: number;
  /** Bytes that are named again; their note was withdrawn. */
  readonly wanted: number;
}

/**
 * So long a note stays after its bytes went: a store that found the bytes there before learns by the note, in its own
 * transaction, that it must keep them again. Far longer than any store takes between its bytes and its commit.
 */
const NOTE_STAYS_MS = 3_600_000;
const PAGE = 500;

/**
 * Takes away bytes that are noted in `blob_to_remove` and that no row names any more. The only place where bytes go.
 *
 * Safe beside stores in this and other processes, without asking the store within a transaction: bytes are judged and
 * go under the lock of their name, and their note stands until they went. Who has inserted a row that names them looks
 * for the note before the commit, and where there is one gives the transaction up and keeps them anew under the same
 * lock (`keepAnew`).
 */
export async function clearRemovedBlobs(
  database: Database,
  blobs: Blobs,
  { now, onProgress = () => {} }: ClearOptions,
): Promise<Cleared> {
  const tables = await blobTablesIn(database);
  const cleared = { removed: 0, wanted: 0 };
  let done = 0;
  for (let after = ''; ; ) {
    const page = await blobsToRemove(database, after, PAGE);
    for (const { sha256 } of page) {
      const outcome = await database.locked(lockOfBytes(sha256), (sql) =>
        clear(sql, blobs, tables, sha256, now()),
      );
      if (outcome !== 'left') cleared[outcome] += 1;
      done += 1;
      onProgress(done);
      after = sha256;
    }
    if (page.length < PAGE) return cleared;
  }
}

async function clear(
  sql: Sql,
  blobs: Blobs,
  tables: readonly Table[],
  sha256: Sha256,
  now: Date,
): Promise<'removed' | 'wanted' | 'left'> {
  const note = await noteOf(sql, sha256);
  if (note === undefined) return 'left';
  if (await dropNoteOfNamed(sql, tables, sha256)) return 'wanted';
  if (await blobs.has(sha256)) {
    await blobs.remove(sha256);
    await renewNote(sql, sha256, now);
    return 'removed';
  }
  if (now.getTime() - note.since.getTime() >= NOTE_STAYS_MS) await dropNote(sql, sha256);
  return 'left';
}
