/** Objects for the tests: an MR image full of what identifies, and a keyed hash. */
import { createHmac } from 'node:crypto';
import {
  buildDataSet,
  createDicomFile,
  type DataSet,
  DataSetBuilder,
  type DicomFile,
  type ElementValue,
  type Keyword,
  parseDicom,
  writeDicom,
} from '../dicom/index.ts';
import { type Deidentified, type DeidOptions, deidentify } from './index.ts';

export const MR_IMAGE = '1.2.840.10008.5.1.4.1.1.4';
/** Of every identifying value, so that one search finds all. */
export const CANARY = 'Zyxwvutsky';

export const keyedHash = (text: string): Uint8Array =>
  createHmac('sha256', 'key of the tests').update(text).digest();

type Values = Partial<Record<Keyword, ElementValue | undefined>>;

export function mrImage(values: Values = {}): DataSet {
  return buildDataSet({
    SpecificCharacterSet: 'ISO_IR 192',
    ImageType: ['ORIGINAL', 'PRIMARY', 'M', 'SE'],
    SOPClassUID: MR_IMAGE,
    SOPInstanceUID: '1.2.276.0.7230010.3.1.4.1001',
    StudyInstanceUID: '1.2.276.0.7230010.3.1.2.1001',
    SeriesInstanceUID: '1.2.276.0.7230010.3.1.3.1001',
    FrameOfReferenceUID: '1.2.276.0.7230010.3.1.5.1001',
    StudyDate: '20240229',
    StudyTime: '101112',
    SeriesDate: '20240301',
    AcquisitionDateTime: '20240301101500.5+0100',
    Modality: 'MR',
    Manufacturer: 'Promontory',
    PatientName: `${CANARY}^Quentin`,
    PatientID: 'ID-4711-X',
    PatientBirthDate: '19550607',
    PatientSex: 'F',
    PatientAge: '068Y',
    AccessionNumber: 'ACC778899',
    InstitutionName: 'Hospital of Nowhere',
    SeriesDescription: 't2 tse sag for Mr. Jones',
    Rows: 4,
    Columns: 6,
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    BitsAllocated: 16,
    BitsStored: 12,
    HighBit: 11,
    PixelRepresentation: 0,
    PixelData: Uint16Array.from({ length: 24 }, (_, i) => i * 100),
    ...values,
  });
}

/** As it comes from a file: every element with its bytes. */
export const asRead = (dataSet: DataSet, transferSyntaxUid?: string): DicomFile =>
  parseDicom(
    writeDicom(createDicomFile(dataSet, transferSyntaxUid === undefined ? {} : { transferSyntaxUid })),
  );

const LONG_HEADER: ReadonlySet<string> = new Set('OB OD OF OL OV OW SQ SV UC UN UR UT UV'.split(' '));

/**
 * As it comes from a file whose writer did not keep to the VR: the element, set as UN at the top level, with another VR
 * in its header. What the builder refuses to encode can be read nevertheless.
 */
export function asReadWithVr(dataSet: DataSet, tag: number, vr: string): DicomFile {
  const bytes = Buffer.from(writeDicom(createDicomFile(dataSet)));
  const header = Buffer.alloc(8);
  header.writeUInt16LE(tag >>> 16, 0);
  header.writeUInt16LE(tag & 0xffff, 2);
  header.write('UN', 4, 'latin1');
  const at = bytes.indexOf(header);
  if (at < 0) throw new Error('the element is not there as UN');
  header.write(vr, 4, 'latin1');
  if (LONG_HEADER.has(vr))
    return parseDicom(Buffer.concat([bytes.subarray(0, at), header, bytes.subarray(at + 8)]));
  header.writeUInt16LE(bytes.readUInt32LE(at + 8), 6);
  return parseDicom(Buffer.concat([bytes.subarray(0, at), header, bytes.subarray(at + 12)]));
}

/** De-identifies, and fails where that is refused. */
export function accepted(dataSet: DataSet, options: Partial<DeidOptions> = {}): Deidentified {
  const outcome = deidentify(asRead(dataSet), { keyedHash, ...options });
  if (outcome.outcome === 'refused') throw new Error(`refused: ${outcome.reason}`);
  return outcome;
}

export const changed = (dataSet: DataSet, change: (builder: DataSetBuilder) => DataSetBuilder): DataSet =>
  change(new DataSetBuilder(dataSet)).build();

/** The result as the world will read it. */
export const written = (outcome: Deidentified): DataSet => parseDicom(outcome.bytes).dataSet;

/** Whether bytes hold a text, in any case, as ASCII or UTF-16. */
export function bytesHold(bytes: Uint8Array, text: string): boolean {
  const hay = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1').toLowerCase();
  const needle = text.toLowerCase();
  return hay.includes(needle) || hay.includes([...needle].join('\0'));
}
