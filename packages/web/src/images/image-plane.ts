import { dot, readOrientation, type SliceGeometry, type Vec3 } from '@promontory/core/geometry';
import type { ImagePlane } from './study-images.ts';

/** Head up, front on the left: stands in for images that do not say how they lie. */
const NOMINAL: readonly [Vec3, Vec3, Vec3] = [
  [0, 1, 0],
  [0, 0, -1],
  [-1, 0, 0],
];

const isPositive = (x: number | undefined): x is number => x !== undefined && Number.isFinite(x) && x > 0;

/** @param stepMm distance to the neighbouring slice, where it is known */
export function imagePlane(geometry: SliceGeometry, stepMm: number | undefined): ImagePlane {
  const axes = readOrientation(geometry.imageOrientationPatient);
  const [x, y, z] = geometry.imagePositionPatient ?? [];
  const hasPosition = [x, y, z].every(Number.isFinite);
  const [betweenRows, betweenColumns] = geometry.pixelSpacing ?? [];
  const isSpacingKnown = isPositive(betweenRows) && isPositive(betweenColumns);
  const [rowDirection, columnDirection, normal] = axes ?? NOMINAL;
  const thickness = [geometry.sliceThicknessMm, stepMm, geometry.spacingBetweenSlicesMm].find(isPositive);
  return {
    rows: geometry.rows,
    columns: geometry.columns,
    originMm: hasPosition ? [x as number, y as number, z as number] : [0, 0, 0],
    rowDirection,
    columnDirection,
    normal,
    spacingMm: isSpacingKnown ? [betweenColumns, betweenRows] : [1, 1],
    isSpacingKnown,
    isLocated: axes !== undefined && hasPosition,
    thicknessMm: thickness ?? 1,
  };
}

/** Patient position (LPS mm) of a pixel; fractions are allowed, (0, 0) is the centre of the first. */
export function pixelToPatient(plane: ImagePlane, column: number, row: number): Vec3 {
  const { originMm: o, rowDirection: r, columnDirection: c, spacingMm } = plane;
  const u = column * spacingMm[0];
  const v = row * spacingMm[1];
  return [o[0] + u * r[0] + v * c[0], o[1] + u * r[1] + v * c[1], o[2] + u * r[2] + v * c[2]];
}

/** Fractional column, row of a point, and how far it lies off the plane along its normal, mm. */
export function patientToPixel(
  plane: ImagePlane,
  point: Vec3,
): { column: number; row: number; offMm: number } {
  const away: Vec3 = [
    point[0] - plane.originMm[0],
    point[1] - plane.originMm[1],
    point[2] - plane.originMm[2],
  ];
  return {
    column: dot(away, plane.rowDirection) / plane.spacingMm[0],
    row: dot(away, plane.columnDirection) / plane.spacingMm[1],
    offMm: dot(away, plane.normal),
  };
}

/** Centre of the image: between its pixels where their number is even. */
export const planeCentre = (plane: ImagePlane): Vec3 =>
  pixelToPatient(plane, (plane.columns - 1) / 2, (plane.rows - 1) / 2);
