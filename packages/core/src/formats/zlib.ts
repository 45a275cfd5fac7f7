import { Fault } from '../fault/index.ts';
import { DEFAULT_INFLATE_LIMITS, type InflateLimits, inflateRaw } from './inflate.ts';

const MOD = 65_521;

/**
 * Decompresses a zlib stream (RFC 1950) under caps and checks its Adler-32.
 *
 * @throws Fault `MALFORMED`, `TRUNCATED`, `LIMIT_EXCEEDED`.
 */
export function unzlib(bytes: Uint8Array, limits: InflateLimits = DEFAULT_INFLATE_LIMITS): Uint8Array {
  if (bytes.length < 6)
    throw new Fault('TRUNCATED', 'the zlib stream ends inside its header', { offset: bytes.length });
  const [method, flags] = bytes;
  if ((method & 15) !== 8 || (method * 256 + flags) % 31 !== 0 || flags & 32) {
    throw new Fault('MALFORMED', 'not a zlib stream', { offset: 0 });
  }
  const inflated = inflateRaw(bytes.subarray(2, -4), limits);
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4);
  if (trailer.getUint32(0) !== adler32(inflated)) {
    throw new Fault('MALFORMED', 'the zlib checksum does not agree', { offset: bytes.length - 4 });
  }
  return inflated;
}

function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (let at = 0; at < bytes.length; ) {
    // 3,800 additions stay below 2^32 before the remainder must be taken
    for (const end = Math.min(bytes.length, at + 3800); at < end; at++) {
      a += bytes[at];
      b += a;
    }
    a %= MOD;
    b %= MOD;
  }
  return ((b << 16) | a) >>> 0;
}
