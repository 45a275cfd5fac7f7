import fc from 'fast-check';
import { zlibSync } from 'fflate';
import { expect, test } from 'vitest';
import { isFault } from '../fault/index.ts';
import { faultOf } from './fault-of.testing.ts';
import { readMetaImage } from './metaimage.ts';

const LINES = {
  ObjectType: 'Image',
  NDims: '3',
  BinaryData: 'True',
  BinaryDataByteOrderMSB: 'False',
  CompressedData: 'False',
  TransformMatrix: '0 1 0 0 0 -1 -1 0 0',
  Offset: '1.5 -2 30',
  CenterOfRotation: '0 0 0',
  AnatomicalOrientation: 'PIR',
  ElementSpacing: '0.5 0.75 4',
  DimSize: '2 3 2',
  ElementType: 'MET_SHORT',
  ElementDataFile: 'LOCAL',
};

function mha(changes: Partial<Record<string, string | undefined>>, voxels: Uint8Array): Uint8Array {
  const fields = Object.entries({ ...LINES, ...changes }).filter(([, value]) => value !== undefined);
  fields.sort(([a], [b]) => Number(a === 'ElementDataFile') - Number(b === 'ElementDataFile'));
  const text = fields.map(([key, value]) => `${key} = ${value}\n`).join('');
  const head = new TextEncoder().encode(text);
  const file = new Uint8Array(head.length + voxels.length);
  file.set(head);
  file.set(voxels, head.length);
  return file;
}

const shorts = Int16Array.from([-3, 5, 700, -32768, 32767, 0, 1, 2, 3, 4, 5, 6]);
const raw = new Uint8Array(shorts.buffer);

test('plain and compressed voxels, LPS without a flip', () => {
  for (const file of [
    mha({}, raw),
    mha({ CompressedData: 'True' }, zlibSync(raw)),
    mha({ CompressedData: 'True', CompressedDataSize: String(zlibSync(raw).length) }, zlibSync(raw)),
  ]) {
    const { volume, warnings } = readMetaImage(file);
    expect(warnings).toEqual([]);
    expect(volume.data).toEqual(shorts);
    expect(volume.grid).toEqual({
      size: [2, 3, 2],
      spacingMm: [0.5, 0.75, 4],
      originMm: [1.5, -2, 30],
      axes: [
        [0, 1, 0],
        [0, 0, -1],
        [-1, 0, 0],
      ],
    });
  }
});

test('big endian, and every element type', () => {
  const swapped = new Uint8Array(24);
  shorts.forEach((value, i) => {
    new DataView(swapped.buffer).setInt16(2 * i, value, false);
  });
  expect(readMetaImage(mha({ BinaryDataByteOrderMSB: 'True' }, swapped)).volume.data).toEqual(shorts);
  const values = [0, 1, 2, 100, 5, 6, 7, 8, 9, 10, 11, 12];
  const types: [string, ArrayBufferView][] = [
    ['MET_CHAR', Int8Array.from(values)],
    ['MET_UCHAR', Uint8Array.from(values)],
    ['MET_USHORT', Uint16Array.from(values)],
    ['MET_INT', Int32Array.from(values)],
    ['MET_UINT', Uint32Array.from(values)],
    ['MET_LONG_LONG', BigInt64Array.from(values.map(BigInt))],
    ['MET_ULONG_LONG', BigUint64Array.from(values.map(BigInt))],
    ['MET_FLOAT', Float32Array.from(values)],
    ['MET_DOUBLE', Float64Array.from(values)],
  ];
  for (const [ElementType, array] of types) {
    const voxels = new Uint8Array(array.buffer);
    expect([...readMetaImage(mha({ ElementType }, voxels)).volume.data], ElementType).toEqual(values);
  }
});

test('what is missing leaves a warning', () => {
  const codes = (changes: Partial<Record<string, string | undefined>>) =>
    readMetaImage(mha(changes, raw)).warnings.map((w) => w.code);
  expect(codes({ TransformMatrix: undefined })).toEqual(['ORIENTATION_MISSING']);
  expect(codes({ ElementSpacing: undefined })).toEqual(['SPACING_MISSING']);
  expect(codes({ ElementSpacing: undefined, ElementSize: '1 1 1' })).toEqual([]);
});

test('what is not read is refused with its reason', () => {
  const code = (changes: Partial<Record<string, string | undefined>>, voxels = raw) =>
    faultOf(() => readMetaImage(mha(changes, voxels))).code;
  expect(code({ ElementDataFile: 'image.raw' })).toBe('UNSUPPORTED');
  expect(code({ ElementType: 'MET_FLOAT_ARRAY' })).toBe('UNSUPPORTED');
  expect(code({ ElementNumberOfChannels: '3' })).toBe('UNSUPPORTED');
  expect(code({ NDims: '4' })).toBe('UNSUPPORTED');
  expect(code({ BinaryData: 'False' })).toBe('UNSUPPORTED');
  expect(code({ DimSize: '2 3' })).toBe('MALFORMED');
  expect(code({ DimSize: '2 3 -2' })).toBe('MALFORMED');
  expect(code({ DimSize: '2 3 x' })).toBe('MALFORMED');
  expect(code({ DimSize: '99999 99999 99999' })).toBe('LIMIT_EXCEEDED');
  expect(code({ ElementSpacing: '0 1 1' })).toBe('MALFORMED');
  expect(code({ TransformMatrix: '1 0 0 1 0 0 0 0 1' })).toBe('UNSUPPORTED');
  expect(code({ TransformMatrix: '0 0 0 0 1 0 0 0 1' })).toBe('MALFORMED');
  expect(code({}, raw.subarray(0, 23))).toBe('TRUNCATED');
  expect(code({ CompressedData: 'True' }, zlibSync(new Uint8Array(1 << 20)))).toBe('LIMIT_EXCEEDED');
  expect(code({ CompressedData: 'True' }, zlibSync(raw.subarray(0, 20)))).toBe('TRUNCATED');
});

test('a detached header is named even without a final line feed', () => {
  const text = 'ObjectType = Image\nNDims = 3\nDimSize = 2 2 2\nElementDataFile = a.raw';
  const fault = faultOf(() => readMetaImage(new TextEncoder().encode(text)));
  expect(fault.code).toBe('UNSUPPORTED');
  expect(fault.advice).toMatch(/\.mha/);
});

test('noise is a fault', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(300), (noise, at) => {
      const file = mha({}, raw);
      file.set(noise.subarray(0, Math.max(0, file.length - at)), at);
      for (const bytes of [noise, file]) {
        try {
          readMetaImage(bytes);
        } catch (error) {
          expect(isFault(error)).toBe(true);
        }
      }
    }),
    { numRuns: 300 },
  );
});
