import { type Point2, polygonArea, polygonCentroid, principalAxes } from '../../geometry/index.ts';
import type { Polygon } from '../../spine/index.ts';
import type { PlaneMap } from '../contours/index.ts';

/** A crop shows 64 × 40 mm about the disc, the disc lying level, front on the left; a bit more behind than in front. */
export const CROP = { columns: 128, rows: 80, spacingMm: 0.5, shiftBackMm: 4 } as const;

/** Where a disc lies in its slice and how it is turned. */
export interface DiscPose {
  /** Centre of the disc's outline, mm in the plane. */
  readonly centre: Point2;
  /** Unit vector along the disc towards the back. */
  readonly along: Point2;
  /** Units of the plane in a millimetre: 1, or an estimate where the pixel size is not known. */
  readonly unitsPerMm: number;
}

/** Pose of a disc by its outline's long axis; `undefined` for an outline without area. */
export function poseOf(outline: Polygon, unitsPerMm = 1): DiscPose | undefined {
  const centre = polygonCentroid(outline);
  const axes = polygonArea(outline) > 0 ? principalAxes(outline) : undefined;
  if (centre === undefined || axes === undefined) return undefined;
  const [u, v] = axes.long;
  return { centre, along: u < 0 ? [-u, -v] : [u, v], unitsPerMm };
}

/** A lumbar disc is about this deep; with an unknown pixel size a spine is scaled so that its discs are. */
const USUAL_DEPTH_MM = 37;

/** Units of the plane in a millimetre, from the depth of the discs alone; only for looking, never for measuring. */
export function unitsByDiscDepth(outlines: readonly Polygon[]): number {
  const depths = outlines
    .map((o) => principalAxes(o)?.longSd)
    .filter((sd) => sd !== undefined)
    .map((sd) => sd * Math.sqrt(12))
    .sort((a, b) => a - b);
  const typical = depths[Math.floor(depths.length / 2)];
  return typical === undefined ? 1 : typical / USUAL_DEPTH_MM;
}

/**
 * Bilinear crop about a disc, `rows × columns` values row by row; 0 outside the slice.
 * @param level what counts as 0 and as 1 in the crop, so that a slice's own scale does not matter
 */
export function cropDisc(
  slice: PlaneMap,
  pose: DiscPose,
  level: { readonly zero: number; readonly one: number },
): Float32Array {
  const { columns, rows } = CROP;
  const spacing = CROP.spacingMm * pose.unitsPerMm;
  const shiftBack = CROP.shiftBackMm * pose.unitsPerMm;
  const { inPlane, data } = slice;
  const [au, av] = pose.along;
  const range = Math.max(level.one - level.zero, 1e-6);
  const crop = new Float32Array(columns * rows);
  for (let j = 0; j < rows; j++) {
    const down = (j - (rows - 1) / 2) * spacing;
    for (let i = 0; i < columns; i++) {
      const back = (i - (columns - 1) / 2) * spacing + shiftBack;
      const u = pose.centre[0] + back * au - down * av;
      const v = pose.centre[1] + back * av + down * au;
      const x = (u - inPlane.originMm[0]) / inPlane.spacingMm[0];
      const y = (v - inPlane.originMm[1]) / inPlane.spacingMm[1];
      const x0 = Math.floor(x);
      const y0 = Math.floor(y);
      if (x0 < 0 || y0 < 0 || x0 >= inPlane.columns - 1 || y0 >= inPlane.rows - 1) continue;
      const at = x0 + inPlane.columns * y0;
      const fx = x - x0;
      const fy = y - y0;
      const top = data[at] + fx * (data[at + 1] - data[at]);
      const bottom =
        data[at + inPlane.columns] + fx * (data[at + inPlane.columns + 1] - data[at + inPlane.columns]);
      crop[j * columns + i] = Math.min(2, Math.max(-1, (top + fy * (bottom - top) - level.zero) / range));
    }
  }
  return crop;
}
