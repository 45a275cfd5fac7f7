import fc from 'fast-check';
import { gzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { isFault } from '../fault/index.ts';
import {
  cross,
  type Grid,
  normalise,
  toPatient,
  type Vec3,
  type Volume,
  type VoxelArray,
} from '../geometry/index.ts';
import { faultOf } from './fault-of.testing.ts';
import { readNifti } from './nifti-read.ts';
import { writeNifti, writeNiftiGz } from './nifti-write.ts';

const coordinate = fc.integer({ min: -3000, max: 3000 }).map((n) => n / 8);
const direction = fc
  .tuple(
    ...([0, 1, 2].map(() => fc.integer({ min: -100, max: 100 })) as [
      fc.Arbitrary<number>,
      fc.Arbitrary<number>,
      fc.Arbitrary<number>,
    ]),
  )
  .filter((v) => Math.hypot(...v) > 10)
  .map((v): Vec3 => normalise(v));

/** Any rectangular lattice, right- and left-handed. */
const grids: fc.Arbitrary<Grid> = fc
  .tuple(
    direction,
    direction,
    fc.boolean(),
    fc.tuple(coordinate, coordinate, coordinate),
    fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 3, maxLength: 3 }),
  )
  .filter(([a, b]) => Math.hypot(...cross(a, b)) > 0.1)
  .map(([a, b, flip, originMm, s]) => {
    const z = normalise(cross(a, b));
    const y = cross(z, a);
    return {
      size: [3, 4, 2],
      spacingMm: [s[0] / 8, s[1] / 8, s[2] / 8],
      originMm,
      axes: [a, y, flip ? [-z[0], -z[1], -z[2]] : z],
    };
  });

const arrays: fc.Arbitrary<VoxelArray> = fc.oneof(
  fc.uint8Array({ minLength: 24, maxLength: 24 }),
  fc.int16Array({ minLength: 24, maxLength: 24 }),
  fc.uint16Array({ minLength: 24, maxLength: 24 }),
  fc.float32Array({ minLength: 24, maxLength: 24, noNaN: true }),
);

/**
 * NIfTI keeps three parts of the qform's quaternion in single precision and leaves the fourth to be worked out: near a half
 * turn it is known to √1.2e-7 only, which turns the volume by up to 7e-4. Nothing a writer does can mend that.
 */
const QFORM_TURN = 7e-4;

function expectSamePlace(a: Grid, b: Grid, turn = 0): void {
  expect(a.size).toEqual(b.size);
  for (const corner of [
    [0, 0, 0],
    [2, 0, 0],
    [0, 3, 0],
    [0, 0, 1],
    [2, 3, 1],
  ] as Vec3[]) {
    const [p, q] = [toPatient(a, corner), toPatient(b, corner)];
    const far = Math.hypot(...corner.map((n, i) => n * b.spacingMm[i]));
    for (let i = 0; i < 3; i++) expect(Math.abs(p[i] - q[i])).toBeLessThan(5e-4 + turn * far);
  }
}

const NEARLY_HALF_A_TURN: Grid = {
  size: [3, 4, 2],
  spacingMm: [0.125, 6.125, 0.125],
  originMm: [0, 0, 0],
  axes: [
    [0.9918365981341757, -0.09016696346674324, 0.09016696346674324],
    [-0.09373776753188268, -0.03617598277882892, 0.9949394600718805],
    [-0.08644879143033025, -0.9952694192876484, -0.044332713554015524],
  ],
};

/** A file with only its qform, or only its sform, or neither. */
function withForms(file: Uint8Array, qform: number, sform: number): Uint8Array {
  const view = new DataView(file.buffer);
  view.setInt16(252, qform, true);
  view.setInt16(254, sform, true);
  return file;
}

test('a volume comes back exactly, by sform and by qform, plain and gzipped', () => {
  fc.assert(
    fc.property(grids, arrays, (grid, data) => {
      const volume: Volume<VoxelArray> = { grid, data };
      for (const [file, turn] of [
        [writeNiftiGz(volume), 0],
        [writeNifti(volume), 0],
        [withForms(writeNifti(volume), 1, 0), QFORM_TURN],
        [withForms(writeNifti(volume), 0, 1), 0],
      ] as const) {
        const back = readNifti(file);
        expect(back.warnings).toEqual([]);
        expect(back.volume.data).toEqual(data);
        expectSamePlace(back.volume.grid, grid, turn);
      }
    }),
    { numRuns: 100, examples: [[NEARLY_HALF_A_TURN, new Int16Array(24)]] },
  );
});

test('the same volume gives the same bytes', () => {
  const volume = { grid: small, data: new Uint8Array(24).fill(3) };
  expect(writeNiftiGz(volume)).toEqual(writeNiftiGz(volume));
});

const small: Grid = {
  size: [3, 4, 2],
  spacingMm: [0.5, 0.75, 4],
  originMm: [10, -20, 30],
  axes: [
    [0, 1, 0],
    [0, 0, -1],
    [-1, 0, 0],
  ],
};
const smallFile = (data: VoxelArray = Int16Array.from({ length: 24 }, (_, i) => 100 * i - 500)) =>
  writeNifti({ grid: small, data });

test('RAS and LPS: a voxel to the left in LPS is negative x in the file', () => {
  const view = new DataView(smallFile().buffer);
  expect([0, 1, 2].map((r) => view.getFloat32(280 + 16 * r + 12, true))).toEqual([-10, 20, 30]);
});

test('without forms the lattice is centred and a warning is left', () => {
  const { volume, warnings } = readNifti(withForms(smallFile(), 0, 0));
  expect(warnings.map((w) => w.code)).toEqual(['ORIENTATION_MISSING']);
  expect(volume.grid.spacingMm).toEqual([0.5, 0.75, 4]);
});

test('slope and intercept apply; slope zero means none', () => {
  const file = smallFile();
  const view = new DataView(file.buffer);
  view.setFloat32(112, 2, true);
  view.setFloat32(116, 1, true);
  expect(readNifti(file).volume.data[0]).toBe(-999);
  view.setFloat32(112, 0, true);
  expect(readNifti(file).volume.data[0]).toBe(-500);
});

test('units of metres and micrometres become millimetres', () => {
  const file = smallFile();
  file[123] = 1;
  expect(readNifti(file).volume.grid.spacingMm[2]).toBeCloseTo(4000);
  file[123] = 3;
  expect(readNifti(file).volume.grid.spacingMm[2]).toBeCloseTo(0.004);
});

test('a sheared sform gives way to the qform, and alone is refused', () => {
  const file = smallFile();
  new DataView(file.buffer).setFloat32(284, 5, true);
  expectSamePlace(readNifti(file).volume.grid, small);
  expect(faultOf(() => readNifti(withForms(file, 0, 1))).code).toBe('UNSUPPORTED');
});

test('what is not read is refused with its reason', () => {
  const change = (edit: (view: DataView) => void, file = smallFile()) => {
    edit(new DataView(file.buffer));
    return faultOf(() => readNifti(file)).code;
  };
  expect(change((v) => v.setInt16(40, 0, true))).toBe('MALFORMED');
  expect(change((v) => v.setInt16(42, 0, true))).toBe('MALFORMED');
  expect(change((v) => v.setInt16(42, -3, true))).toBe('MALFORMED');
  expect(change((v) => v.setInt16(70, 32, true))).toBe('UNSUPPORTED'); // complex
  expect(change((v) => v.setInt16(42, 4, true))).toBe('TRUNCATED');
  expect(change((v) => v.setFloat32(108, 0, true))).toBe('MALFORMED');
  expect(change((v) => v.setInt32(0, 540, true))).toBe('UNSUPPORTED');
  expect(change((v) => v.setUint8(345, 0x69))).toBe('UNSUPPORTED'); // ni1: detached
  expect(
    change((v) =>
      [42, 44, 46].forEach((at) => {
        v.setInt16(at, 30_000, true);
      }),
    ),
  ).toBe('LIMIT_EXCEEDED');
  expect(
    change((v) => {
      v.setInt16(40, 4, true);
      v.setInt16(48, 2, true);
    }),
  ).toBe('UNSUPPORTED'); // a series
  expect(faultOf(() => readNifti(new Uint8Array(0))).code).toBe('NOT_RECOGNISED');
  expect(faultOf(() => readNifti(smallFile().subarray(0, 200))).code).toBe('TRUNCATED');
});

test('no more is inflated than the header declares', () => {
  const bomb = new Uint8Array(3 << 20);
  bomb.set(smallFile());
  expect(faultOf(() => readNifti(gzipSync(bomb))).code).toBe('LIMIT_EXCEEDED');
});

test('any damage to a header is a fault or a volume', () => {
  fc.assert(
    fc.property(fc.nat(351), fc.nat(255), (at, value) => {
      const file = smallFile();
      file[at] = value;
      try {
        readNifti(file);
      } catch (error) {
        expect(isFault(error)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});
