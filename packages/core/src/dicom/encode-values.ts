/** Values to bytes, strictly: what does not fit its VR (PS3.5 table 6.2-1) is refused. */
import { Fault } from '../fault/index.ts';
import type { CharacterSet } from './character-set.ts';
import { formatTag } from './dictionary.ts';
import { traitsOf, type Vr } from './vr.ts';

const MAX_LENGTH: Partial<Record<Vr, number>> = {
  AE: 16,
  CS: 16,
  DS: 16,
  IS: 12,
  LO: 64,
  SH: 16,
  UI: 64,
  ST: 1024,
  LT: 10240,
};
const PATTERN: Partial<Record<Vr, RegExp>> = {
  AS: /^(\d{3}[DWMY])?$/,
  CS: /^[A-Z0-9 _]*$/,
  DA: /^(\d{8})?$/,
  DS: /^( *[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)? *)?$/,
  IS: /^( *[+-]?\d+ *)?$/,
  TM: /^(\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?)?$/,
  UI: /^([0-9]+(\.[0-9]+)*)?$/,
};

function misfit(vr: Vr, tag: number, why: string): Fault {
  return new Fault('MALFORMED', `value does not fit VR ${vr}: ${why}`, { tag: formatTag(tag) });
}

/**
 * A number as DS text of at most 16 characters, with as many digits as fit.
 * Digits beyond the sixteenth character are rounded off: the format has no room for them.
 */
export function formatDecimalString(value: number): string {
  const plain = String(value);
  if (plain.length <= 16) return plain;
  for (let digits = 15; digits > 0; digits--) {
    const shorter = String(Number(value.toPrecision(digits)));
    if (shorter.length <= 16) return shorter;
  }
  return value.toExponential(8);
}

/** @throws Fault MALFORMED for a number outside the range of the VR, or not finite in DS and IS */
export function encodeNumbers(values: readonly number[], vr: Vr, tag: number): Uint8Array {
  if (vr === 'DS' || vr === 'IS') {
    const texts = values.map((value) => {
      if (!Number.isFinite(value)) throw misfit(vr, tag, 'not finite');
      if (vr === 'DS') return formatDecimalString(value);
      if (!Number.isInteger(value) || Math.abs(value) >= 2 ** 31) throw misfit(vr, tag, 'no 32-bit integer');
      return String(value);
    });
    const text = texts.join('\\');
    return Uint8Array.from(text.length % 2 === 0 ? text : `${text} `, (character) => character.charCodeAt(0));
  }
  const width = vr === 'AT' ? 4 : traitsOf(vr).unitBytes;
  const out = new DataView(new ArrayBuffer(values.length * width));
  values.forEach((value, i) => {
    if (!writeNumber(out, i * width, value, vr)) throw misfit(vr, tag, 'out of range');
  });
  return new Uint8Array(out.buffer);
}

function writeNumber(out: DataView, at: number, value: number, vr: Vr): boolean {
  const within = (low: number, high: number) => Number.isInteger(value) && value >= low && value <= high;
  switch (vr) {
    case 'US':
      out.setUint16(at, value, true);
      return within(0, 0xffff);
    case 'SS':
      out.setInt16(at, value, true);
      return within(-0x8000, 0x7fff);
    case 'UL':
      out.setUint32(at, value, true);
      return within(0, 0xffffffff);
    case 'SL':
      out.setInt32(at, value, true);
      return within(-(2 ** 31), 2 ** 31 - 1);
    case 'UV':
      if (!within(0, Number.MAX_SAFE_INTEGER)) return false;
      out.setBigUint64(at, BigInt(value), true);
      return true;
    case 'SV':
      if (!Number.isSafeInteger(value)) return false;
      out.setBigInt64(at, BigInt(value), true);
      return true;
    case 'FL':
      out.setFloat32(at, value, true);
      return true;
    case 'FD':
      out.setFloat64(at, value, true);
      return true;
    case 'AT':
      out.setUint16(at, value >>> 16, true);
      out.setUint16(at + 2, value & 0xffff, true);
      return within(0, 0xffffffff);
    default:
      return false;
  }
}

/**
 * Text values joined and padded to even length.
 * @returns `undefined` when a character has no place in the character set
 * @throws Fault MALFORMED when a value does not fit the VR
 */
export function encodeTexts(
  texts: readonly string[],
  vr: Vr,
  characterSet: CharacterSet,
  tag: number,
): Uint8Array | undefined {
  const traits = traitsOf(vr);
  const joined = texts.join('\\');
  for (const value of traits.multiple ? joined.split('\\') : [joined]) {
    const maximum = MAX_LENGTH[vr];
    if (maximum !== undefined && [...value].length > maximum)
      throw misfit(vr, tag, `more than ${maximum} characters`);
    if (PATTERN[vr]?.test(value) === false) throw misfit(vr, tag, 'characters or form');
    if (vr === 'PN' && value.split('=').some((group) => [...group].length > 64)) {
      throw misfit(vr, tag, 'more than 64 characters in a component group');
    }
  }
  const bytes = traits.localised ? characterSet.encode(joined) : asciiOf(joined, vr, tag);
  return bytes === undefined ? undefined : padded(bytes, traits.pad);
}

function asciiOf(text: string, vr: Vr, tag: number): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const code = character.charCodeAt(0);
    if (code >= 0x80) throw misfit(vr, tag, 'only ASCII is allowed');
    return code;
  });
}

export function padded(bytes: Uint8Array, pad: number): Uint8Array {
  if (bytes.length % 2 === 0) return bytes;
  const out = new Uint8Array(bytes.length + 1);
  out.set(bytes);
  out[bytes.length] = pad;
  return out;
}

/** Bytes of a typed array in little-endian order, whatever the machine's order is. */
export function littleEndianBytes(
  values: ArrayBufferView & { readonly BYTES_PER_ELEMENT: number },
): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
  const machineIsBig = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0;
  if (machineIsBig) {
    const width = values.BYTES_PER_ELEMENT;
    for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
  }
  return bytes;
}
