/** Where a pane's plane cuts the label map of a reading: outlines in patient coordinates. */
import {
  add,
  cross,
  dot,
  type Grid,
  normalise,
  scale,
  subtract,
  toIndex,
  toPatient,
  type Vec3,
  type Volume,
  type VoxelArray,
} from '@promontory/core/geometry';
import { outlinesOfLabels } from '@promontory/core/reading';

export interface CutPlane {
  readonly pointMm: Vec3;
  readonly normal: Vec3;
}

export interface LabelCut {
  readonly value: number;
  /** Regions, the largest first; each closed, first point not repeated, LPS mm. */
  readonly outlines: readonly (readonly Vec3[])[];
}

/** Cosine of 2°: slices that lie so against the plane are shown as they are, others are cut through. */
const PARALLEL = Math.cos((2 * Math.PI) / 180);
/** Lattice of an oblique cut, mm: the working grid of the segmentation is not finer. */
const STEP_MM = 0.8;
/** Regions smaller than this are specks, mm². */
const SPECK_MM2 = 4;
/** Across slices, steps as thick as a slice are evened out by this, pixels of the lattice. */
const OBLIQUE_SMOOTHING = 1.8;
const OBLIQUE_SPECK_MM2 = 25;

/** Parallel planes show the slice that they lie in, if any; others are cut through all slices. */
export function cutLabels(volume: Volume<VoxelArray>, plane: CutPlane): LabelCut[] {
  const { grid } = volume;
  return Math.abs(dot(plane.normal, grid.axes[2])) > PARALLEL
    ? sliceAt(volume, plane)
    : obliqueCut(volume, plane);
}

function sliceAt({ grid, data }: Volume<VoxelArray>, plane: CutPlane): LabelCut[] {
  const [columns, rows, slices] = grid.size;
  const k = Math.round(toIndex(grid, plane.pointMm)[2]);
  if (k < 0 || k >= slices) return [];
  const labels = data.subarray(k * columns * rows, (k + 1) * columns * rows);
  const corner = toPatient(grid, [0, 0, k]);
  return named(labels, columns, rows, [grid.spacingMm[0], grid.spacingMm[1]], ([x, y]) =>
    add(corner, add(scale(grid.axes[0], x), scale(grid.axes[1], y))),
  );
}

function obliqueCut(volume: Volume<VoxelArray>, { pointMm, normal }: CutPlane): LabelCut[] {
  const { grid } = volume;
  // Any two axes of the plane do.
  const u = normalise(cross(normal, Math.abs(normal[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0]));
  const v = cross(normal, u);
  const corners = cornersOf(grid).map((c) => subtract(c, pointMm));
  const [us, vs, ns] = [u, v, normal].map((axis) => corners.map((c) => dot(c, axis)));
  if (Math.min(...ns) > 0 || Math.max(...ns) < 0) return [];
  const [u0, v0] = [Math.min(...us), Math.min(...vs)];
  const columns = Math.ceil((Math.max(...us) - u0) / STEP_MM) + 1;
  const rows = Math.ceil((Math.max(...vs) - v0) / STEP_MM) + 1;
  const origin = add(pointMm, add(scale(u, u0), scale(v, v0)));
  const labels = new Uint8Array(columns * rows);
  const start = toIndex(grid, origin);
  const stepU = subtract(toIndex(grid, add(origin, scale(u, STEP_MM))), start);
  const stepV = subtract(toIndex(grid, add(origin, scale(v, STEP_MM))), start);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      labels[i + columns * j] = labelAt(
        volume,
        start[0] + i * stepU[0] + j * stepV[0],
        start[1] + i * stepU[1] + j * stepV[1],
        start[2] + i * stepU[2] + j * stepV[2],
      );
    }
  }
  return named(
    labels,
    columns,
    rows,
    [STEP_MM, STEP_MM],
    ([x, y]) => add(origin, add(scale(u, x), scale(v, y))),
    { smoothingPixels: OBLIQUE_SMOOTHING, speckMm2: OBLIQUE_SPECK_MM2 },
  );
}

const cornersOf = ({ size: [x, y, z], ...grid }: Grid): Vec3[] =>
  [0, x - 1].flatMap((i) =>
    [0, y - 1].flatMap((j) => [0, z - 1].map((k) => toPatient({ size: [x, y, z], ...grid }, [i, j, k]))),
  );

/** The label with the largest share of the eight voxels around, by trilinear weights; beside the lattice 0. */
function labelAt({ grid, data }: Volume<VoxelArray>, x: number, y: number, z: number): number {
  const [columns, rows, slices] = grid.size;
  if (x < -0.5 || y < -0.5 || z < -0.5 || x > columns - 0.5 || y > rows - 0.5 || z > slices - 0.5) return 0;
  const [i, j, k] = [Math.floor(x), Math.floor(y), Math.floor(z)];
  let best = 0;
  let bestShare = 0;
  const shares = new Map<number, number>();
  for (let corner = 0; corner < 8; corner++) {
    const [di, dj, dk] = [corner & 1, (corner >> 1) & 1, corner >> 2];
    const weight = (di ? x - i : 1 - x + i) * (dj ? y - j : 1 - y + j) * (dk ? z - k : 1 - z + k);
    const label =
      data[clamp(i + di, columns) + columns * (clamp(j + dj, rows) + rows * clamp(k + dk, slices))];
    const share = (shares.get(label) ?? 0) + weight;
    shares.set(label, share);
    if (share > bestShare) [best, bestShare] = [label, share];
  }
  return best;
}
const clamp = (n: number, count: number): number => Math.max(0, Math.min(count - 1, n));

function named(
  labels: ArrayLike<number>,
  columns: number,
  rows: number,
  spacingMm: readonly [number, number],
  place: (p: readonly [number, number]) => Vec3,
  how: { readonly smoothingPixels?: number; readonly speckMm2: number } = { speckMm2: SPECK_MM2 },
): LabelCut[] {
  const inPlane = { columns, rows, spacingMm, originMm: [0, 0] as const };
  return [...outlinesOfLabels({ inPlane, data: labels }, how.smoothingPixels)].flatMap(
    ([value, contours]) => {
      const outlines = contours
        .filter((c) => c.areaMm2 >= how.speckMm2)
        .map(({ outline }) => outline.map(place));
      return outlines.length > 0 ? [{ value, outlines }] : [];
    },
  );
}
