import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  buildDataSet,
  createDicomFile,
  type DicomFile,
  type ElementValue,
  type PixelData,
  TransferSyntax,
} from '../dicom/index.ts';
import { isFault } from '../fault/index.ts';
import type { CodecPort } from './codec-port.ts';
import { decodeFrames, openPixels } from './decode.ts';
import { DEFAULT_PIXEL_LIMITS } from './limits.ts';

/** Frames that need no codec must not ask for one. */
const noCodecs: CodecPort = {
  decode: () => Promise.reject(new Error('no codec was expected')),
};

type Attributes = Record<string, ElementValue>;
const BASE: Attributes = {
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
  SOPInstanceUID: '1.2.3',
  Rows: 2,
  Columns: 3,
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  BitsAllocated: 16,
  BitsStored: 16,
  HighBit: 15,
  PixelRepresentation: 0,
};

function image(changes: Attributes, pixels: Uint8Array, pixelData: Partial<PixelData> = {}): DicomFile {
  const file = createDicomFile(buildDataSet({ ...BASE, ...changes, PixelData: pixels }));
  return { ...file, pixelData: { ...file.pixelData!, ...pixelData } };
}

function without(keyword: string, pixels: Uint8Array): DicomFile {
  const { [keyword]: _, ...rest } = BASE;
  return createDicomFile(buildDataSet({ ...rest, PixelData: pixels }));
}

/** Cells of 1, 2 or 4 bytes as bytes in either order. */
function cellBytes(values: readonly number[], width: number, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(values.length * width);
  values.forEach((value, i) => {
    for (let b = 0; b < width; b++)
      bytes[i * width + (littleEndian ? b : width - 1 - b)] = value / 2 ** (8 * b);
  });
  return bytes;
}

const stored = async (file: DicomFile, frame = 0) => [
  ...(await openPixels(file, noCodecs).decodeStored(frame)).data,
];
const values = async (file: DicomFile, frame = 0) => [
  ...(await openPixels(file, noCodecs).decodeFrame(frame)).values,
];

test('any depth, sign, place in the cell and byte order', async () => {
  const layouts = fc
    .constantFrom(8, 16, 32)
    .chain((allocated) => fc.tuple(fc.constant(allocated), fc.integer({ min: 1, max: allocated })))
    .chain(([allocated, bits]) =>
      fc.tuple(fc.constant(allocated), fc.constant(bits), fc.integer({ min: 0, max: allocated - bits })),
    );
  await fc.assert(
    fc.asyncProperty(
      layouts,
      fc.boolean(),
      fc.boolean(),
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), fc.nat(2 ** 31)), {
        minLength: 12,
        maxLength: 12,
      }),
      async ([allocated, bits, lowBit], signed, littleEndian, draws) => {
        const range = 2n ** BigInt(bits);
        const raw = draws.map(([u]) => BigInt(Math.floor(u * Number(range))));
        const noise = draws.map(([, n]) => BigInt(n) * 3n);
        const mask = (range - 1n) << BigInt(lowBit);
        const cells = raw.map((v, i) =>
          Number(BigInt.asUintN(allocated, (noise[i] & ~mask) | (v << BigInt(lowBit)))),
        );
        const file = image(
          {
            NumberOfFrames: '2',
            BitsAllocated: allocated,
            BitsStored: bits,
            HighBit: lowBit + bits - 1,
            PixelRepresentation: signed ? 1 : 0,
          },
          cellBytes(cells, allocated / 8, littleEndian),
          { littleEndian, vr: allocated === 8 ? 'OB' : 'OW' },
        );
        const expected = raw.map((v) => Number(signed && v >= range / 2n ? v - range : v));
        expect([...(await stored(file, 0)), ...(await stored(file, 1))]).toEqual(expected);
      },
    ),
    { numRuns: 150 },
  );
});

test('8-bit pixels in big-endian words are swapped in pairs, over frames of odd length too', async () => {
  const file = image(
    { Rows: 1, Columns: 3, NumberOfFrames: '2', BitsAllocated: 8, BitsStored: 8, HighBit: 7 },
    Uint8Array.of(2, 1, 4, 3, 6, 5),
    {
      littleEndian: false,
      vr: 'OW',
    },
  );
  expect(await stored(file, 0)).toEqual([1, 2, 3]);
  expect(await stored(file, 1)).toEqual([4, 5, 6]);
});

test('one bit a pixel runs on over frames', async () => {
  const file = image(
    { NumberOfFrames: '2', BitsAllocated: 1, BitsStored: 1, HighBit: 0 },
    Uint8Array.of(0b11010011, 0b00001010),
  );
  expect(await stored(file, 0)).toEqual([1, 1, 0, 0, 1, 0]);
  expect(await stored(file, 1)).toEqual([1, 1, 0, 1, 0, 1]);
});

const COLOUR = { SamplesPerPixel: 3, BitsAllocated: 8, BitsStored: 8, HighBit: 7, Rows: 1, Columns: 2 };

test('colour by pixel and by plane, luminance of RGB and YBR, halved chrominance', async () => {
  const rgb = { ...COLOUR, PhotometricInterpretation: 'RGB', PlanarConfiguration: 0 };
  expect(await values(image(rgb, Uint8Array.of(255, 255, 255, 255, 0, 0)))).toEqual([
    255,
    Math.fround(76.245),
  ]);
  const planes = image({ ...rgb, PlanarConfiguration: 1 }, Uint8Array.of(1, 2, 3, 4, 5, 6));
  expect(await stored(planes)).toEqual([1, 3, 5, 2, 4, 6]);
  const ybr = image({ ...rgb, PhotometricInterpretation: 'YBR_FULL' }, Uint8Array.of(9, 0, 0, 8, 0, 0));
  expect(await values(ybr)).toEqual([9, 8]);
  const halved = image({ ...rgb, PhotometricInterpretation: 'YBR_FULL_422' }, Uint8Array.of(9, 8, 1, 2));
  expect(await stored(halved)).toEqual([9, 1, 2, 8, 1, 2]);
});

test('a palette becomes luminance, values outside it take its ends', async () => {
  const table = (...numbers: number[]) => cellBytes(numbers, 2, true);
  const descriptor = Uint16Array.of(2, 10, 16);
  const file = image(
    {
      PhotometricInterpretation: 'PALETTE COLOR',
      Rows: 1,
      RedPaletteColorLookupTableDescriptor: [...descriptor],
      GreenPaletteColorLookupTableDescriptor: [...descriptor],
      BluePaletteColorLookupTableDescriptor: [...descriptor],
      RedPaletteColorLookupTableData: table(100, 2000),
      GreenPaletteColorLookupTableData: table(100, 2000),
      BluePaletteColorLookupTableData: table(100, 2000),
    },
    cellBytes([0, 10, 700], 2, true),
  );
  const [below, first, beyond] = await values(file);
  expect(below).toBeCloseTo(100, 3);
  expect(first).toBeCloseTo(100, 3);
  expect(beyond).toBeCloseTo(2000, 3);
});

const SIX = cellBytes([0, 1, 2, 3, 4, 40_000], 2, true);

test('MONOCHROME1 is turned round, so that larger is brighter', async () => {
  expect(await values(image({ PhotometricInterpretation: 'MONOCHROME1' }, SIX))).toEqual([
    65535, 65534, 65533, 65532, 65531, 25535,
  ]);
  const signed = image(
    { PhotometricInterpretation: 'MONOCHROME1', PixelRepresentation: 1 },
    cellBytes([0, 1, 65535, 2, 3, 4], 2, true),
  );
  expect(await values(signed)).toEqual([-1, -2, 0, -3, -4, -5]);
});

test('slope and intercept; a slope of zero does not wipe the image out', async () => {
  const rescaled = await openPixels(
    image({ RescaleSlope: '0.5', RescaleIntercept: '-1' }, SIX),
    noCodecs,
  ).decodeFrame(0);
  expect([...rescaled.values]).toEqual([-1, -0.5, 0, 0.5, 1, 19_999]);
  expect(await values(image({ RescaleSlope: '0', RescaleIntercept: '7' }, SIX))).toEqual([
    0, 1, 2, 3, 4, 40_000,
  ]);
});

test('whole values that fit stay Int16', async () => {
  const small = await openPixels(
    image({}, cellBytes([0, 1, 2, 3, 4, 32_767], 2, true)),
    noCodecs,
  ).decodeFrame(0);
  expect(small.values).toBeInstanceOf(Int16Array);
  const large = await openPixels(image({}, SIX), noCodecs).decodeFrame(0);
  expect(large.values).toBeInstanceOf(Float32Array);
});

test('enhanced multi-frame: slope of the frame, else shared', async () => {
  const transformation = (slope: string) =>
    buildDataSet({
      PixelValueTransformationSequence: [buildDataSet({ RescaleSlope: slope, RescaleIntercept: '1' })],
    });
  const attributes = {
    NumberOfFrames: '2',
    SharedFunctionalGroupsSequence: [transformation('10')],
    PerFrameFunctionalGroupsSequence: [transformation('2'), buildDataSet({ FrameAcquisitionNumber: 1 })],
  };
  const file = image(attributes, cellBytes([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5], 2, true));
  expect((await decodeFrames(file, noCodecs)).map((f) => [...f.values])).toEqual([
    [1, 3, 5, 7, 9, 11],
    [1, 11, 21, 31, 41, 51],
  ]);
});

test('a Node Buffer is copied, not aliased', async () => {
  const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6);
  const file = image({ BitsAllocated: 8, BitsStored: 8, HighBit: 7 }, bytes, { native: bytes });
  const { data } = await openPixels(file, noCodecs).decodeStored(0);
  data[0] = 99;
  expect(bytes[0]).toBe(1);
});

function codeOf(file: DicomFile, limits = DEFAULT_PIXEL_LIMITS): string {
  try {
    openPixels(file, noCodecs, limits);
  } catch (error) {
    if (isFault(error)) return error.code;
    throw error;
  }
  return 'none';
}

test('sizes that contradict the pixel bytes are refused before anything is allocated', () => {
  expect(codeOf(image({ Rows: 3 }, SIX))).toBe('PIXELS_INCONSISTENT');
  expect(codeOf(image({ NumberOfFrames: '2' }, SIX))).toBe('PIXELS_INCONSISTENT');
  expect(codeOf(image({ NumberOfFrames: '2000000000' }, SIX))).toBe('PIXELS_INCONSISTENT');
  expect(codeOf(image({ NumberOfFrames: '0' }, SIX))).toBe('PIXELS_INCONSISTENT');
  expect(codeOf(image({ Rows: 0 }, SIX))).toBe('PIXELS_INCONSISTENT');
  expect(codeOf(image({ BitsStored: 17 }, SIX))).toBe('PIXELS_INCONSISTENT');
  expect(codeOf(image({ HighBit: 16 }, SIX))).toBe('PIXELS_INCONSISTENT');
  expect(codeOf(image({ BitsStored: 12, HighBit: 5 }, SIX))).toBe('PIXELS_INCONSISTENT');
  expect(codeOf(without('Rows', SIX))).toBe('PIXELS_INCONSISTENT');
  expect(codeOf(image({ BitsAllocated: 12, BitsStored: 12, HighBit: 11 }, SIX))).toBe('UNSUPPORTED');
  expect(codeOf(image({ SamplesPerPixel: 4 }, SIX))).toBe('UNSUPPORTED');
  expect(codeOf(image({ Rows: 65535, Columns: 65535 }, SIX))).toBe('LIMIT_EXCEEDED');
  expect(codeOf({ ...image({}, SIX), pixelData: undefined })).toBe('PIXELS_INCONSISTENT');
});

test('any sizes: the frames fill the bytes, or a fault', async () => {
  const size = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 65535 }));
  await fc.assert(
    fc.asyncProperty(
      size,
      size,
      fc.integer({ min: 0, max: 5 }),
      fc.constantFrom(1, 8, 16, 32),
      fc.constantFrom(1, 3),
      async (Rows, Columns, frames, bits, samples) => {
        const attributes = {
          Rows,
          Columns,
          NumberOfFrames: String(frames),
          BitsAllocated: bits,
          BitsStored: bits,
          HighBit: bits - 1,
          SamplesPerPixel: samples,
        };
        const file = image(attributes, new Uint8Array(1200));
        try {
          const reader = openPixels(file, noCodecs);
          expect((Rows * Columns * frames * bits * samples) / 8).toBeLessThanOrEqual(1200);
          expect((await reader.decodeFrame(frames - 1)).values.length).toBe(Rows * Columns);
        } catch (error) {
          expect(isFault(error)).toBe(true);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('surplus bytes leave a warning, the pad byte does not', () => {
  expect(openPixels(image({}, new Uint8Array(14)), noCodecs).warnings.map((w) => w.code)).toEqual([
    'LENGTH_MISMATCH',
  ]);
  const odd = { Rows: 1, BitsAllocated: 8, BitsStored: 8, HighBit: 7 };
  expect(openPixels(image(odd, new Uint8Array(4)), noCodecs).warnings).toEqual([]);
});

test('all frames at once are capped', async () => {
  const file = image({ NumberOfFrames: '2' }, new Uint8Array(24));
  await expect(
    decodeFrames(file, noCodecs, { ...DEFAULT_PIXEL_LIMITS, maxTotalPixels: 11 }),
  ).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
});

/** A JPEG-LS header of the given size, with an end. */
const jpegLs = (rows: number, columns: number, samples = 1) =>
  Uint8Array.of(
    0xff,
    0xd8,
    0xff,
    0xf7,
    0,
    8 + 3 * samples,
    16,
    rows >> 8,
    rows & 255,
    columns >> 8,
    columns & 255,
    samples,
    ...new Array(3 * samples).fill(1),
    0xff,
    0xd9,
  );

function coded(fragment: Uint8Array, attributes: Attributes = {}): DicomFile {
  const file = image(attributes, new Uint8Array(0), { native: undefined, fragments: [fragment] });
  return { ...file, transferSyntaxUid: TransferSyntax.JPEGLSLossless };
}

test('a compressed frame of another size never reaches a codec', async () => {
  for (const fragment of [jpegLs(3, 3), jpegLs(2, 4), jpegLs(2, 3, 3), jpegLs(65535, 65535)]) {
    await expect(openPixels(coded(fragment), noCodecs).decodeStored(0)).rejects.toMatchObject({
      code: 'PIXELS_INCONSISTENT',
    });
  }
  await expect(
    openPixels(coded(jpegLs(2, 3).subarray(0, 15)), noCodecs).decodeStored(0),
  ).rejects.toMatchObject({ code: 'TRUNCATED' });
  await expect(openPixels(coded(new Uint8Array(100)), noCodecs).decodeStored(0)).rejects.toMatchObject({
    code: 'UNSUPPORTED',
  });
});

test('whatever a codec does wrong is a fault', async () => {
  const data = Uint16Array.of(1, 2, 3, 4, 5, 6);
  const answering = (answer: Awaited<ReturnType<CodecPort['decode']>>): CodecPort => ({
    decode: async () => answer,
  });
  const run = (codecs: CodecPort) => openPixels(coded(jpegLs(2, 3)), codecs).decodeStored(0);
  expect((await run(answering({ rows: 2, columns: 3, samples: 1, data }))).data).toEqual(data);
  await expect(run(answering({ rows: 3, columns: 2, samples: 1, data }))).rejects.toMatchObject({
    code: 'PIXELS_INCONSISTENT',
  });
  await expect(
    run(answering({ rows: 2, columns: 3, samples: 1, data: data.subarray(1) })),
  ).rejects.toMatchObject({ code: 'PIXELS_INCONSISTENT' });
  await expect(
    run({ decode: () => Promise.reject(new Error('memory access out of bounds')) }),
  ).rejects.toMatchObject({ code: 'MALFORMED' });
});

test('a signed image from an unsigned stream gets its sign from the bits stored', async () => {
  const file = coded(jpegLs(2, 3), { BitsStored: 12, HighBit: 11, PixelRepresentation: 1 });
  const data = Uint16Array.of(0, 0x7ff, 0x800, 0xfff, 0xffff, 1);
  const codecs: CodecPort = { decode: async () => ({ rows: 2, columns: 3, samples: 1, data }) };
  expect([...(await openPixels(file, codecs).decodeStored(0)).data]).toEqual([0, 2047, -2048, -1, -1, 1]);
});
