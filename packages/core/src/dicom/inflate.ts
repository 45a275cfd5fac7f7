/** Inflating a deflated data set (PS3.5 section A.5) under caps that hold while inflating (reliability row 3). */
import { Inflate } from 'fflate';
import { Fault } from '../fault/index.ts';
import { concatenate } from './bytes.ts';
import type { Limits } from './limits.ts';

/** The most that deflate can grow: a cap is judged between steps, so no step may be able to leap far over it. */
const MAX_GROWTH = 1032;
const MIN_STEP_BYTES = 4096;
const MAX_STEP_BYTES = 2 ** 20;
/** So much input without output comes after the end of the stream, and would be copied again at every step. */
const MAX_SILENT_BYTES = 2 ** 16;

export interface Inflated {
  readonly bytes: Uint8Array;
  /** The compressed stream ends before its last block does. */
  readonly truncated: boolean;
}

/**
 * Raw deflate stream to bytes.
 * @param offset place of `compressed` in the file, for faults
 * @throws Fault LIMIT_EXCEEDED by size or ratio, MALFORMED when the stream is no deflate stream
 */
export function inflateWithin(compressed: Uint8Array, limits: Limits, offset: number): Inflated {
  const chunks: Uint8Array[] = [];
  let total = 0;
  const inflate = new Inflate((chunk) => {
    total += chunk.length;
    if (chunk.length > 0) chunks.push(chunk);
  });
  let consumed = 0;
  let productive = 0;
  try {
    while (consumed < compressed.length && consumed - productive < MAX_SILENT_BYTES) {
      const allowed = Math.min(
        Math.max(limits.inflateFloorBytes, consumed * limits.maxInflateRatio),
        limits.maxInflatedBytes,
      );
      const step = Math.min(Math.max((allowed - total) / MAX_GROWTH, MIN_STEP_BYTES), MAX_STEP_BYTES);
      const next = Math.min(consumed + Math.floor(step), compressed.length);
      const before = total;
      inflate.push(compressed.subarray(consumed, next), false);
      consumed = next;
      if (total > before) productive = consumed;
      if (total > limits.maxInflatedBytes) {
        throw new Fault('LIMIT_EXCEEDED', `inflates to more than ${limits.maxInflatedBytes} bytes`, {
          offset,
        });
      }
      if (total > limits.inflateFloorBytes && total > consumed * limits.maxInflateRatio) {
        throw new Fault('LIMIT_EXCEEDED', `inflates to more than ${limits.maxInflateRatio} times its size`, {
          offset: offset + consumed,
        });
      }
    }
    inflate.push(new Uint8Array(0), true);
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    const unexpectedEnd = (cause as { code?: number }).code === 0;
    if (!unexpectedEnd || total === 0) {
      throw new Fault(unexpectedEnd ? 'TRUNCATED' : 'MALFORMED', 'the deflated data set cannot be inflated', {
        offset: offset + consumed,
        cause,
      });
    }
    return { bytes: concatenate(chunks), truncated: true };
  }
  return { bytes: concatenate(chunks), truncated: false };
}
