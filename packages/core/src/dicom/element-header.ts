/** Headers of data elements and items (PS3.5 sections 7.1 and 7.5). */
import { keywordOf } from './dictionary.ts';
import type { Encoding } from './transfer-syntax.ts';
import { isVr, traitsOf, type Vr } from './vr.ts';

export const UNDEFINED_LENGTH = 0xffffffff;
export const ITEM = 0xfffee000;
export const ITEM_END = 0xfffee00d;
export const SEQUENCE_END = 0xfffee0dd;

export interface ElementHeader {
  readonly tag: number;
  /** `undefined`: implicit VR, or no VR that the standard knows. */
  readonly vr: Vr | undefined;
  readonly length: number;
  readonly valueStart: number;
  /** The header does not follow its transfer syntax (unknown VR, implicit VR among explicit ones). */
  readonly irregular: boolean;
}

export function readTag(bytes: Uint8Array, at: number, littleEndian: boolean): number {
  const [a, b, c, d] = [bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!];
  return littleEndian
    ? ((b << 24) | (a << 16) | (d << 8) | c) >>> 0
    : ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

export function readUint32(bytes: Uint8Array, at: number, littleEndian: boolean): number {
  const [a, b, c, d] = [bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!];
  return littleEndian
    ? ((d << 24) | (c << 16) | (b << 8) | a) >>> 0
    : ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

function readUint16(bytes: Uint8Array, at: number, littleEndian: boolean): number {
  return littleEndian ? bytes[at]! | (bytes[at + 1]! << 8) : (bytes[at]! << 8) | bytes[at + 1]!;
}

/** @returns `undefined` when the header does not fit before `end` */
export function readHeader(
  bytes: Uint8Array,
  at: number,
  end: number,
  encoding: Encoding,
): ElementHeader | undefined {
  if (at + 8 > end) return undefined;
  const { littleEndian } = encoding;
  const tag = readTag(bytes, at, littleEndian);
  if (!encoding.explicitVr || tag === ITEM || tag === ITEM_END || tag === SEQUENCE_END) {
    return {
      tag,
      vr: undefined,
      length: readUint32(bytes, at + 4, littleEndian),
      valueStart: at + 8,
      irregular: false,
    };
  }
  const code = String.fromCharCode(bytes[at + 4]!, bytes[at + 5]!);
  const vr = isVr(code) ? code : undefined;
  // A VR that this code does not know but that looks like one is a later edition's: those have long headers.
  const long = vr === undefined ? /^[A-Z]{2}$/.test(code) : traitsOf(vr).longHeader;
  if (long) {
    if (at + 12 > end) return undefined;
    const length = readUint32(bytes, at + 8, littleEndian);
    return { tag, vr, length, valueStart: at + 12, irregular: vr === undefined };
  }
  if (vr === undefined) {
    // Some writers mix implicit elements in: believe it where dictionary and length agree.
    const length = readUint32(bytes, at + 4, littleEndian);
    if (keywordOf(tag) !== undefined && length <= end - at - 8) {
      return { tag, vr, length, valueStart: at + 8, irregular: true };
    }
  }
  return {
    tag,
    vr,
    length: readUint16(bytes, at + 6, littleEndian),
    valueStart: at + 8,
    irregular: vr === undefined,
  };
}

/** Whether an element of the dictionary that fits before `end` stands here in this encoding. */
export function looksLike(bytes: Uint8Array, at: number, end: number, encoding: Encoding): boolean {
  if (at + 8 > end) return false;
  const header = readHeader(bytes, at, end, encoding);
  if (header === undefined || header.irregular) return false;
  const known = keywordOf(header.tag) !== undefined || ((header.tag & 0xffff) === 0 && header.tag !== 0);
  const fits = header.length === UNDEFINED_LENGTH || header.length <= end - header.valueStart;
  return known && fits && (!encoding.explicitVr || header.vr !== undefined);
}
