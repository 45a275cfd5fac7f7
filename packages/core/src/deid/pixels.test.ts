import { describe, expect, test } from 'vitest';
import {
  createDicomFile,
  DataSetBuilder,
  type DicomFile,
  encapsulatedFrames,
  parseDicom,
  Tag,
  TransferSyntax,
  writeDicom,
} from '../dicom/index.ts';
import type { CodecPort } from '../pixels/index.ts';
import { decodeToNative, deidentify, type Region } from './index.ts';
import { accepted, asRead, changed, keyedHash, mrImage, written } from './object.fixture.ts';

const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';
const reasonOf = (file: DicomFile, regions: Region[] = []) => {
  const outcome = deidentify(file, {
    keyedHash,
    ...(regions.length === 0 ? {} : { cleanPixels: { regions } }),
  });
  return outcome.outcome === 'refused' ? outcome.reason : undefined;
};
const values = (dataSet: { bytes(tag: number): Uint8Array | undefined }) => {
  const bytes = dataSet.bytes(Tag.PixelData)!;
  return [...new Uint16Array(bytes.slice().buffer)];
};

describe('refused', () => {
  test.each([
    ['SECONDARY_CAPTURE', { SOPClassUID: SECONDARY_CAPTURE }],
    ['SECONDARY_CAPTURE', { SOPClassUID: `${SECONDARY_CAPTURE}.2` }],
    ['SCREEN_SAVE', { ImageType: ['DERIVED', 'SECONDARY', 'SCREEN SAVE'] }],
    ['BURNED_IN_ANNOTATION', { BurnedInAnnotation: 'YES' }],
    ['BURNED_IN_LIKELY', { SOPClassUID: '1.2.840.10008.5.1.4.1.1.6.1' }],
    ['ENCAPSULATED_DOCUMENT', { SOPClassUID: '1.2.840.10008.5.1.4.1.1.104.1' }],
    ['STRUCTURED_REPORT', { SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.11' }],
    ['UNKNOWN_CLASS', { SOPClassUID: '1.3.46.670589.11.0.0.12.1' }],
    ['NO_IMAGE', { SOPClassUID: '1.2.840.10008.5.1.4.1.1.11.1', PixelData: undefined }],
    ['NO_IMAGE', { PixelData: undefined }],
    ['DIRECTORY', { SOPClassUID: '1.2.840.10008.1.3.10' }],
    ['DAMAGED', { PatientID: '', StudyInstanceUID: undefined }],
  ] as const)('%s %#', (reason, change) => {
    expect(reasonOf(asRead(mrImage(change)))).toBe(reason);
  });

  test('a truncated file', () => {
    const bytes = writeDicom(createDicomFile(mrImage()));
    expect(reasonOf(parseDicom(bytes.subarray(0, bytes.length - 10)))).toBe('DAMAGED');
  });

  test('rectangles outside the image, and compressed pixels', () => {
    expect(reasonOf(asRead(mrImage()), [{ x: 6, y: 0, width: 9, height: 9 }])).toBe('REGIONS_OUTSIDE');
    const other = { x: 0, y: 0, width: 9, height: 9, imageSize: { rows: 6, columns: 4 } };
    expect(reasonOf(asRead(mrImage()), [other])).toBe('REGIONS_OUTSIDE');
    expect(reasonOf(compressed(), [{ x: 0, y: 0, width: 1, height: 1 }])).toBe('PIXELS_NOT_CLEANABLE');
  });
});

test('ordinary derived images and those of heads are flagged', () => {
  const derived = mrImage({ ImageType: ['DERIVED', 'SECONDARY', 'MPR'], BodyPartExamined: 'HEAD' });
  expect(accepted(derived).report.flags).toEqual(['DERIVED_IMAGE', 'FACE_POSSIBLE', 'BURNED_IN_NOT_STATED']);
  expect(accepted(mrImage()).report.flags).toEqual([]);
});

test.each([TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ExplicitVRBigEndian])(
  'rectangles are blanked in every frame (%s)',
  (syntax) => {
    const original = mrImage({
      SOPClassUID: SECONDARY_CAPTURE,
      BurnedInAnnotation: 'YES',
      NumberOfFrames: 2,
      PixelData: Uint16Array.from({ length: 48 }, (_, i) => i + 1),
    });
    const regions = [
      { x: 4, y: -1, width: 9, height: 2 },
      { x: 0, y: 3, width: 1, height: 1, imageSize: { rows: 4, columns: 6 } },
    ];
    const outcome = deidentify(asRead(original, syntax), { keyedHash, cleanPixels: { regions } });
    if (outcome.outcome === 'refused') throw new Error(outcome.reason);
    const little = parseDicom(
      writeDicom(outcome.file, { transferSyntaxUid: TransferSyntax.ExplicitVRLittleEndian }),
    );
    const blank = new Set([4, 5, 18, 28, 29, 42]);
    expect(values(little.dataSet)).toEqual(Array.from({ length: 48 }, (_, i) => (blank.has(i) ? 0 : i + 1)));
    expect(little.dataSet.text(Tag.BurnedInAnnotation)).toBe('NO');
    const codes = little.dataSet.items(Tag.DeidentificationMethodCodeSequence);
    expect(codes.map((item) => item.text(Tag.CodeValue))).toEqual(['113100', '113101']);
    expect(outcome.report.pixels).toBe('blanked');
  },
);

test('colour by plane, and luminance with chrominance', () => {
  const colour = (model: string, planar: 0 | 1) =>
    accepted(
      mrImage({
        SOPClassUID: SECONDARY_CAPTURE,
        Rows: 1,
        Columns: 2,
        SamplesPerPixel: 3,
        PlanarConfiguration: planar,
        PhotometricInterpretation: model,
        BitsAllocated: 8,
        BitsStored: 8,
        HighBit: 7,
        PixelData: Uint8Array.of(1, 2, 3, 4, 5, 6),
      }),
      { cleanPixels: { regions: [{ x: 1, y: 0, width: 1, height: 1 }] } },
    );
  const bytes = (outcome: ReturnType<typeof colour>) => [...written(outcome).bytes(Tag.PixelData)!];
  expect(bytes(colour('RGB', 0))).toEqual([1, 2, 3, 0, 0, 0]);
  expect(bytes(colour('RGB', 1))).toEqual([1, 0, 3, 0, 5, 0]);
  expect(bytes(colour('YBR_FULL', 0))).toEqual([1, 2, 3, 0, 128, 128]);
});

test('an overlay within the pixels is cleared with its group', () => {
  const original = changed(
    mrImage({ PixelData: Uint16Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? 0xf000 : 0) + i) }),
    (b) => b.set(0x60000010, 4, 'US').set(0x60000100, 16, 'US').set(0x60000102, 12, 'US'),
  );
  const outcome = accepted(original);
  expect(values(written(outcome))).toEqual(Array.from({ length: 24 }, (_, i) => i));
  expect(written(outcome).has(0x60000102)).toBe(false);
  expect(outcome.report.pixels).toBe('unused-bits-cleared');
});

function compressed(): DicomFile {
  const frame = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9);
  const dataSet = new DataSetBuilder(mrImage()).setFrames([frame]).build();
  return parseDicom(writeDicom(createDicomFile(dataSet, { transferSyntaxUid: TransferSyntax.RLELossless })));
}

const noCodecs: CodecPort = { decode: () => Promise.reject(new Error('not asked for')) };

/** One frame of 16 bits in two segments of literal runs (PS3.5 annex G). */
function rle(pixels: readonly number[]): Uint8Array {
  const high = pixels.map((value) => value >> 8);
  const low = pixels.map((value) => value & 0xff);
  const segment = (bytes: number[]) => [
    bytes.length - 1,
    ...bytes,
    ...(bytes.length % 2 === 0 ? [0x80] : []),
  ];
  const [one, two] = [segment(high), segment(low)];
  const header = new Uint32Array(16);
  header.set([2, 64, 64 + one.length]);
  return Uint8Array.from([...new Uint8Array(header.buffer), ...one, ...two]);
}

test('compressed pixels are decoded, then blanked', async () => {
  const pixels = Array.from({ length: 24 }, (_, i) => i * 100);
  const dataSet = new DataSetBuilder(mrImage()).setFrames([rle(pixels)]).build();
  const file = asRead(dataSet, TransferSyntax.RLELossless);
  expect(encapsulatedFrames(file.pixelData!, 1)).toHaveLength(1);
  const native = await decodeToNative(file, noCodecs);
  expect(native.transferSyntaxUid).toBe(TransferSyntax.ExplicitVRLittleEndian);
  expect(values(native.dataSet)).toEqual(pixels);
  expect(await decodeToNative(native, noCodecs)).toBe(native);
  const outcome = deidentify(native, {
    keyedHash,
    cleanPixels: { regions: [{ x: 0, y: 0, width: 6, height: 1 }] },
  });
  if (outcome.outcome === 'refused') throw new Error(outcome.reason);
  expect(values(written(outcome))).toEqual(pixels.map((value, i) => (i < 6 ? 0 : value)));
});
