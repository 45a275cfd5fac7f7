import { createHash } from 'node:crypto';
import {
  type DataSet,
  type DicomFile,
  type JsonDataSet,
  parseDicom,
  Tag,
  toDicomJson,
} from '@promontory/core/dicom';
import { Fault } from '@promontory/core/fault';
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

/**
 * Reads a Part 10 file for the index. Runs in a worker that can be killed: the bytes are anyone's.
 * @throws Fault MALFORMED where a UID is absent or malformed, and what the parser throws
 */
export function indexEntryOf(bytes: Uint8Array): IndexEntry {
  const file = parseDicom(bytes);
  const { dataSet } = file;
  if (file.warnings.some(({ code }) => code === 'FILE_TRUNCATED'))
    throw new Fault('TRUNCATED', 'the file is cut off');
  const metadata = toDicomJson(dataSet, {
    maxInlineBytes: MAX_INLINE_BYTES,
    bulkDataUri: (path) => `bulkdata/${path}`,
  });
  return {
    studyUid: uid(dataSet, Tag.StudyInstanceUID),
    seriesUid: uid(dataSet, Tag.SeriesInstanceUID),
    sopUid: uid(dataSet, Tag.SOPInstanceUID),
    sopClass: uid(dataSet, Tag.SOPClassUID),
    transferSyntax: file.transferSyntaxUid,
    contentSha256: createHash('sha256')
      .update(bytes.subarray(dataSetOffset(file, bytes)))
      .digest('hex'),
    frames: file.pixelData === undefined ? 0 : (dataSet.number(Tag.NumberOfFrames) ?? 1),
    rows: dataSet.number(Tag.Rows),
    columns: dataSet.number(Tag.Columns),
    instanceNumber: dataSet.text(Tag.InstanceNumber),
    study: texts(dataSet, STUDY_COLUMNS),
    series: texts(dataSet, SERIES_COLUMNS),
    studyAttributes: JSON.stringify(only(metadata, STUDY_ATTRIBUTES)),
    seriesAttributes: JSON.stringify(only(metadata, SERIES_ATTRIBUTES)),
    metadata: JSON.stringify(metadata),
    warnings: [...new Set(file.warnings.map(({ code }) => code))],
  };
}

function uid(dataSet: DataSet, tag: number): string {
  const text = dataSet.text(tag);
  if (!isUid(text)) throw new Fault('MALFORMED', 'a UID is absent or malformed', { tag: keyOf(tag) });
  return text;
}

/** Where the meta information ends by its group length; the whole file where that is absent. */
function dataSetOffset(file: DicomFile, bytes: Uint8Array): number {
  const length = file.meta.number(Tag.FileMetaInformationGroupLength);
  const offset = length === undefined ? 0 : 128 + 4 + 12 + length;
  return offset < bytes.length ? offset : 0;
}

/** NUL is the one character that PostgreSQL's text cannot hold, and no VR allows it. */
const texts = <C extends string>(dataSet: DataSet, columns: Readonly<Record<C, number>>) =>
  Object.fromEntries(
    Object.entries<number>(columns).map(([column, tag]) => [
      column,
      dataSet.texts(tag).join('\\').replaceAll('\0', '') || undefined,
    ]),
  ) as Record<C, string | undefined>;

const keyOf = (tag: number): string => tag.toString(16).padStart(8, '0').toUpperCase();

function only(json: JsonDataSet, tags: readonly number[]): JsonDataSet {
  const out: JsonDataSet = {};
  for (const key of tags.map(keyOf)) {
    const element = json[key];
    if (element !== undefined) out[key] = element;
  }
  return out;
}
