import { add, dot, scale, subtract, type Vec3 } from './vec3.ts';

/**
 * A regular lattice of voxels in patient space. Index (i, j, k) = (column, row, slice); voxel centres lie at
 * `originMm + i·spacingMm[0]·axes[0] + j·spacingMm[1]·axes[1] + k·spacingMm[2]·axes[2]`.
 */
export interface Grid {
  /** Columns, rows, slices. */
  readonly size: readonly [number, number, number];
  /** Distance between neighbouring voxel centres along column index, row index and slice index, mm. */
  readonly spacingMm: readonly [number, number, number];
  /** Centre of voxel (0, 0, 0), LPS mm. */
  readonly originMm: Vec3;
  /** Unit directions of increasing column, row and slice index, LPS. */
  readonly axes: readonly [Vec3, Vec3, Vec3];
}

export type VoxelArray = Uint8Array | Int16Array | Uint16Array | Float32Array;

/** Values on a grid; `data[i + columns * (j + rows * k)]`. */
export interface Volume<A extends VoxelArray = Float32Array> {
  readonly grid: Grid;
  readonly data: A;
}

/** Patient position (LPS mm) of a voxel index; fractions are allowed. */
export function toPatient(grid: Grid, index: Vec3): Vec3 {
  let p = grid.originMm;
  for (let a = 0; a < 3; a++) p = add(p, scale(grid.axes[a], index[a] * grid.spacingMm[a]));
  return p;
}

/** Fractional voxel index of a patient position (LPS mm); assumes orthogonal axes. */
export function toIndex(grid: Grid, positionMm: Vec3): Vec3 {
  const d = subtract(positionMm, grid.originMm);
  return [
    dot(d, grid.axes[0]) / grid.spacingMm[0],
    dot(d, grid.axes[1]) / grid.spacingMm[1],
    dot(d, grid.axes[2]) / grid.spacingMm[2],
  ];
}
