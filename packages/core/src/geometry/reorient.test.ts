import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AxisMapping,
  extractSagittalSlice,
  type Grid,
  invertMapping,
  isIdentity,
  mappingTowards,
  normalise,
  reorientVolume,
  SAGITTAL_AXES,
  toIndex,
  toPatient,
  type Vec3,
  type Volume,
} from './index.ts';

/** A RAS-ordered grid as NIfTI files of the spine often have: i to the right, j to the front, k to the head. */
const RAS: Grid = {
  size: [3, 5, 4],
  spacingMm: [4, 1, 2],
  originMm: [10, 20, 30],
  axes: [
    [-1, 0, 0],
    [0, -1, 0],
    [0, 0, 1],
  ],
};
/** Every voxel carries its own place, so a wrong move shows. */
function placed(grid: Grid): Volume<Float32Array> {
  const [ni, nj, nk] = grid.size;
  const data = new Float32Array(ni * nj * nk);
  for (let k = 0, at = 0; k < nk; k++)
    for (let j = 0; j < nj; j++)
      for (let i = 0; i < ni; i++) {
        const [x, y, z] = toPatient(grid, [i, j, k]);
        data[at++] = x + 100 * y + 10_000 * z;
      }
  return { grid, data };
}

describe('reorientVolume', () => {
  it('brings a RAS volume to head up, front left, slices from the left', () => {
    const volume = reorientVolume(placed(RAS), mappingTowards(RAS));
    expect(volume.grid.axes).toEqual(SAGITTAL_AXES.map((axis) => axis.map((c) => expect.closeTo(c, 12))));
    expect(volume.grid.size).toEqual([5, 4, 3]);
    expect(volume.grid.spacingMm).toEqual([1, 2, 4]);
    expect([...volume.data]).toEqual([...placed(volume.grid).data]);
  });

  it('moves voxels but never in the patient, and can be undone (property)', () => {
    const permutations = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...permutations),
        fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
        (from, flip) => {
          const mapping: AxisMapping = { from, flip };
          const volume = placed(RAS);
          const moved = reorientVolume(volume, mapping);
          expect([...moved.data]).toEqual([...placed(moved.grid).data]);
          const back = reorientVolume(moved, invertMapping(mapping));
          expect([...back.data]).toEqual([...volume.data]);
          expect(back.grid).toEqual(volume.grid);
        },
      ),
    );
  });

  it('leaves a plain sagittal stack as it is', () => {
    const grid: Grid = { ...RAS, axes: SAGITTAL_AXES };
    expect(isIdentity(mappingTowards(grid))).toBe(true);
    const volume = placed(grid);
    expect(reorientVolume(volume, mappingTowards(grid))).toBe(volume);
  });

  it('finds the axis nearest to left-right in an oblique volume', () => {
    const lr = normalise([0.9, 0.3, -0.2]);
    const hf = normalise([0.2, 0.05, 0.975]);
    const k: Vec3 = [
      lr[1] * hf[2] - lr[2] * hf[1],
      lr[2] * hf[0] - lr[0] * hf[2],
      lr[0] * hf[1] - lr[1] * hf[0],
    ];
    const mapping = mappingTowards({ ...RAS, axes: [hf, normalise(k), lr] });
    expect(mapping.from).toEqual([1, 0, 2]);
    expect(mapping.flip).toEqual([k[1] < 0, true, true]);
  });
});

describe('extractSagittalSlice', () => {
  it('gives the same pixels as the reoriented volume, with their place', () => {
    const volume = placed(RAS);
    const whole = reorientVolume(volume, mappingTowards(RAS));
    for (let k = 0; k < 3; k++) {
      const slice = extractSagittalSlice(volume, k);
      expect([...slice.data]).toEqual([...whole.data.slice(k * 20, (k + 1) * 20)]);
      expect(toIndex(whole.grid, toPatient(slice.grid, [2, 1, 0]))).toEqual(
        [2, 1, k].map((v) => expect.closeTo(v, 9)),
      );
    }
    expect(extractSagittalSlice(volume, 0).inPlane).toEqual({
      columns: 5,
      rows: 4,
      spacingMm: [1, 2],
      originMm: [0, 0],
    });
  });

  it('refuses a slice that is not there', () => {
    expect(() => extractSagittalSlice(placed(RAS), 3)).toThrow(/no sagittal slice 3/);
    expect(() => extractSagittalSlice({ grid: RAS, data: new Float32Array(7) }, 0)).toThrow(/7 values/);
  });
});
