import { Fault } from '../../fault/index.ts';
import { dot, type Grid, type Point2, subtract, type Volume, type VoxelArray } from '../../geometry/index.ts';
import type { Polygon, SagittalPlane } from '../../spine/index.ts';

/**
 * Paints a polygon of a sagittal plane into slice `k` of a volume of labels: every pixel whose centre lies inside
 * (even-odd rule) gets `value`, whatever it held. Parts beyond the slice are left out. The slice may be turned within
 * the plane and have any axis order; its distance from the plane is the caller's business.
 *
 * @returns how many pixels were painted
 * @throws Fault `PIXELS_INCONSISTENT` when there is no slice `k` or the slice stands at a right angle to the plane.
 */
export function paintPolygon(
  volume: Volume<VoxelArray>,
  k: number,
  plane: SagittalPlane,
  polygon: Polygon,
  value: number,
): number {
  const [columns, rows, slices] = volume.grid.size;
  if (!Number.isInteger(k) || k < 0 || k >= slices) {
    throw new Fault('PIXELS_INCONSISTENT', `There is no slice ${k} among ${slices} to paint in.`);
  }
  const outline = polygon.map(pixelOf(volume.grid, k, plane));
  const start = columns * rows * k;
  let painted = 0;
  for (let j = 0; j < rows; j++) {
    const cuts = rowCuts(outline, j);
    for (let c = 0; c + 1 < cuts.length; c += 2) {
      const first = Math.max(0, Math.ceil(cuts[c]));
      const last = Math.min(columns - 1, Math.ceil(cuts[c + 1]) - 1);
      for (let i = first; i <= last; i++) {
        volume.data[start + i + columns * j] = value;
        painted++;
      }
    }
  }
  return painted;
}

/** Where a row of pixel centres crosses the outline, ascending. */
function rowCuts(outline: readonly Point2[], j: number): number[] {
  const cuts: number[] = [];
  for (let e = 0; e < outline.length; e++) {
    const a = outline[e];
    const b = outline[(e + 1) % outline.length];
    if (a[1] <= j !== b[1] <= j) cuts.push(a[0] + ((j - a[1]) / (b[1] - a[1])) * (b[0] - a[0]));
  }
  return cuts.sort((x, y) => x - y);
}

/** From plane coordinates to fractional (column, row) of slice `k`. */
function pixelOf(grid: Grid, k: number, plane: SagittalPlane): (p: Point2) => Point2 {
  const corner = subtract(
    [0, 1, 2].map(
      (c) => grid.originMm[c] + k * grid.spacingMm[2] * grid.axes[2][c],
    ) as unknown as Grid['originMm'],
    plane.originMm,
  );
  const [u0, v0] = [dot(corner, plane.uAxis), dot(corner, plane.vAxis)];
  const iu = dot(grid.axes[0], plane.uAxis) * grid.spacingMm[0];
  const iv = dot(grid.axes[0], plane.vAxis) * grid.spacingMm[0];
  const ju = dot(grid.axes[1], plane.uAxis) * grid.spacingMm[1];
  const jv = dot(grid.axes[1], plane.vAxis) * grid.spacingMm[1];
  const det = iu * jv - iv * ju;
  if (Math.abs(det) < 1e-3 * grid.spacingMm[0] * grid.spacingMm[1]) {
    throw new Fault('PIXELS_INCONSISTENT', 'The slice stands at a right angle to the plane of the outlines.');
  }
  return ([u, v]) => {
    const du = u - u0;
    const dv = v - v0;
    return [(du * jv - dv * ju) / det, (dv * iu - du * iv) / det];
  };
}
