import { createHash } from 'node:crypto';
import {
  type DataSet,
  type DicomFile,
  isFileSyntax,
  type JsonDataSet,
  jsonKeyOf,
  LONG_VALUE_BYTES,
  parseDicom,
  Tag,
  toDicomJson,
  type Vr,
  vrOf,
} from '@promontory/core/dicom';
import type { FailureName } from './types.ts';
import { isUid } from './uid.ts';

/** What the index keeps of one instance. Plain data: it crosses from the worker that read the untrusted bytes. */
export interface IndexEntry {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly sopUid: string;
  readonly sopClass: string;
  readonly transferSyntax: string;
  /** SHA-256 of the data set without the meta information: what makes two files the same instance. */
  readonly contentSha256: string;
  readonly frames: number;
  readonly rows: number | undefined;
  readonly columns: number | undefined;
  readonly instanceNumber: string | undefined;
  readonly study: Readonly<Record<StudyColumn, string | undefined>>;
  readonly series: Readonly<Record<SeriesColumn, string | undefined>>;
  /** DICOM JSON texts. */
  readonly studyAttributes: string;
  readonly seriesAttributes: string;
  readonly metadata: string;
  /** Codes of what the parser tolerated. */
  readonly warnings: readonly string[];
}

/** Not to be indexed. Its SOP instance is named where it could be told (PS3.18 table I.2-1: Failed SOP Sequence). */
export interface Unindexable {
  readonly reason: string;
  /** Default `notUnderstood`. */
  readonly failure?: FailureName;
  readonly sopClass?: string;
  readonly sopUid?: string;
}

const STUDY_COLUMNS = {
  patient_id: Tag.PatientID,
  issuer: Tag.IssuerOfPatientID,
  patient_name: Tag.PatientName,
  birth_date: Tag.PatientBirthDate,
  sex: Tag.PatientSex,
  accession_number: Tag.AccessionNumber,
  study_id: Tag.StudyID,
  description: Tag.StudyDescription,
  referring_physician: Tag.ReferringPhysicianName,
  study_date: Tag.StudyDate,
  study_time: Tag.StudyTime,
} as const;
type StudyColumn = keyof typeof STUDY_COLUMNS;

const SERIES_COLUMNS = {
  modality: Tag.Modality,
  series_number: Tag.SeriesNumber,
  description: Tag.SeriesDescription,
  body_part: Tag.BodyPartExamined,
  performed_date: Tag.PerformedProcedureStepStartDate,
  performed_time: Tag.PerformedProcedureStepStartTime,
} as const;
type SeriesColumn = keyof typeof SERIES_COLUMNS;

/** Attributes of the patient and study (PS3.3 C.7.1, C.7.2) that the index can return at the study level. */
const STUDY_ATTRIBUTES: readonly number[] = [
  Tag.SpecificCharacterSet,
  Tag.StudyDate,
  Tag.StudyTime,
  Tag.AccessionNumber,
  Tag.ReferringPhysicianName,
  Tag.TimezoneOffsetFromUTC,
  Tag.StudyDescription,
  Tag.PatientName,
  Tag.PatientID,
  Tag.IssuerOfPatientID,
  Tag.PatientBirthDate,
  Tag.PatientSex,
  Tag.PatientAge,
  Tag.PatientSize,
  Tag.PatientWeight,
  Tag.StudyInstanceUID,
  Tag.StudyID,
  Tag.InstitutionName,
];

/** Attributes of the series and its equipment (PS3.3 C.7.3, C.7.5). */
const SERIES_ATTRIBUTES: readonly number[] = [
  Tag.SpecificCharacterSet,
  Tag.SeriesDate,
  Tag.SeriesTime,
  Tag.Modality,
  Tag.Manufacturer,
  Tag.InstitutionName,
  Tag.StationName,
  Tag.TimezoneOffsetFromUTC,
  Tag.SeriesDescription,
  Tag.ManufacturerModelName,
  Tag.BodyPartExamined,
  Tag.MagneticFieldStrength,
  Tag.ProtocolName,
  Tag.PatientPosition,
  Tag.SeriesInstanceUID,
  Tag.SeriesNumber,
  Tag.Laterality,
  Tag.FrameOfReferenceUID,
  Tag.PerformedProcedureStepStartDate,
  Tag.PerformedProcedureStepStartTime,
  Tag.RequestAttributesSequence,
];

/** Longer binary values are fetched apart, by their BulkDataURI. */
const MAX_INLINE_BYTES = 1024;
/** An entry of a B-tree may have 2.7 kB: a patient's key is two of these, of 3 bytes each. */
const MAX_COLUMN_CHARACTERS = 256;
const MAX_COUNT = 2 ** 31 - 1;

/**
 * Reads a Part 10 file for the index. Runs in a worker that can be killed: the bytes are anyone's.
 * @throws Fault that the parser throws
 */
export function indexEntryOf(bytes: Uint8Array): IndexEntry | Unindexable {
  const file = parseDicom(bytes);
  const { dataSet } = file;
  const [studyUid, seriesUid, sopUid, sopClass] = [
    Tag.StudyInstanceUID,
    Tag.SeriesInstanceUID,
    Tag.SOPInstanceUID,
    Tag.SOPClassUID,
  ].map((tag) => uidOf(dataSet, tag));
  const unindexable = (reason: string, failure?: FailureName): Unindexable => ({
    reason,
    ...(failure === undefined ? {} : { failure }),
    ...(sopClass === undefined ? {} : { sopClass }),
    ...(sopUid === undefined ? {} : { sopUid }),
  });
  if (file.warnings.some(({ code }) => code === 'FILE_TRUNCATED')) return unindexable('The file is cut off.');
  if (studyUid === undefined || seriesUid === undefined || sopUid === undefined || sopClass === undefined)
    return unindexable('A UID is absent or malformed.');
  // It goes out again in headers, where a line end would begin another.
  if (!isUid(file.transferSyntaxUid)) return unindexable('The transfer syntax is no UID.');
  if (!isFileSyntax(file.transferSyntaxUid))
    return unindexable('The transfer syntax is private or unknown.', 'transferSyntax');
  const metadata = toDicomJson(dataSet, {
    maxInlineBytes: MAX_INLINE_BYTES,
    // A statement with megabytes of text holds up everybody else's.
    maxValueBytes: LONG_VALUE_BYTES,
    bulkDataUri: (path) => `bulkdata/${path}`,
  });
  return {
    studyUid,
    seriesUid,
    sopUid,
    sopClass,
    transferSyntax: file.transferSyntaxUid,
    contentSha256: createHash('sha256')
      .update(bytes.subarray(dataSetOffset(file, bytes)))
      .digest('hex'),
    frames: framesIn(file),
    rows: countOf(dataSet, Tag.Rows),
    columns: countOf(dataSet, Tag.Columns),
    instanceNumber: columnText(Tag.InstanceNumber, dataSet.text(Tag.InstanceNumber) ?? '') || undefined,
    study: texts(dataSet, STUDY_COLUMNS),
    series: texts(dataSet, SERIES_COLUMNS),
    studyAttributes: JSON.stringify(only(metadata, STUDY_ATTRIBUTES)),
    seriesAttributes: JSON.stringify(only(metadata, SERIES_ATTRIBUTES)),
    metadata: JSON.stringify(metadata),
    warnings: [...new Set(file.warnings.map(({ code }) => code))],
  };
}

function uidOf(dataSet: DataSet, tag: number): string | undefined {
  const text = dataSet.text(tag);
  return isUid(text) ? text : undefined;
}

/** Where the meta information ends by its group length; the whole file where that is absent. */
function dataSetOffset(file: DicomFile, bytes: Uint8Array): number {
  const length = file.meta.number(Tag.FileMetaInformationGroupLength);
  const offset = length === undefined ? 0 : 128 + 4 + 12 + length;
  return offset < bytes.length ? offset : 0;
}

const texts = <C extends string>(dataSet: DataSet, columns: Readonly<Record<C, number>>) =>
  Object.fromEntries(
    Object.entries<number>(columns).map(([column, tag]) => [
      column,
      columnText(tag, dataSet.texts(tag).join('\\')) || undefined,
    ]),
  ) as Record<C, string | undefined>;

/** ACR-NEMA wrote 2003.08.18 and 14:04:38: found by the dates and times that they are. */
const SEPARATORS: Readonly<Partial<Record<Vr, string>>> = { DA: '.', TM: ':' };

/**
 * NUL is the one character that PostgreSQL's text cannot hold, and no VR allows it. What is longer than any VR of these
 * columns allows does not fit its indexes; the metadata have all of it.
 */
const columnText = (tag: number, text: string): string =>
  text
    .replaceAll('\0', '')
    .replaceAll(SEPARATORS[vrOf(tag) ?? 'UN'] ?? '\0', '')
    .slice(0, MAX_COLUMN_CHARACTERS);

/** Whatever the file says: no more than its pixels have bits or, where they are compressed, bytes. */
function framesIn({ dataSet, pixelData }: DicomFile): number {
  if (pixelData === undefined) return 0;
  const { native, fragments = [] } = pixelData;
  const most = native === undefined ? sum(fragments.map(({ length }) => length)) : 8 * native.length;
  return Math.max(1, Math.min(countOf(dataSet, Tag.NumberOfFrames) ?? 1, most));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

/** A file may say more than an integer column holds, or less than nothing; then it says nothing. */
function countOf(dataSet: DataSet, tag: number): number | undefined {
  const count = dataSet.number(tag);
  return count !== undefined && Number.isInteger(count) && count >= 0 && count <= MAX_COUNT
    ? count
    : undefined;
}

function only(json: JsonDataSet, tags: readonly number[]): JsonDataSet {
  const out: JsonDataSet = {};
  for (const key of tags.map(jsonKeyOf)) {
    const element = json[key];
    if (element !== undefined) out[key] = element;
  }
  return out;
}
