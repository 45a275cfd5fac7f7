import { Inflate } from 'fflate';
import { Fault, isFault } from '../fault/index.ts';

/** What an inflated stream may cost. Both caps act while inflating, never after. */
export interface InflateLimits {
  /** Most bytes that may come out. */
  readonly maxBytes: number;
  /** Most bytes out per byte in; counts only beyond `RATIO_FLOOR_BYTES`. */
  readonly maxRatio: number;
}

/** Images deflate 2 to 10 times. Label maps reach 1,000 times, but are small: see the floor; a caller may raise it. */
export const DEFAULT_INFLATE_LIMITS: InflateLimits = { maxBytes: 1 << 30, maxRatio: 50 };

/** Below this size a high ratio harms nobody; a 512 × 512 × 60 label map of bytes stays under it. */
export const RATIO_FLOOR_BYTES = 16 << 20;

/** Deflate yields at most 1,032 bytes per byte, so one piece costs at most 4 MB before the caps are looked at. */
const PIECE_BYTES = 4 << 10;

/**
 * A stored block (64 KiB, then nothing until it is whole) is the longest input that yields no output. Longer silence
 * means that the stream has ended; the library does not say so, and would gather all that follows again and again.
 */
const SILENT_PIECES = 20;

/**
 * Inflates a raw deflate stream (RFC 1951) under caps. Bytes after the end of the stream are ignored.
 *
 * @throws Fault `LIMIT_EXCEEDED` when a cap is reached, `TRUNCATED` when the stream ends early, `MALFORMED` when it
 * is not deflate.
 */
export function inflateRaw(bytes: Uint8Array, limits: InflateLimits = DEFAULT_INFLATE_LIMITS): Uint8Array {
  const cap = Math.min(limits.maxBytes, Math.max(RATIO_FLOOR_BYTES, bytes.length * limits.maxRatio));
  const pieces: Uint8Array[] = [];
  let total = 0;
  const stream = new Inflate((piece) => {
    total += piece.length;
    if (total > cap) {
      throw new Fault('LIMIT_EXCEEDED', `the compressed data inflate to more than ${cap} bytes`, {
        advice: 'If you trust the file, decompress it with another tool first.',
      });
    }
    if (piece.length > 0) pieces.push(piece);
  });
  try {
    let silent = 0;
    for (let at = 0; silent < SILENT_PIECES; at += PIECE_BYTES) {
      const last = at + PIECE_BYTES >= bytes.length;
      const before = total;
      stream.push(bytes.subarray(at, at + PIECE_BYTES), last);
      if (last) break;
      silent = total === before ? silent + 1 : 0;
    }
  } catch (cause) {
    if (isFault(cause)) throw cause;
    const truncated = (cause as { code?: number }).code === 0; // fflate's FlateErrorCode.UnexpectedEOF
    throw new Fault(truncated ? 'TRUNCATED' : 'MALFORMED', 'the compressed data cannot be inflated', {
      cause,
    });
  }
  return concatenate(pieces, total);
}

/** The first bytes of a raw deflate stream, for telling what it holds; empty when it is not deflate. At most a few MB. */
export function inflateHead(bytes: Uint8Array): Uint8Array {
  let head: Uint8Array = new Uint8Array(0);
  const stream = new Inflate((piece) => {
    head = piece;
  });
  try {
    stream.push(bytes.subarray(0, PIECE_BYTES / 2), false);
  } catch {
    return new Uint8Array(0);
  }
  return head;
}

function concatenate(pieces: readonly Uint8Array[], total: number): Uint8Array {
  if (pieces.length === 1) return pieces[0];
  const whole = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
