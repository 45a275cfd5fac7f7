/** Small DICOM studies built in memory for the tests of this room. */
import { buildDataSet, createDicomFile, type ElementValue, writeDicom } from '../../dicom/index.ts';
import { Fault } from '../../fault/index.ts';
import type { CodecPort } from '../../pixels/index.ts';
import type { DicomInput } from './inputs.ts';

/** The files built here are not compressed. */
export const NO_CODECS: CodecPort = {
  decode: async () => {
    throw new Fault('UNSUPPORTED', 'no codec in this test');
  },
};

export const SAGITTAL = [0, 1, 0, 0, 0, -1];
export const AXIAL = [1, 0, 0, 0, 1, 0];
export const CORONAL = [1, 0, 0, 0, 0, -1];
export const T1 = { RepetitionTime: 550, EchoTime: 10, ScanningSequence: 'SE', EchoTrainLength: 3 };
export const T2 = { RepetitionTime: 3500, EchoTime: 100, ScanningSequence: 'SE', EchoTrainLength: 20 };
export const STIR = { ...T2, EchoTime: 60, InversionTime: 160, ScanningSequence: ['SE', 'IR'] };

export const ROWS = 12;
export const COLUMNS = 10;
/** Pixels that tell the slice (hundreds) and the place in it. */
export const pixelsOf = (n: number): Uint16Array =>
  Uint16Array.from({ length: ROWS * COLUMNS }, (_, i) => 1000 * n + i);

export type Elements = Readonly<Record<string, ElementValue>>;

/** One MR slice as Part 10 bytes; `elements` replace or add to a plain sagittal slice of 300 mm height. */
export function mrSlice(series: string, n: number, elements: Elements = {}): Uint8Array {
  const { removed, ...rest } = elements as Elements & { removed?: readonly string[] };
  const all: Record<string, ElementValue> = {
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
    SOPInstanceUID: `1.2.3.${series}.${n + 1}`,
    Modality: 'MR',
    PatientID: 'P1',
    PatientSex: 'F',
    PatientAge: '045Y',
    StudyInstanceUID: '1.2.3',
    SeriesInstanceUID: `1.2.3.${series}`,
    SeriesNumber: Number(series),
    FrameOfReferenceUID: '1.2.3.99',
    ImageType: ['ORIGINAL', 'PRIMARY', 'M', 'ND'],
    ImagePositionPatient: [8 - 4 * n, -100, 150],
    ImageOrientationPatient: SAGITTAL,
    PixelSpacing: [25, 25].map((v) => v / 10),
    SliceThickness: 3.6,
    SpacingBetweenSlices: 4,
    Rows: ROWS,
    Columns: COLUMNS,
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    BitsAllocated: 16,
    BitsStored: 16,
    HighBit: 15,
    PixelRepresentation: 0,
    PixelData: pixelsOf(n),
    ...T2,
    ...rest,
  };
  for (const name of removed ?? []) delete all[name];
  return writeDicom(createDicomFile(buildDataSet(all)));
}

/** Numbers the files in their order. */
export const asInputs = (files: readonly Uint8Array[]): DicomInput[] =>
  files.map((bytes, index) => ({ index, bytes }));

export const mrSeries = (series: string, count: number, elements: Elements = {}): Uint8Array[] =>
  Array.from({ length: count }, (_, n) => mrSlice(series, n, elements));

export const codes = (warnings: readonly { code: string }[]): string[] => warnings.map((w) => w.code).sort();
