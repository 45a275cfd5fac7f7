/**
 * The second reader: reads what was written and looks for what must not be in it. It knows nothing of table E.1-1 and of
 * what was decided; it knows the strings of the original only.
 */
import { type DataSet, parseDicom, Tag, type Vr } from '../dicom/index.ts';
import { byteForms, LEAST_BYTES } from './byte-forms.ts';
import { identifies } from './clean-text.ts';
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
/** A word of fewer bytes is met by chance in half a megabyte of pixels. */
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
  const within = (at: number, ranges: readonly Range[]) =>
    ranges.some(([start, end]) => at >= start && at < end);
  for (const { at, needle } of findBytes(bytes, needlesOf(identity))) {
    if (within(at, exempt) || (needle.length < LEAST_BYTES_IN_PIXELS && within(at, pixels))) continue;
    leaks.push({ kind: 'bytes' });
    break;
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
    if (!NO_WORDS.has(vr) && texts.some((text) => identifies(text, identity))) {
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

/** The strings as bytes: as they stood in the file, and in the usual encodings. */
function needlesOf({ spellings, encoded }: Identity): Uint8Array[] {
  const needles = new Map<string, Uint8Array>();
  const add = (bytes: Uint8Array) => needles.set(bytes.join(), bytes);
  for (const bytes of encoded) if (bytes.length >= LEAST_BYTES && !isShortNumber(bytes)) add(bytes);
  for (const text of spellings) {
    // Short numbers are met by chance.
    if (!/\p{L}/u.test(text) && text.replaceAll(/\D/g, '').length < LEAST_DIGITS) continue;
    for (const form of byteForms(text)) add(form);
  }
  return [...needles.values()];
}

const isShortNumber = (bytes: Uint8Array): boolean =>
  bytes.length < LEAST_DIGITS && bytes.every((byte) => byte >= 0x2e && byte <= 0x39);

/**
 * Every run of digits and dots of the file, compared whole, for a UID may be the beginning of another; but for dots
 * around it, which are those of a sentence or of a file name.
 */
function holdsUid(bytes: Uint8Array, uids: ReadonlySet<string>): boolean {
  const wanted = new Set([...uids].filter((uid) => uid.length >= LEAST_UID));
  if (wanted.size === 0) return false;
  for (let at = 0; at < bytes.length; at++) {
    const start = at;
    while (at < bytes.length && isUidByte(bytes[at]!)) at++;
    if (at - start < LEAST_UID || at - start > 1024) continue;
    let run = '';
    for (let i = start; i < at; i++) run += String.fromCharCode(bytes[i]!);
    if (wanted.has(run.replaceAll(/^\.+|\.+$/g, ''))) return true;
  }
  return false;
}

const isUidByte = (byte: number): boolean => byte === 0x2e || (byte >= 0x30 && byte <= 0x39);
