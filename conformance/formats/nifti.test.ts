/** NIfTI-1 against nibabel, both ways, and every real volume in the data. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { readNifti, writeNifti, writeNiftiGz } from '../../packages/core/src/formats/index.ts';
import {
  cross,
  type Grid,
  normalise,
  toPatient,
  type Vec3,
  type VoxelArray,
} from '../../packages/core/src/geometry/index.ts';
import { dataFolder, needs, pythonWith, testWith, withoutData } from '../oracle.ts';

const python = pythonWith('nibabel', 'numpy');
const missing = needs([python === undefined && 'no Python with nibabel and numpy']);
const script = join(import.meta.dirname, 'nibabel_volume.py');

interface Described {
  readonly path: string;
  readonly shape: number[];
  readonly affine: number[][];
  readonly sform: number[][] | null;
  readonly qform: number[][] | null;
  readonly dtype: string;
  readonly values: number[] | string;
}

function nibabel(...args: string[]): Described[] {
  const run = spawnSync(python!, [script, ...args], { encoding: 'utf8', maxBuffer: 1 << 30 });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Where nibabel's affine puts a voxel, in LPS. */
const placed = (affine: number[][], [i, j, k]: Vec3): number[] =>
  [0, 1, 2].map(
    (r) => (r < 2 ? -1 : 1) * (affine[r][0] * i + affine[r][1] * j + affine[r][2] * k + affine[r][3]),
  );

function expectSamePlace(grid: Grid, affine: number[][], toleranceMm: number): void {
  const [nx, ny, nz] = grid.size;
  for (const corner of [
    [0, 0, 0],
    [nx - 1, 0, 0],
    [0, ny - 1, 0],
    [0, 0, nz - 1],
    [nx - 1, ny - 1, nz - 1],
  ] as Vec3[]) {
    const [ours, theirs] = [toPatient(grid, corner), placed(affine, corner)];
    for (let r = 0; r < 3; r++) expect(Math.abs(ours[r] - theirs[r])).toBeLessThan(toleranceMm);
  }
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'promontory-nifti-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('what we write', () => {
  const oblique = (flip: 1 | -1): Grid => {
    const x = normalise([0.1, 0.9, -0.2]);
    const z = normalise(cross(x, [0.3, 0.1, 0.8]));
    const y = cross(z, x);
    return {
      size: [4, 3, 5],
      spacingMm: [0.683, 0.7125, 4.4],
      originMm: [-31.25, 102.125, 77.5],
      axes: [x, y, [z[0] * flip, z[1] * flip, z[2] * flip]],
    };
  };
  const arrays: VoxelArray[] = [
    Uint8Array.from({ length: 60 }, (_, i) => i * 4),
    Int16Array.from({ length: 60 }, (_, i) => i * 997 - 30_000),
    Uint16Array.from({ length: 60 }, (_, i) => i * 1091),
    Float32Array.from({ length: 60 }, (_, i) => Math.sin(i) * 1e5),
  ];
  testWith(missing, 'nibabel reads back with the same data and, by both forms, the same affine', () => {
    for (const flip of [1, -1] as const) {
      for (const data of arrays) {
        const grid = oblique(flip);
        const path = join(folder, 'ours.nii.gz');
        writeFileSync(path, writeNiftiGz({ grid, data }));
        const [read] = nibabel('read', path);
        expect(read.shape).toEqual([...grid.size]);
        expect(read.values).toEqual([...data]);
        // The very float32 numbers of our affine, and of the quaternion to rounding.
        const [d, s, o] = [grid.axes, grid.spacingMm, grid.originMm];
        const expected = [0, 1, 2].map((r) => {
          const sign = r < 2 ? -1 : 1;
          return [...[0, 1, 2].map((c) => Math.fround(sign * d[c][r] * s[c])), Math.fround(sign * o[r])];
        });
        expect(read.sform!.slice(0, 3)).toEqual(expected);
        expect(read.affine).toEqual(read.sform);
        read.qform!.flat().forEach((v, i) => {
          expect(v).toBeCloseTo(read.sform!.flat()[i], 4);
        });
      }
    }
  });
});

describe('what nibabel writes', () => {
  testWith(
    missing,
    'every datatype, byte order and form',
    () => {
      const all = nibabel('write', folder);
      expect(all.length).toBe(80);
      for (const { path, affine, values, shape } of all) {
        const { volume, warnings } = readNifti(readFileSync(path));
        expect([...volume.grid.size], path).toEqual(shape);
        expect([...volume.data], path).toEqual(
          (values as number[]).map(path.includes('f8') ? Math.fround : (v) => v),
        );
        expectSamePlace(volume.grid, affine, 1e-3);
        expect(
          warnings.map((w) => w.code),
          path,
        ).toEqual(path.includes('none') ? ['ORIENTATION_MISSING'] : []);
      }
    },
    60_000,
  );
});

describe('real volumes', () => {
  testWith(needs([missing, withoutData]), 'each equals nibabel’s reading and survives our writing', () => {
    const root = join(dataFolder!, 'volumes');
    const paths = (readdirSync(root, { recursive: true }) as string[])
      .filter((p) => /\.nii(\.gz)?$/.test(p))
      .sort();
    expect(paths.length).toBeGreaterThan(0);
    const answers = nibabel('digest', ...paths.map((path) => join(root, path)));
    paths.forEach((path, i) => {
      const { volume } = readNifti(readFileSync(join(root, path)));
      const read = answers[i];
      expect([...volume.grid.size], path).toEqual(read.shape);
      expect(digestOf(volume.data), path).toBe(read.values);
      expectSamePlace(volume.grid, read.affine, 1e-3);
      const again = readNifti(writeNifti(volume)).volume;
      expect(digestOf(again.data), path).toBe(read.values);
      expectSamePlace(again.grid, read.affine, 1e-2);
    });
  });
});

const digestOf = (values: VoxelArray): string =>
  createHash('sha256')
    .update(new Uint8Array(Float32Array.from(values).buffer))
    .digest('hex');
