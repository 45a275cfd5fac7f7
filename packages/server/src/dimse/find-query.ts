/** From an identifier to a question to the index: PS3.4 C.2.2.2 (matching) and C.6 (levels and their keys). */
import { type DataSet, Tag, type Vr } from '@promontory/core/dicom';
import { MATCHING_KEYS, type Match, type QueryLevel, type StudyQuery } from '../archive/index.ts';
import type { Model } from './sop-classes.ts';

export type FindLevel = 'PATIENT' | 'STUDY' | 'SERIES' | 'IMAGE';

const LEVELS_OF: Readonly<Record<Model, readonly FindLevel[]>> = {
  patient: ['PATIENT', 'STUDY', 'SERIES', 'IMAGE'],
  study: ['STUDY', 'SERIES', 'IMAGE'],
};

/** The index knows no patients of its own: they are the patients of its studies. */
const SEARCHED_AT: Readonly<Record<FindLevel, QueryLevel>> = {
  PATIENT: 'study',
  STUDY: 'study',
  SERIES: 'series',
  IMAGE: 'instance',
};

/** Unique keys (PS3.4 C.6.1.1): always returned, whether they were asked for or not. */
export const UNIQUE_KEYS: Readonly<Record<FindLevel, readonly number[]>> = {
  PATIENT: [Tag.PatientID],
  STUDY: [Tag.StudyInstanceUID],
  SERIES: [Tag.StudyInstanceUID, Tag.SeriesInstanceUID],
  IMAGE: [Tag.StudyInstanceUID, Tag.SeriesInstanceUID, Tag.SOPInstanceUID],
};

/** Said about the question or by us, not matched (PS3.4 C.4.1.1.3). */
const ABOUT: readonly number[] = [
  Tag.SpecificCharacterSet,
  Tag.QueryRetrieveLevel,
  Tag.RetrieveAETitle,
  Tag.InstanceAvailability,
  Tag.TimezoneOffsetFromUTC,
];

/** Counted by the index, and returned on demand. */
const COUNTS: Readonly<Record<QueryLevel, readonly number[]>> = {
  study: [Tag.NumberOfStudyRelatedSeries, Tag.NumberOfStudyRelatedInstances],
  series: [Tag.NumberOfSeriesRelatedInstances],
  instance: [],
};

const ABOVE: Readonly<Record<QueryLevel, readonly QueryLevel[]>> = {
  study: ['study'],
  series: ['study', 'series'],
  instance: ['study', 'series', 'instance'],
};

/** Attributes of the patient, group 0010, with which a PATIENT query can be asked. */
const isPatientKey = (tag: number): boolean => tag >>> 16 === 0x0010;

export interface FindRequest {
  readonly level: FindLevel;
  /** Without paging. */
  readonly query: Omit<StudyQuery, 'limit' | 'offset'>;
  /** Keys that are to be returned. */
  readonly requested: readonly number[];
  /** Those that the index need not have. */
  readonly doubtful: ReadonlySet<number>;
  /** A key belongs to another level. */
  readonly misplaced: boolean;
}

/** @returns undefined where the level is absent or not one of the model */
export function findRequestOf(identifier: DataSet, model: Model): FindRequest | undefined {
  const level = identifier.text(Tag.QueryRetrieveLevel) as FindLevel | undefined;
  if (level === undefined || !LEVELS_OF[model].includes(level)) return undefined;
  const searched = SEARCHED_AT[level];
  const known = new Set(ABOVE[searched].flatMap((above) => [...MATCHING_KEYS[above], ...COUNTS[above]]));
  const matches = new Map<number, Match>();
  const requested: number[] = [];
  const doubtful = new Set<number>();
  let misplaced = false;
  for (const { tag, items, readingVr } of identifier.elements()) {
    if (ABOUT.includes(tag) || (tag & 0xffff) === 0) continue;
    if (level === 'PATIENT' && !isPatientKey(tag)) {
      misplaced = true;
      continue;
    }
    requested.push(tag);
    if (!known.has(tag)) doubtful.add(tag);
    // Sequence matching is not offered; the sequence is returned where the index has it.
    if (items !== undefined) continue;
    const match = matchOf(identifier.texts(tag), readingVr);
    if (match !== undefined) matches.set(tag, match);
  }
  const only = (tag: number) => {
    const match = matches.get(tag);
    if (match?.kind !== 'single') return undefined;
    matches.delete(tag);
    return match.value;
  };
  const studyUid = searched === 'study' ? undefined : only(Tag.StudyInstanceUID);
  const seriesUid = searched === 'instance' ? only(Tag.SeriesInstanceUID) : undefined;
  return {
    level,
    requested,
    doubtful,
    misplaced,
    query: {
      level: searched,
      ...(studyUid === undefined ? {} : { studyUid }),
      ...(seriesUid === undefined ? {} : { seriesUid }),
      matches,
      include: [...new Set([...requested, ...UNIQUE_KEYS[level]])],
      fuzzy: false,
    },
  };
}

/** @returns undefined: universal matching, the key only asks to be returned (C.2.2.2.3) */
export function matchOf(values: readonly string[], vr: Vr): Match | undefined {
  const given = values.filter((value) => value !== '');
  const [value] = given;
  if (value === undefined) return undefined;
  if (vr === 'UI' || given.length > 1)
    return given.length > 1 ? { kind: 'list', values: given } : { kind: 'single', value };
  if (vr === 'DA' || vr === 'TM') return dateOrTime(value, vr);
  if (!/[*?]/.test(value)) return { kind: 'single', value };
  // Only asterisks match anything, the empty value included.
  return /^\*+$/.test(value) ? undefined : { kind: 'wildcard', value };
}

/** C.2.2.2.5: `A-B`, `A-`, `-B`. ACR-NEMA wrote 2026.01.02 and 10:15:00. */
function dateOrTime(value: string, vr: 'DA' | 'TM'): Match | undefined {
  const plain = value.replaceAll(vr === 'DA' ? '.' : ':', '');
  const at = plain.indexOf('-');
  if (at < 0) return plain === '*' ? undefined : { kind: 'single', value: plain };
  const from = plain.slice(0, at).trim();
  const to = plain.slice(at + 1).trim();
  if (from === '' && to === '') return undefined;
  return { kind: 'range', ...(from === '' ? {} : { from }), ...(to === '' ? {} : { to }) };
}
