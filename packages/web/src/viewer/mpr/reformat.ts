/** Slices in any direction out of a stack, by linear interpolation between its pixels and between its slices. */
import { cross, dot, scale, subtract, type Vec3 } from '@promontory/core/geometry';
import { type ImagePlane, type PixelFrame, pixelToPatient, type SeriesView } from '../../images/index.ts';
import { cornersOf } from '../geometry/reference-line.ts';

/** Turns of the three planes about the patient's axes, degrees. */
export interface Turns {
  /** About the left–right axis: positive turns the front of the axial plane to the feet. */
  readonly tiltDeg: number;
  /** About the front–back axis: positive lowers the patient's left. */
  readonly leanDeg: number;
  /** About the head–foot axis: positive turns the front to the left. */
  readonly turnDeg: number;
}

export const UPRIGHT: Turns = { tiltDeg: 0, leanDeg: 0, turnDeg: 0 };

export const MPR_PLANES = ['sagittal', 'axial', 'coronal'] as const;
export type MprPlane = (typeof MPR_PLANES)[number];

/** Parallel slices of one matrix at even distances: what can be reformatted. */
export const canBeReformatted = (series: SeriesView): boolean =>
  series.stepMm !== undefined &&
  series.frames.length >= 3 &&
  series.frames.every(({ plane }) => plane.isLocated);

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** The patient's axes (left, back, head), turned. */
export function turnedAxes({ tiltDeg, leanDeg, turnDeg }: Turns): readonly [Vec3, Vec3, Vec3] {
  const turned = (v: Vec3): Vec3 => {
    const [ca, sa] = [Math.cos(radians(tiltDeg)), Math.sin(radians(tiltDeg))];
    const a: Vec3 = [v[0], ca * v[1] - sa * v[2], sa * v[1] + ca * v[2]];
    const [cb, sb] = [Math.cos(radians(leanDeg)), Math.sin(radians(leanDeg))];
    const b: Vec3 = [cb * a[0] + sb * a[2], a[1], -sb * a[0] + cb * a[2]];
    const [cc, sc] = [Math.cos(radians(turnDeg)), Math.sin(radians(turnDeg))];
    return [cc * b[0] - sc * b[1], sc * b[0] + cc * b[1], b[2]];
  };
  return [turned([1, 0, 0]), turned([0, 1, 0]), turned([0, 0, 1])];
}

/** Distance between reformatted slices, mm: far below the thickness of what they are made of. */
const STEP_MM = 1;
/** One slice takes some 30 ms with this many pixels: matrices beyond 512 are sampled more coarsely, so that scrolling stays smooth. */
const MOST_PIXELS = 450_000;

/** The planes of all slices in one direction that meet the stack, in the order of reading. */
export function reformattedPlanes(series: SeriesView, kind: MprPlane, turns: Turns): ImagePlane[] {
  const [left, back, head] = turnedAxes(turns);
  const [right, down] =
    kind === 'sagittal' ? [back, scale(head, -1)] : kind === 'axial' ? [left, back] : [left, scale(head, -1)];
  const normal = cross(right, down);
  const corners = series.frames.flatMap(({ plane }) => cornersOf(plane));
  const span = (axis: Vec3): readonly [number, number] => {
    const places = corners.map((corner) => dot(corner, axis));
    return [Math.min(...places), Math.max(...places)];
  };
  const [fromX, toX] = span(right);
  const [fromY, toY] = span(down);
  const [fromZ, toZ] = span(normal);
  const pixelMm = Math.max(
    Math.min(...series.frames[0].plane.spacingMm),
    Math.sqrt(((toX - fromX) * (toY - fromY)) / MOST_PIXELS),
  );
  const count = Math.max(1, Math.floor((toZ - fromZ) / STEP_MM) + 1);
  const first = (fromZ + toZ - (count - 1) * STEP_MM) / 2;
  const at = (x: number, y: number, z: number): Vec3 => [
    right[0] * x + down[0] * y + normal[0] * z,
    right[1] * x + down[1] * y + normal[1] * z,
    right[2] * x + down[2] * y + normal[2] * z,
  ];
  const planes = Array.from(
    { length: count },
    (_, k): ImagePlane => ({
      rows: Math.max(1, Math.round((toY - fromY) / pixelMm)),
      columns: Math.max(1, Math.round((toX - fromX) / pixelMm)),
      originMm: at(fromX + pixelMm / 2, fromY + pixelMm / 2, first + k * STEP_MM),
      rowDirection: right,
      columnDirection: down,
      normal,
      spacingMm: [pixelMm, pixelMm],
      isSpacingKnown: series.frames[0].plane.isSpacingKnown,
      isLocated: true,
      thicknessMm: STEP_MM,
    }),
  );
  // Right to left, head to foot, front to back: these normals run to the right, to the head, to the back.
  return kind === 'coronal' ? planes : planes.reverse();
}

/** A stack with its pixels. `slices` are those of `series.frames`, in order. */
export interface PixelStack {
  readonly series: SeriesView;
  readonly slices: readonly PixelFrame[];
}

/**
 * One slice of a stack; black (its least value) outside. Each pixel is interpolated in the two source slices that it
 * lies between, each by its own plane: right for stacks that are stacked off their normal too. Beyond the outermost
 * slices' middles their values hold for half a step.
 */
export function reformat({ series, slices }: PixelStack, plane: ImagePlane): PixelFrame {
  const { frames, stepMm = 1 } = series;
  const source = frames[0].plane;
  const last = frames.length - 1;
  const forward = dot(subtract(frames[last].plane.originMm, source.originMm), source.normal) >= 0 ? 1 : -1;
  const least = Math.min(...slices.map(({ min }) => min));
  const values = new Float32Array(plane.rows * plane.columns).fill(least);
  const index = (point: Vec3, of: ImagePlane): readonly [number, number] => {
    const away = subtract(point, of.originMm);
    return [dot(away, of.rowDirection) / of.spacingMm[0], dot(away, of.columnDirection) / of.spacingMm[1]];
  };
  // All indices run evenly along a row of the slice: their starts and steps suffice.
  const [stepU, stepV] = index(pixelToPatient(plane, 1, 0), { ...source, originMm: plane.originMm });
  const stepS = (forward * dot(plane.rowDirection, source.normal) * plane.spacingMm[0]) / stepMm;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < plane.rows; row++) {
    const start = pixelToPatient(plane, 0, row);
    const startS = (forward * dot(subtract(start, source.originMm), source.normal)) / stepMm;
    const starts = frames.map((frame) => index(start, frame.plane));
    for (let column = 0; column < plane.columns; column++) {
      const s = startS + column * stepS;
      if (s < -0.5 || s > last + 0.5) continue;
      const below = Math.min(last, Math.max(0, Math.floor(s)));
      const above = Math.min(last, below + 1);
      const share = Math.min(1, Math.max(0, s - below));
      const at = (k: number) =>
        sample(slices[k], starts[k][0] + column * stepU, starts[k][1] + column * stepV);
      const a = at(below);
      const b = share === 0 ? a : at(above);
      if (a === undefined || b === undefined) continue;
      const value = a + (b - a) * share;
      values[row * plane.columns + column] = value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return {
    rows: plane.rows,
    columns: plane.columns,
    values,
    min: Math.min(least, min),
    max: Math.max(least, max),
    isInverted: slices[0].isInverted,
  };
}

/** Bilinear; the outermost pixels hold for half a pixel beyond their centres. */
function sample({ values, rows, columns }: PixelFrame, u: number, v: number): number | undefined {
  if (u < -0.5 || v < -0.5 || u > columns - 0.5 || v > rows - 0.5) return undefined;
  const x = Math.min(columns - 1, Math.max(0, u));
  const y = Math.min(rows - 1, Math.max(0, v));
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const x1 = Math.min(columns - 1, x0 + 1);
  const y1 = Math.min(rows - 1, y0 + 1);
  const top = values[y0 * columns + x0] * (1 - x + x0) + values[y0 * columns + x1] * (x - x0);
  const bottom = values[y1 * columns + x0] * (1 - x + x0) + values[y1 * columns + x1] * (x - x0);
  return top * (1 - y + y0) + bottom * (y - y0);
}
