import { mkdir, statfs } from 'node:fs/promises';
import { StorageFull } from './blobs.ts';

/** Below this much free space nothing more is taken: the database on the same disk needs room, too. */
export const FREE_SPACE_GUARD_BYTES = 2 ** 30;

export interface FreeSpaceOptions {
  readonly guardBytes: number;
  /** How long a look at the free space is believed. Default 1 s. */
  readonly ageMs?: number;
}

/** Asked before bytes are written below `folder`. @throws StorageFull */
export function freeSpaceGuard(folder: string, options: FreeSpaceOptions): (size: number) => Promise<void> {
  const ageMs = options.ageMs ?? 1_000;
  let looked = { at: Number.NEGATIVE_INFINITY, freeBytes: 0 };
  return async (size) => {
    const now = performance.now();
    if (now - looked.at > ageMs) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const { bavail, bsize } = await statfs(folder);
      looked = { at: now, freeBytes: bavail * bsize };
    }
    if (looked.freeBytes - size < options.guardBytes)
      throw new StorageFull('Too little free space is left for more images.');
    looked.freeBytes -= size;
  };
}
