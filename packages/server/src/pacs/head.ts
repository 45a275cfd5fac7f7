/**
 * The beginning of a Part 10 file: preamble, prefix and File Meta Information (PS3.10 section 7.1). The meta information
 * says who wrote the file, and a PACS may say so of itself when it gives the file back; the data set behind it is what
 * was taken. With the beginning as we know it the file is the one that we know, or its hash tells that it is not.
 */
const PREFIX_END = 132;
/** Longer ones are nobody's: then only preamble and prefix count as the beginning. */
const LONGEST = 2 ** 16;
const META_GROUP = 0x0002;
/** Value representations with a length of four bytes (PS3.5 section 7.1.2). */
const LONG_VRS = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);

/** Where the data set begins; undefined where more bytes are needed to tell. */
export function headLength(file: Uint8Array): number | undefined {
  const view = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  for (let at = PREFIX_END; ; ) {
    if (at > LONGEST) return PREFIX_END;
    if (at + 8 > view.length) return undefined;
    if (view.readUInt16LE(at) !== META_GROUP) return at;
    const vr = view.toString('latin1', at + 4, at + 6);
    if (!/^[A-Z]{2}$/.test(vr)) return PREFIX_END;
    if (!LONG_VRS.has(vr)) at += 8 + view.readUInt16LE(at + 6);
    else if (at + 12 > view.length) return undefined;
    else at += 12 + view.readUInt32LE(at + 8);
  }
}

/** The beginning of a file, as it stands in its first bytes. */
export async function headOf(file: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  let held = Buffer.alloc(0);
  for await (const chunk of file) {
    held = Buffer.concat([held, chunk]);
    const length = headLength(held);
    if (length !== undefined) return Uint8Array.from(held.subarray(0, length));
  }
  return Uint8Array.from(held.subarray(0, PREFIX_END));
}

/** The file with another beginning. */
export async function* withHead(
  head: Uint8Array,
  file: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let held: Buffer | undefined = Buffer.alloc(0);
  yield head;
  for await (const chunk of file) {
    if (held === undefined) {
      yield chunk;
      continue;
    }
    held = Buffer.concat([held, chunk]);
    const length = headLength(held);
    if (length === undefined) continue;
    if (held.length > length) yield held.subarray(length);
    held = undefined;
  }
  if (held !== undefined && held.length > PREFIX_END) yield held.subarray(PREFIX_END);
}
