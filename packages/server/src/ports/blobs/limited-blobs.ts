import { type Blobs, StorageFull } from './blobs.ts';

export interface Quota {
  /** What the archive may hold. */
  readonly maxBytes: number;
  /** What it holds, as the index counts it. */
  readonly used: () => Promise<number>;
  /** How long that is believed; what is kept in between is added. Default 10 s. */
  readonly ageMs?: number;
}

/** Refuses what would go beyond the quota, to within what is being stored when the index is asked. */
export function withQuota(blobs: Blobs, { maxBytes, used, ageMs = 10_000 }: Quota): Blobs {
  let known: { at: number; bytes: number } | undefined;
  let asking: Promise<void> | undefined;

  const ask = () => {
    asking ??= used()
      .then((bytes) => {
        known = { at: performance.now(), bytes };
      })
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };

  return {
    ...blobs,
    async keep(staged) {
      if (known === undefined || performance.now() - known.at > ageMs) await ask();
      const count = known as { at: number; bytes: number };
      if (count.bytes + staged.size > maxBytes) {
        // What is held already takes no room.
        if (await blobs.has(staged.sha256)) return blobs.keep(staged);
        throw new StorageFull('The quota of the archive is used up.');
      }
      count.bytes += staged.size;
      try {
        await blobs.keep(staged);
      } catch (error) {
        count.bytes -= staged.size;
        throw error;
      }
    },
  };
}
