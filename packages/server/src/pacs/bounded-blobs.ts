import { type Blobs, type Sha256, StorageFull } from '../ports/blobs/index.ts';

/**
 * A store of so many bytes that gives up what was not asked for the longest. For copies: what it gives up lies elsewhere.
 * What it held when it was opened counts as used when it was kept. `keep` of more than the bound throws StorageFull.
 */
export function boundedBlobs(blobs: Blobs, maxBytes: number): Blobs {
  /** In the order of their last use. */
  const held = new Map<Sha256, number>();
  let bytes = 0;
  /** Being written: not to be given up yet. */
  let coming = 0;
  let looked: Promise<void> | undefined;

  const forget = (sha256: Sha256) => {
    bytes -= held.get(sha256) ?? 0;
    held.delete(sha256);
  };
  const note = (sha256: Sha256, size: number) => {
    forget(sha256);
    held.set(sha256, size);
    bytes += size;
  };
  const used = (sha256: Sha256) => {
    const size = held.get(sha256);
    if (size !== undefined) note(sha256, size);
  };

  async function look(): Promise<void> {
    const found: { sha256: Sha256; size: number; at: number }[] = [];
    for await (const sha256 of blobs.list()) {
      const facts = await blobs.stat(sha256).catch(() => undefined);
      if (facts !== undefined) found.push({ sha256, size: facts.size, at: facts.keptAt.getTime() });
    }
    for (const { sha256, size } of found.sort((a, b) => a.at - b.at)) note(sha256, size);
  }

  /** @throws StorageFull where what is being written takes all the room */
  async function makeRoom(): Promise<void> {
    for (const [oldest] of held) {
      if (bytes + coming <= maxBytes) return;
      forget(oldest);
      await blobs.remove(oldest);
    }
    if (bytes + coming > maxBytes) throw new StorageFull('Too much is kept here at once.');
  }

  return {
    ...blobs,
    async keep(staged) {
      if (staged.size > maxBytes) throw new StorageFull('Larger than all that may be held here.');
      looked ??= look().catch((error) => {
        looked = undefined;
        throw error;
      });
      await looked;
      // Before there is room: others who come meanwhile find it taken.
      coming += staged.size;
      try {
        await makeRoom();
        await blobs.keep(staged);
        note(staged.sha256, staged.size);
      } finally {
        coming -= staged.size;
      }
    },
    async open(sha256, range) {
      used(sha256);
      return blobs.open(sha256, range);
    },
    async remove(sha256) {
      forget(sha256);
      await blobs.remove(sha256);
    },
  };
}
