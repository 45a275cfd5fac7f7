/** Finds any of many byte strings in one pass: their number costs nothing. */
export interface Found {
  readonly at: number;
  readonly needle: Uint8Array;
}

/** Every place where one of the needles stands, in order. Needles of fewer than two bytes are not looked for. */
export function* findBytes(bytes: Uint8Array, needles: readonly Uint8Array[]): Generator<Found> {
  const byHead = new Map<number, Uint8Array[]>();
  // A look into an array is many times faster than one into a map, and most places are none.
  const isHead = new Uint8Array(0x10000);
  for (const needle of needles) {
    if (needle.length < 2) continue;
    const head = needle[0]! * 256 + needle[1]!;
    isHead[head] = 1;
    byHead.set(head, [...(byHead.get(head) ?? []), needle]);
  }
  for (let at = 0; at + 1 < bytes.length; at++) {
    const head = bytes[at]! * 256 + bytes[at + 1]!;
    if (isHead[head] === 0) continue;
    for (const needle of byHead.get(head)!) if (standsAt(bytes, needle, at)) yield { at, needle };
  }
}

function standsAt(bytes: Uint8Array, needle: Uint8Array, at: number): boolean {
  let i = 2;
  while (i < needle.length && bytes[at + i] === needle[i]) i++;
  return i === needle.length;
}
