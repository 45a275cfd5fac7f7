import { createHash } from 'node:crypto';
import { BlobDamaged, type Blobs, type Sha256 } from './blobs.ts';

/**
 * Blobs whose bytes are held against their name while all of them are read: a rotten disk is noticed by the reader, and
 * not by the surgeon. Sealed blobs need it not. Ranges are not checked.
 */
export const verifiedBlobs = (blobs: Blobs): Blobs => ({
  ...blobs,
  open: async (sha256, range) =>
    range === undefined ? verified(await blobs.open(sha256), sha256) : blobs.open(sha256, range),
});

/** The last chunk is given out only when the whole is what its name says. @throws BlobDamaged */
export async function* verified(
  chunks: AsyncIterable<Uint8Array>,
  sha256: Sha256,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let held: Uint8Array | undefined;
  for await (const chunk of chunks) {
    hash.update(chunk);
    if (held !== undefined) yield held;
    held = chunk;
  }
  if (hash.digest('hex') !== sha256) throw new BlobDamaged('The bytes are not what their name says.');
  if (held !== undefined) yield held;
}
