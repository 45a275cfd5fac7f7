/** Values from bytes: numbers and text of every VR (PS3.5 section 6.2). */
import type { CharacterSet, TextKind } from './character-set.ts';
import { traitsOf, type Vr } from './vr.ts';

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** One DS or IS value, or `undefined` where the text is none. Infinity, hexadecimal and the like are none. */
export function parseDecimal(text: string, vr: 'DS' | 'IS'): number | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || (vr === 'IS' && !Number.isInteger(value))) return undefined;
  return value;
}

/** How many numbers of a binary VR the bytes hold; a rest that is no whole number does not count. */
export function binaryCount(bytes: Uint8Array, vr: Vr): number {
  return Math.floor(bytes.length / binaryWidth(vr));
}

function binaryWidth(vr: Vr): number {
  return vr === 'AT' ? 4 : traitsOf(vr).unitBytes;
}

/**
 * One number of US, SS, UL, SL, UV, SV, FL, FD or AT.
 * 64-bit integers beyond 2^53 give `undefined`: they would come out rounded.
 */
export function binaryNumber(
  bytes: Uint8Array,
  vr: Vr,
  littleEndian: boolean,
  index: number,
): number | undefined {
  const at = index * binaryWidth(vr);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (vr) {
    case 'US':
      return view.getUint16(at, littleEndian);
    case 'SS':
      return view.getInt16(at, littleEndian);
    case 'UL':
      return view.getUint32(at, littleEndian);
    case 'SL':
      return view.getInt32(at, littleEndian);
    case 'FL':
      return view.getFloat32(at, littleEndian);
    case 'FD':
      return view.getFloat64(at, littleEndian);
    case 'UV':
      return safeInteger(view.getBigUint64(at, littleEndian));
    case 'SV':
      return safeInteger(view.getBigInt64(at, littleEndian));
    case 'AT':
      return view.getUint16(at, littleEndian) * 0x10000 + view.getUint16(at + 2, littleEndian);
    default:
      return undefined;
  }
}

function safeInteger(value: bigint): number | undefined {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

function textKind(vr: Vr): TextKind {
  return vr === 'PN' ? 'name' : traitsOf(vr).multiple ? 'values' : 'text';
}

/** Text values of an element, padding trimmed by the rules of its VR; `[]` for an empty value. */
export function decodeTexts(bytes: Uint8Array, vr: Vr, characterSet: CharacterSet): string[] {
  const traits = traitsOf(vr);
  const whole = characterSet.decode(bytes, textKind(vr));
  const values = traits.multiple ? whole.split('\\') : [whole];
  const trimmed = values.map((value) => trimPadding(value, traits.trimStart));
  return trimmed.length === 1 && trimmed[0] === '' ? [] : trimmed;
}

/** Removes trailing spaces and NULs, leading spaces too where they are padding. */
export function trimPadding(value: string, start: boolean): string {
  let end = value.length;
  while (end > 0 && (value[end - 1] === ' ' || value[end - 1] === '\0')) end--;
  let from = 0;
  if (start) while (from < end && value[from] === ' ') from++;
  return value.slice(from, end);
}
