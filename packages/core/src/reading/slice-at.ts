import { type InPlaneGrid, type SliceImage, scale, toPatient, type Volume } from '../geometry/index.ts';

/**
 * Slice `k` of a volume as an image at the pixel size that its series is worked at. Where that size is not the grid's
 * own, a working millimetre is not one of the patient, and the axes carry the factor.
 */
export function sliceAt(
  { grid, data }: Volume,
  workingSpacingMm: readonly [number, number],
  k: number,
): SliceImage {
  const [columns, rows] = grid.size;
  const inPlane: InPlaneGrid = { columns, rows, spacingMm: workingSpacingMm, originMm: [0, 0] };
  const factor = [0, 1].map((a) => grid.spacingMm[a] / workingSpacingMm[a]);
  return {
    data: data.subarray(k * columns * rows, (k + 1) * columns * rows),
    inPlane,
    grid: {
      size: [columns, rows, 1],
      spacingMm: [workingSpacingMm[0], workingSpacingMm[1], grid.spacingMm[2]],
      originMm: toPatient(grid, [0, 0, k]),
      axes: [scale(grid.axes[0], factor[0]), scale(grid.axes[1], factor[1]), grid.axes[2]],
    },
  };
}
