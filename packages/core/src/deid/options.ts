/** What a de-identification is asked to do, and the codes that say so in its results (PS3.16 CID 7050). */
import { Fault } from '../fault/index.ts';
import type { OptionColumn } from './profile-table.generated.ts';

/** What may be kept beyond the basic profile (PS3.15 section E.3). Each keeps something that helps to identify. */
export type Retained =
  /** Dates and times as they are (113106). */
  | 'dates'
  /** Dates moved by a number of days of the patient's own; times as they are (113107). */
  | 'modified-dates'
  /** Age, sex, size, weight and the like (113108). */
  | 'characteristics'
  /** Serial numbers, station names (113109). */
  | 'device'
  /** UIDs as they are (113110). */
  | 'uids'
  /** Private attributes that PS3.15 section E.3.10 lists as safe (113111). */
  | 'safe-private'
  /** Name and address of the institution (113112). */
  | 'institution';

export const RETAINABLE: readonly Retained[] = [
  'dates',
  'modified-dates',
  'characteristics',
  'device',
  'uids',
  'safe-private',
  'institution',
];

/** A rectangle of pixels, zero-based, from the top left. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Only images of this size are blanked there; without it all are. */
  readonly imageSize?: { readonly rows: number; readonly columns: number };
}

export interface DeidOptions {
  /**
   * A keyed hash of at least 16 bytes, the same for the same text (HMAC-SHA-256 under a secret key). Whoever holds the
   * key can tell whether a pseudonym belongs to a known patient.
   */
  readonly keyedHash: (text: string) => Uint8Array;
  readonly retain?: readonly Retained[];
  /** Keeps the known words of descriptions instead of removing these (113105). */
  readonly cleanDescriptors?: boolean;
  /** Keeps structured content with its texts reduced to known words (113104). */
  readonly cleanStructured?: boolean;
  /** Blanks these rectangles in the pixels (113101). The caller answers for their covering every burnt-in text. */
  readonly cleanPixels?: { readonly regions: readonly Region[] };
}

const COLUMN_OF: Readonly<Record<Retained, OptionColumn>> = {
  dates: 'fullDates',
  'modified-dates': 'modifiedDates',
  characteristics: 'characteristics',
  device: 'device',
  uids: 'uids',
  'safe-private': 'safePrivate',
  institution: 'institution',
};

/**
 * The columns of table E.1-1 that are in force.
 * @throws Fault USAGE for dates kept and moved at once
 */
export function columnsOf(options: DeidOptions): ReadonlySet<OptionColumn> {
  const retain = options.retain ?? [];
  if (retain.includes('dates') && retain.includes('modified-dates')) {
    throw new Fault('USAGE', 'Dates are either kept or moved, not both.', {
      advice: 'Choose one of dates and modified-dates.',
    });
  }
  const columns = new Set(retain.map((kept) => COLUMN_OF[kept]));
  if (options.cleanDescriptors === true) columns.add('descriptors');
  if (options.cleanStructured === true) columns.add('structured');
  return columns;
}

export interface MethodCode {
  readonly value: string;
  readonly meaning: string;
}

const BASIC: MethodCode = { value: '113100', meaning: 'Basic Application Confidentiality Profile' };
const CLEAN_PIXELS: MethodCode = { value: '113101', meaning: 'Clean Pixel Data Option' };
const CODE_OF: readonly (readonly [OptionColumn, string, string])[] = [
  ['structured', '113104', 'Clean Structured Content Option'],
  ['descriptors', '113105', 'Clean Descriptors Option'],
  ['fullDates', '113106', 'Retain Longitudinal Temporal Information Full Dates Option'],
  ['modifiedDates', '113107', 'Retain Longitudinal Temporal Information Modified Dates Option'],
  ['characteristics', '113108', 'Retain Patient Characteristics Option'],
  ['device', '113109', 'Retain Device Identity Option'],
  ['uids', '113110', 'Retain UIDs Option'],
  ['safePrivate', '113111', 'Retain Safe Private Option'],
  ['institution', '113112', 'Retain Institution Identity Option'],
];

/** Codes of what was done, of the coding scheme DCM. */
export function methodCodes(
  columns: ReadonlySet<OptionColumn>,
  pixelsCleaned: boolean,
): readonly MethodCode[] {
  return [
    BASIC,
    ...(pixelsCleaned ? [CLEAN_PIXELS] : []),
    ...CODE_OF.filter(([column]) => columns.has(column)).map(([, value, meaning]) => ({ value, meaning })),
  ];
}
