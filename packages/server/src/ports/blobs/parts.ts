/** Bytes in pieces of one size; the last may be shorter. Nothing comes of nothing. */
export async function* partsOf(
  source: AsyncIterable<Uint8Array>,
  partBytes: number,
): AsyncGenerator<Uint8Array> {
  let part: Uint8Array | undefined;
  let filled = 0;
  for await (const bytes of source)
    for (let at = 0; at < bytes.length; ) {
      part ??= new Uint8Array(partBytes);
      const taken = bytes.subarray(at, at + partBytes - filled);
      part.set(taken, filled);
      filled += taken.length;
      at += taken.length;
      if (filled < partBytes) continue;
      yield part;
      part = undefined;
      filled = 0;
    }
  if (part !== undefined) yield part.subarray(0, filled);
}
