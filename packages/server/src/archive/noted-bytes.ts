/**
 * Bytes that are noted to be taken away (`blob_to_remove`) and are wanted again. Who takes them away and who keeps them
 * anew take turns by a lock of their name, and the object store is never asked within a transaction, during which the
 * embedded database answers nobody else.
 */
import type { Blobs, Sha256, Staged } from '../ports/blobs/index.ts';
import type { Database } from '../ports/database/index.ts';
import { withdrawRemoval } from './rows.ts';

/** Held while bytes are judged and taken away, or kept although they were noted to go. */
export const lockOfBytes = (sha256: Sha256): string => `bytes ${sha256}`;

/**
 * Keeps bytes that may be noted to go, or go just now; after it they are kept and noted no more. Who then names them in
 * a transaction looks for the note once more: where there is one again, they may be gone again.
 * @throws what `Blobs.keep` throws; a note stays then
 */
export const keepAnew = (
  database: Pick<Database, 'locked'>,
  blobs: Pick<Blobs, 'keep'>,
  staged: Staged,
): Promise<void> =>
  database.locked(lockOfBytes(staged.sha256), async (sql) => {
    await blobs.keep(staged);
    await withdrawRemoval(sql, [staged.sha256]);
  });
