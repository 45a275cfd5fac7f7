import type { ByteRange } from '../ports/blobs/index.ts';

/** The bytes of a range; what comes after it is read all the same, for the hash at the end. */
export async function* withinRange(
  chunks: AsyncIterable<Uint8Array>,
  range: ByteRange | undefined,
): AsyncGenerator<Uint8Array> {
  const { start = 0, end = Number.POSITIVE_INFINITY } = range ?? {};
  let at = 0;
  for await (const chunk of chunks) {
    const piece = chunk.subarray(Math.max(0, start - at), Math.max(0, Math.min(chunk.length, end - at)));
    if (piece.length > 0) yield piece;
    at += chunk.length;
  }
}
