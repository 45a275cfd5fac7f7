/**
 * Private attributes that PS3.15 section E.3.10 lists as safe (table E.3.10-1, its rows on magnetic resonance), and whether
 * what stands in a file is the value that the table speaks of: the table calls a number safe, not whatever text someone
 * wrote in its place.
 */
import type { DataElement } from '../dicom/index.ts';
import { SAFE_PRIVATE, type SafeVr } from './safe-private-table.generated.ts';

export interface SafePrivate {
  readonly vr: SafeVr;
  /** The most values. */
  readonly most: number;
}

const keyOf = (group: number, element: number, creator: string): string => `${group} ${element} ${creator}`;

const ROWS: ReadonlyMap<string, SafePrivate> = new Map(
  SAFE_PRIVATE.map(([group, element, creator, vr, most]) => [keyOf(group, element, creator), { vr, most }]),
);

/** @param tag of a private element, not of a creator */
export function safePrivate(tag: number, creator: string | undefined): SafePrivate | undefined {
  return creator === undefined ? undefined : ROWS.get(keyOf(tag >>> 16, tag & 0xff, creator));
}

const UNIT_BYTES: Partial<Record<SafeVr, number>> = { SS: 2, SL: 4, FL: 4, FD: 8 };
/** Of one value. Texts are names of pulse sequences and ratios: one word, as no sentence is. */
const FORM: Partial<Record<SafeVr, RegExp>> = {
  IS: /^[+-]?\d{1,12}$/,
  DS: /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/,
  CS: /^[A-Z0-9_ ]{1,16}$/,
  SH: /^[\d.]{1,14}:1$/,
  LO: /^[\w.+*/-]{1,64}$/,
};

/**
 * The texts of a safe value, `[]` for binary numbers; `undefined` where the value is not of the row's form. The VR must be
 * the row's, or UN, as archives write it that do not know the vendor.
 */
export function safeTexts(element: DataElement, { vr, most }: SafePrivate): readonly string[] | undefined {
  if (element.items !== undefined || element.fragments !== undefined) return undefined;
  if (element.vr !== vr && element.vr !== 'UN') return undefined;
  const { bytes } = element;
  const unit = UNIT_BYTES[vr];
  if (unit !== undefined) return bytes.length % unit === 0 && bytes.length / unit <= most ? [] : undefined;
  const values = Array.from(bytes, (byte) => String.fromCharCode(byte))
    .join('')
    .replace(/\0$/, '')
    .split('\\')
    .map((value) => value.trim());
  const sound = values.length <= most && values.every((value) => value === '' || FORM[vr]!.test(value));
  return sound ? values : undefined;
}
