/** Runs of bytes: in several parts, and in the other byte order. */

export function lengthOf(parts: readonly Uint8Array[]): number {
  let length = 0;
  for (const part of parts) length += part.length;
  return length;
}

export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** The bytes of every unit in reverse order; a rest that is no whole unit stays. No copy for single bytes. */
export function swapUnits(bytes: Uint8Array, unitBytes: 1 | 2 | 4 | 8): Uint8Array {
  if (unitBytes === 1) return bytes;
  const out = bytes.slice();
  for (let at = 0; at + unitBytes <= out.length; at += unitBytes) {
    for (let low = at, high = at + unitBytes - 1; low < high; low++, high--) {
      const byte = out[low]!;
      out[low] = out[high]!;
      out[high] = byte;
    }
  }
  return out;
}
