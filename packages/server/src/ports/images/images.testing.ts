import {
  buildDataSet,
  createDicomFile,
  type DataSet,
  DataSetBuilder,
  type ElementValue,
  type Keyword,
  TransferSyntax,
  writeDicom,
} from '@promontory/core/dicom';

/** Images as a scanner sends them, made here. */
export interface ImageKind {
  readonly rows?: number;
  readonly columns?: number;
  readonly frames?: number;
  readonly bits?: 8 | 12 | 16;
  readonly signed?: boolean;
  readonly colour?: boolean;
  /** JPEG-LS lossless where true. */
  readonly compressed?: boolean;
  readonly more?: Partial<Record<Keyword, ElementValue>>;
}

/** Sample by its place: waves with a little noise. */
export function samplesOf(kind: ImageKind): Uint8Array | Uint16Array {
  const { rows = 24, columns = 30, frames = 1, bits = 12, signed = false, colour = false } = kind;
  const out = new (bits === 8 ? Uint8Array : Uint16Array)(rows * columns * frames * (colour ? 3 : 1));
  for (let i = 0; i < out.length; i++) {
    const wave = (Math.sin(i / 17) * Math.cos(i / 211) + 1) / 2;
    out[i] = Math.floor(wave * (2 ** bits - 2)) + (i % 2) - (signed ? 2 ** (bits - 1) : 0);
  }
  return out;
}

/** A Part 10 file. */
export async function imageFile(kind: ImageKind = {}): Promise<Uint8Array> {
  const { rows = 24, columns = 30, frames = 1, bits = 12, signed = false, colour = false } = kind;
  const samples = samplesOf(kind);
  const dataSet: DataSet = buildDataSet({
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
    SOPInstanceUID: '1.2.3.4',
    StudyInstanceUID: '1.2.3.5',
    SeriesInstanceUID: '1.2.3.6',
    Modality: 'MR',
    PatientName: 'Test^Image',
    PatientID: 'T1',
    SamplesPerPixel: colour ? 3 : 1,
    PhotometricInterpretation: colour ? 'RGB' : 'MONOCHROME2',
    ...(colour ? { PlanarConfiguration: 0 } : {}),
    ...(frames > 1 ? { NumberOfFrames: String(frames) } : {}),
    Rows: rows,
    Columns: columns,
    BitsAllocated: bits === 8 ? 8 : 16,
    BitsStored: bits,
    HighBit: bits - 1,
    PixelRepresentation: signed ? 1 : 0,
    ...(kind.compressed ? {} : { PixelData: samples }),
    ...kind.more,
  });
  if (!kind.compressed) return writeDicom(createDicomFile(dataSet));
  const length = samples.length / frames;
  const coded: Uint8Array[] = [];
  for (let i = 0; i < frames; i++)
    coded.push(
      await jpegLs(samples.slice(i * length, (i + 1) * length), columns, rows, bits, colour ? 3 : 1),
    );
  const whole = new DataSetBuilder(dataSet).setFrames(coded).build();
  return writeDicom(createDicomFile(whole, { transferSyntaxUid: TransferSyntax.JPEGLSLossless }));
}

interface Encoder {
  getDecodedBuffer(frame: object): Uint8Array;
  setNearLossless(difference: number): void;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
}

async function jpegLs(
  samples: Uint8Array | Uint16Array,
  width: number,
  height: number,
  bits: number,
  componentCount: number,
): Promise<Uint8Array> {
  const { default: factory } = await import('@cornerstonejs/codec-charls/wasmjs');
  const { JpegLSEncoder } = await factory({ print: () => {}, printErr: () => {} });
  const encoder: Encoder = new JpegLSEncoder();
  const frame = { width, height, bitsPerSample: bits, componentCount };
  encoder.setNearLossless(0);
  // The encoder is given planes.
  const count = width * height;
  const planes = samples.map((_, i) => samples[(i % count) * componentCount + Math.floor(i / count)]);
  encoder
    .getDecodedBuffer({ ...frame, isSigned: false, isUsingColorTransform: false })
    .set(new Uint8Array(planes.buffer));
  encoder.encode();
  return new Uint8Array(encoder.getEncodedBuffer());
}
