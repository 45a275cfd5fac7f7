/** First place of `needle` in `bytes` from `from` on, or -1. */
export function findBytes(bytes: Uint8Array, needle: Uint8Array, from: number): number {
  if (needle.length === 0) return -1;
  const [first] = needle;
  // The engine's own search for one byte is many times faster than a loop over all.
  for (let at = bytes.indexOf(first!, from); at >= 0; at = bytes.indexOf(first!, at + 1)) {
    let i = 1;
    while (i < needle.length && bytes[at + i] === needle[i]) i++;
    if (i === needle.length) return at;
  }
  return -1;
}
