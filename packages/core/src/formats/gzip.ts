import { Fault } from '../fault/index.ts';
import { crc32 } from './crc32.ts';
import { DEFAULT_INFLATE_LIMITS, type InflateLimits, inflateRaw } from './inflate.ts';

const HEADER_BYTES = 10;
const TRAILER_BYTES = 8;
/** Names and comments are never used; longer ones are an attack. */
const MAX_TEXT_BYTES = 65_536;

/**
 * Decompresses one gzip member (RFC 1952), checking its CRC and length.
 *
 * @throws Fault `NOT_RECOGNISED`, `TRUNCATED`, `MALFORMED`, `LIMIT_EXCEEDED`. Several members in one file are refused as `MALFORMED`.
 */
export function gunzip(bytes: Uint8Array, limits: InflateLimits = DEFAULT_INFLATE_LIMITS): Uint8Array {
  if (bytes.length < 3 || bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8) {
    throw new Fault('NOT_RECOGNISED', 'not gzip', { offset: 0 });
  }
  const start = memberStart(bytes);
  if (start === undefined || start + TRAILER_BYTES > bytes.length) {
    throw new Fault('TRUNCATED', 'the gzip file ends inside its header', { offset: bytes.length });
  }
  const inflated = inflateRaw(bytes.subarray(start), limits);
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - TRAILER_BYTES, TRAILER_BYTES);
  const lengthAgrees = trailer.getUint32(4, true) === inflated.length % 2 ** 32;
  if (lengthAgrees && trailer.getUint32(0, true) === crc32(inflated)) return inflated;
  throw new Fault('MALFORMED', 'the gzip checksum does not agree, or several members follow each other', {
    offset: bytes.length - TRAILER_BYTES,
    advice: 'Compress the file again with gzip.',
  });
}

/** Where the deflate stream of the first member begins; undefined when the header does not end within the bytes. */
export function memberStart(bytes: Uint8Array): number | undefined {
  const flags = bytes[3];
  let at = HEADER_BYTES;
  if (flags & 4) at += 2 + bytes[at] + 256 * bytes[at + 1]; // FEXTRA
  for (const flag of [8, 16]) {
    if (!(flags & flag)) continue; // FNAME, FCOMMENT: until a zero byte
    const end = bytes.subarray(at, at + MAX_TEXT_BYTES).indexOf(0);
    if (end < 0) return undefined;
    at += end + 1;
  }
  if (flags & 2) at += 2; // FHCRC
  return at <= bytes.length ? at : undefined;
}
