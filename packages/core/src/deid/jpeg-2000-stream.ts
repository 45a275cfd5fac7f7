/** JPEG 2000 code streams, high-throughput ones too, without comments and what follows their end (ISO/IEC 15444-1 annex A). */
import { joined } from './jpeg-stream.ts';

const SOC = 0xff4f;
const SIZ = 0xff51;
const COM = 0xff64;
const SOT = 0xff90;
const SOD = 0xff93;
const EOC = 0xffd9;

/** The same image, or `undefined` where the bytes are no such stream. A stream that lacks its end is taken as it is. */
export function withoutJpeg2000Asides(bytes: Uint8Array): Uint8Array | undefined {
  const word = (at: number): number => (at + 1 < bytes.length ? bytes[at]! * 256 + bytes[at + 1]! : 0);
  if (word(0) !== SOC || word(2) !== SIZ) return undefined;
  const kept: Uint8Array[] = [bytes.subarray(0, 2)];
  let at = 2;
  // The main header.
  while (word(at) !== SOT) {
    const end = endOfSegment(bytes, at);
    if (end === undefined) return undefined;
    if (word(at) !== COM) kept.push(bytes.subarray(at, end));
    at = end;
  }
  while (word(at) === SOT) {
    const end = endOfTilePart(bytes, at);
    const part = end === undefined ? undefined : withEmptyComments(bytes.slice(at, end));
    if (end === undefined || part === undefined) return undefined;
    kept.push(part);
    at = end;
  }
  if (word(at) === EOC) kept.push(bytes.subarray(at, at + 2));
  else if (at < bytes.length) return undefined;
  return joined(kept);
}

function endOfSegment(bytes: Uint8Array, at: number): number | undefined {
  if (at + 4 > bytes.length || bytes[at] !== 0xff) return undefined;
  const end = at + 2 + bytes[at + 2]! * 256 + bytes[at + 3]!;
  return end >= at + 4 && end <= bytes.length ? end : undefined;
}

/** By the length that the tile part gives; one that gives none is the last and runs to the end of the stream. */
function endOfTilePart(bytes: Uint8Array, at: number): number | undefined {
  if (at + 12 > bytes.length) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at + 6);
  if (length !== 0) return length >= 14 && at + length <= bytes.length ? at + length : undefined;
  // No coded byte after 0xff is above 0x8f, so that the end cannot be met by chance.
  for (let end = bytes.indexOf(0xff, at + 12); end >= 0; end = bytes.indexOf(0xff, end + 1)) {
    if (bytes[end + 1] === (EOC & 0xff)) return end;
  }
  return bytes.length;
}

/** A copy of its own, changed in place: lengths elsewhere in the stream count its bytes. */
function withEmptyComments(part: Uint8Array): Uint8Array | undefined {
  let at = 12;
  for (;;) {
    const marker = at + 1 < part.length ? part[at]! * 256 + part[at + 1]! : 0;
    if (marker === SOD) return part;
    const end = endOfSegment(part, at);
    if (end === undefined) return undefined;
    if (marker === COM) part.fill(0, at + 4, end);
    at = end;
  }
}
