/** Steps over the elements at the start of bytes that are not all there: PS3.5 section 7.1. */
import type { Encoding } from '@promontory/core/dicom';

/** VRs whose explicit header has two reserved bytes and a 32-bit length (PS3.5 section 7.1.2). */
const LONG = new Set(['OB', 'OW', 'OF', 'OD', 'OL', 'OV', 'SQ', 'UC', 'UR', 'UT', 'UN', 'SV', 'UV']);

export interface Step {
  readonly tag: number;
  /** The VR as written; two capital letters in every one of the standard. */
  readonly vr: string | undefined;
  readonly start: number;
  /** Of the value; beyond the bytes where it is longer, or of undefined length. */
  readonly end: number;
}

/** Bytes that a header needs at most. */
export const HEADER_BYTES = 12;

/** @param at with `HEADER_BYTES` behind it */
export function stepAt(bytes: Buffer, at: number, { explicitVr, littleEndian }: Encoding): Step {
  const short = (from: number) => (littleEndian ? bytes.readUInt16LE(from) : bytes.readUInt16BE(from));
  const long = (from: number) => (littleEndian ? bytes.readUInt32LE(from) : bytes.readUInt32BE(from));
  const tag = short(at) * 0x10000 + short(at + 2);
  if (!explicitVr) return { tag, vr: undefined, start: at + 8, end: at + 8 + long(at + 4) };
  const vr = bytes.toString('latin1', at + 4, at + 6);
  if (LONG.has(vr)) return { tag, vr, start: at + 12, end: at + 12 + long(at + 8) };
  return { tag, vr, start: at + 8, end: at + 8 + short(at + 6) };
}
