import { Fault } from '../fault/index.ts';
import { type Grid, toPatient, type Volume, type VoxelArray } from './grid.ts';
import type { InPlaneGrid } from './in-plane.ts';
import { dot, scale, type Vec3 } from './vec3.ts';

/** A reordering of a lattice's axes without interpolation: new axis `a` is old axis `from[a]`, reversed where `flip[a]`. */
export interface AxisMapping {
  readonly from: readonly [number, number, number];
  readonly flip: readonly [boolean, boolean, boolean];
}

/**
 * How a sagittal slice is shown: columns run to the back, rows to the feet (head up, front on the left), and slices
 * from the patient's left to the right, which makes the axes right-handed. It is also the order of a plain sagittal
 * DICOM stack.
 */
export const SAGITTAL_AXES: readonly [Vec3, Vec3, Vec3] = [
  [0, 1, 0],
  [0, 0, -1],
  [-1, 0, 0],
];

/** How an axial slice is shown: columns to the patient's left, rows to the back, slices to the head. */
export const AXIAL_AXES: readonly [Vec3, Vec3, Vec3] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

const PERMUTATIONS: readonly (readonly [number, number, number])[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/**
 * The mapping that brings the axes of a grid as near as possible to the wanted directions (LPS, unit). With
 * `keepSliceAxis` the third axis stays the third, however oblique it is.
 */
export function mappingTowards(
  grid: Grid,
  wanted: readonly [Vec3, Vec3, Vec3] = SAGITTAL_AXES,
  keepSliceAxis = false,
): AxisMapping {
  let best = PERMUTATIONS[0];
  let bestFit = Number.NEGATIVE_INFINITY;
  for (const from of PERMUTATIONS) {
    if (keepSliceAxis && from[2] !== 2) continue;
    const fit = from.reduce((sum, axis, a) => sum + Math.abs(dot(grid.axes[axis], wanted[a])), 0);
    if (fit > bestFit + 1e-9) {
      best = from;
      bestFit = fit;
    }
  }
  const flip = best.map((axis, a) => dot(grid.axes[axis], wanted[a]) < 0);
  return { from: best, flip: [flip[0], flip[1], flip[2]] };
}

/** Whether a mapping changes nothing. */
export function isIdentity(mapping: AxisMapping): boolean {
  return mapping.from.every((axis, a) => axis === a) && !mapping.flip.some(Boolean);
}

/** The mapping that undoes `mapping`. */
export function invertMapping(mapping: AxisMapping): AxisMapping {
  const from: [number, number, number] = [0, 0, 0];
  const flip: [boolean, boolean, boolean] = [false, false, false];
  mapping.from.forEach((axis, a) => {
    from[axis] = a;
    flip[axis] = mapping.flip[a];
  });
  return { from, flip };
}

/** The same lattice of points with its axes reordered. */
export function reorientGrid(grid: Grid, mapping: AxisMapping): Grid {
  const corner: [number, number, number] = [0, 0, 0];
  mapping.from.forEach((axis, a) => {
    if (mapping.flip[a]) corner[axis] = grid.size[axis] - 1;
  });
  const axis = (a: 0 | 1 | 2): Vec3 => {
    const old = grid.axes[mapping.from[a]];
    return mapping.flip[a] ? scale(old, -1) : old;
  };
  const pick = (values: readonly [number, number, number]): [number, number, number] => [
    values[mapping.from[0]],
    values[mapping.from[1]],
    values[mapping.from[2]],
  ];
  return {
    size: pick(grid.size),
    spacingMm: pick(grid.spacingMm),
    originMm: toPatient(grid, corner),
    axes: [axis(0), axis(1), axis(2)],
  };
}

/**
 * Reorders the voxels of a volume; every value keeps its place in the patient. With the identity the volume itself is
 * returned. Undo with `invertMapping`.
 * @throws Fault `PIXELS_INCONSISTENT` if the data does not fit the grid.
 */
export function reorientVolume<A extends VoxelArray>(volume: Volume<A>, mapping: AxisMapping): Volume<A> {
  checkSize(volume);
  if (isIdentity(mapping)) return volume;
  const grid = reorientGrid(volume.grid, mapping);
  const data = new (volume.data.constructor as new (length: number) => A)(volume.data.length);
  const { start, strides } = walk(volume.grid, mapping);
  const [ni, nj, nk] = grid.size;
  let at = 0;
  for (let k = 0; k < nk; k++) {
    for (let j = 0; j < nj; j++) {
      let source = start + k * strides[2] + j * strides[1];
      for (let i = 0; i < ni; i++, source += strides[0]) data[at++] = volume.data[source];
    }
  }
  return { grid, data };
}

/** One slice of a volume with its place: `grid` has one slice, `inPlane` starts at the centre of the first pixel. */
export interface SliceImage {
  readonly data: Float32Array;
  readonly inPlane: InPlaneGrid;
  readonly grid: Grid;
}

/**
 * Sagittal slice `k` of a volume whose axes may stand in any order: head up, front on the left; `k` counts from the
 * patient's left. Nothing is interpolated.
 * @throws Fault `PIXELS_INCONSISTENT` if there is no slice `k` or the data does not fit the grid.
 */
export function extractSagittalSlice(volume: Volume<VoxelArray>, k: number): SliceImage {
  checkSize(volume);
  const mapping = mappingTowards(volume.grid);
  const grid = reorientGrid(volume.grid, mapping);
  const [columns, rows, slices] = grid.size;
  if (!Number.isInteger(k) || k < 0 || k >= slices) {
    throw new Fault('PIXELS_INCONSISTENT', `There is no sagittal slice ${k} among ${slices}.`);
  }
  const { start, strides } = walk(volume.grid, mapping);
  const data = new Float32Array(columns * rows);
  for (let j = 0, at = 0; j < rows; j++) {
    let source = start + k * strides[2] + j * strides[1];
    for (let i = 0; i < columns; i++, source += strides[0]) data[at++] = volume.data[source];
  }
  return {
    data,
    inPlane: { columns, rows, spacingMm: [grid.spacingMm[0], grid.spacingMm[1]], originMm: [0, 0] },
    grid: { ...grid, size: [columns, rows, 1], originMm: toPatient(grid, [0, 0, k]) },
  };
}

/** Where the reordered voxel (0, 0, 0) lies in the old data, and the old stride along each new axis. */
function walk(grid: Grid, mapping: AxisMapping): { start: number; strides: number[] } {
  const old = [1, grid.size[0], grid.size[0] * grid.size[1]];
  let start = 0;
  const strides = mapping.from.map((axis, a) => {
    if (mapping.flip[a]) start += (grid.size[axis] - 1) * old[axis];
    return mapping.flip[a] ? -old[axis] : old[axis];
  });
  return { start, strides };
}

function checkSize(volume: Volume<VoxelArray>): void {
  const [i, j, k] = volume.grid.size;
  if (volume.data.length !== i * j * k) {
    throw new Fault(
      'PIXELS_INCONSISTENT',
      `A volume of ${i} × ${j} × ${k} has ${volume.data.length} values.`,
    );
  }
}
