/**
 * The second reader: reads what was written and looks for what must not be in it. It knows nothing of table E.1-1 and of
 * what was decided; it knows the strings of the original only.
 */
import { type DataSet, parseDicom, Tag, type Vr } from '../dicom/index.ts';
import { holds } from './clean-text.ts';
import { findBytes } from './find-bytes.ts';
import type { Identity } from './identity.ts';

/** Where something was found. Never what. */
export interface Leak {
  readonly kind: 'text' | 'bytes' | 'uid' | 'private' | 'preamble';
  /** Attribute, or `undefined` for bytes anywhere. */
  readonly tag?: number;
}

/** Values of these VRs are numbers, days and UIDs: words are not looked for in them one by one. */
const NO_WORDS: ReadonlySet<Vr> = new Set<Vr>([
  ...([
    'DA',
    'DT',
    'TM',
    'AS',
    'DS',
    'IS',
    'UI',
    'SQ',
    'AT',
    'FD',
    'FL',
    'OB',
    'OD',
    'OF',
    'OL',
    'OV',
  ] as const),
  ...(['OW', 'SL', 'SS', 'SV', 'UL', 'UN', 'US', 'UV'] as const),
]);
/** What we say ourselves of the method: a patient may be called "Clean". */
const OUR_WORDS: ReadonlySet<number> = new Set([
  Tag.DeidentificationMethod,
  Tag.DeidentificationMethodCodeSequence,
  Tag.PatientIdentityRemoved,
]);
/** A word of fewer bytes is met by chance in a file, one of fewer than the second in half a megabyte of pixels. */
const LEAST_BYTES = 6;
const LEAST_BYTES_IN_PIXELS = 9;
const LEAST_DIGITS = 9;
/** A UID of fewer characters could be a number or a version. */
const LEAST_UID = 10;

/** @param bytes a Part 10 file as `writeDicom` makes it, not deflated */
export function findLeaks(bytes: Uint8Array, identity: Identity): readonly Leak[] {
  const file = parseDicom(bytes);
  const leaks: Leak[] = [];
  if (file.preamble?.some((byte) => byte !== 0) !== false) leaks.push({ kind: 'preamble' });
  const exempt: Range[] = [];
  const pixels: Range[] = [];
  for (const element of file.dataSet.elements()) {
    const raw = element.raw?.bytes;
    if (raw !== undefined && OUR_WORDS.has(element.tag)) exempt.push(rangeOf(bytes, raw));
    if (raw !== undefined && element.tag === Tag.PixelData) pixels.push(rangeOf(bytes, raw));
  }
  leaks.push(...inElements(file.dataSet, identity, true), ...inElements(file.meta, identity, true));
  for (const needle of needlesOf(identity)) {
    const skipped = needle.length < LEAST_BYTES_IN_PIXELS ? [...exempt, ...pixels] : exempt;
    if (foundOutside(bytes, needle, skipped)) leaks.push({ kind: 'bytes' });
  }
  if (holdsUid(bytes, identity.uids)) leaks.push({ kind: 'uid' });
  return leaks;
}

function inElements(dataSet: DataSet, identity: Identity, top: boolean): Leak[] {
  const leaks: Leak[] = [];
  for (const element of dataSet.elements()) {
    if (top && OUR_WORDS.has(element.tag)) continue;
    for (const item of element.items ?? []) leaks.push(...inElements(item, identity, false));
    const vr = element.readingVr;
    const texts = element.items === undefined ? dataSet.texts(element.tag) : [];
    if (vr === 'UI' && texts.some((uid) => identity.uids.has(uid)))
      leaks.push({ kind: 'uid', tag: element.tag });
    if (!NO_WORDS.has(vr) && texts.some((text) => holds(text, identity.words))) {
      leaks.push({ kind: 'text', tag: element.tag });
    }
  }
  return leaks;
}

type Range = readonly [start: number, end: number];

function rangeOf(whole: Uint8Array, part: Uint8Array): Range {
  const start = part.byteOffset - whole.byteOffset;
  return [start, start + part.length];
}

function foundOutside(bytes: Uint8Array, needle: Uint8Array, ranges: readonly Range[]): boolean {
  for (let at = findBytes(bytes, needle, 0); at >= 0; ) {
    const range = ranges.find(([start, end]) => at >= start && at < end);
    if (range === undefined) return true;
    at = findBytes(bytes, needle, range[1]);
  }
  return false;
}

/** The strings as bytes: as they stood in the file, and as ASCII or Latin-1, UTF-8 and UTF-16 in the usual cases. */
function needlesOf({ words, encoded }: Identity): Uint8Array[] {
  const needles = new Map<string, Uint8Array>();
  const add = (bytes: Uint8Array) => {
    if (bytes.length >= LEAST_BYTES) needles.set(bytes.join(), bytes);
  };
  for (const bytes of encoded) if (!isShortNumber(bytes)) add(bytes);
  for (const word of words) {
    if (/^[\d ]+$/.test(word) && word.replaceAll(' ', '').length < LEAST_DIGITS) continue;
    const capital = word.charAt(0).toUpperCase() + word.slice(1);
    for (const form of new Set([word, word.toUpperCase(), capital])) {
      add(utf8(form));
      if (form.length >= LEAST_BYTES / 2) add(utf16(form));
    }
  }
  return [...needles.values()];
}

const isShortNumber = (bytes: Uint8Array): boolean =>
  bytes.length < LEAST_DIGITS && bytes.every((byte) => byte >= 0x2e && byte <= 0x39);

function utf8(text: string): Uint8Array {
  const escaped = encodeURIComponent(text.toWellFormed());
  const codes = escaped.match(/%[0-9A-F]{2}|[^%]/g) ?? [];
  return Uint8Array.from(codes, (code) =>
    code.length === 3 ? Number.parseInt(code.slice(1), 16) : code.charCodeAt(0),
  );
}

function utf16(text: string): Uint8Array {
  const bytes = new Uint8Array(2 * text.length);
  for (let i = 0; i < text.length; i++) {
    bytes[2 * i] = text.charCodeAt(i) & 0xff;
    bytes[2 * i + 1] = text.charCodeAt(i) >> 8;
  }
  return bytes;
}

/** Every run of digits and dots of the file, compared whole: a UID may be the beginning of another. */
function holdsUid(bytes: Uint8Array, uids: ReadonlySet<string>): boolean {
  const wanted = new Set([...uids].filter((uid) => uid.length >= LEAST_UID));
  if (wanted.size === 0) return false;
  for (let at = 0; at < bytes.length; at++) {
    const start = at;
    while (at < bytes.length && isUidByte(bytes[at]!)) at++;
    if (at - start < LEAST_UID || at - start > 1024) continue;
    let run = '';
    for (let i = start; i < at; i++) run += String.fromCharCode(bytes[i]!);
    if (wanted.has(run)) return true;
  }
  return false;
}

const isUidByte = (byte: number): boolean => byte === 0x2e || (byte >= 0x30 && byte <= 0x39);
