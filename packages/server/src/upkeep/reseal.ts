import { lockOfBytes } from '../archive/index.ts';
import { ahead, BlobDamaged, BlobMissing, type SealedBlobs, type Sha256 } from '../ports/blobs/index.ts';
import type { Database } from '../ports/database/index.ts';

export interface ResealOptions {
  /** Told after each sealing that was looked at. */
  readonly onProgress?: (done: { readonly looked: number; readonly resealed: number }) => void;
}

export interface ResealReport {
  /** Nothing is left that an older key sealed. */
  readonly ok: boolean;
  /** Sealings that were looked at. */
  readonly looked: number;
  /** Contents that are now sealed with the first key alone, and were not before. */
  readonly resealed: number;
  /** An older key sealed them, and their bytes were altered since: they stay as they are. */
  readonly damaged: readonly Sha256[];
  /** Names in the store that none of the keys opens. */
  readonly unknown: readonly string[];
}

/** Contents at a time: enough to hide the way to an object store. */
const WIDTH = 4;

/**
 * Seals with the first key what older keys sealed, so that their lines can go from the key file. Each content is done
 * or not done: whoever ends this in the middle runs it again, and it goes on with what is left.
 *
 * Under the lock of the bytes' name, as all that takes bytes away: what is erased meanwhile is not written again.
 *
 * @throws StorageFull, BlobsUnavailable
 */
export async function reseal(
  database: Database,
  blobs: SealedBlobs,
  { onProgress = () => {} }: ResealOptions = {},
): Promise<ResealReport> {
  const damaged: Sha256[] = [];
  const unknown: string[] = [];
  const done = { looked: 0, resealed: 0 };
  const outcomes = ahead(blobs.sealings(), WIDTH, async (sealing) => {
    if (sealing.by === 'unknown') unknown.push(sealing.name);
    if (sealing.by !== 'older') return false;
    const { sha256 } = sealing;
    try {
      return await database.locked(lockOfBytes(sha256), () => blobs.reseal(sha256));
    } catch (error) {
      if (error instanceof BlobDamaged) damaged.push(sha256);
      // A server beside us kept it anew with the first key, and the older sealing went.
      else if (!(error instanceof BlobMissing)) throw error;
      return false;
    }
  });
  for await (const resealed of outcomes) {
    done.looked += 1;
    if (resealed) done.resealed += 1;
    onProgress({ ...done });
  }
  return {
    ok: damaged.length + unknown.length === 0,
    ...done,
    damaged: damaged.sort(),
    unknown: unknown.sort(),
  };
}
