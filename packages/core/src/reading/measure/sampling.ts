import { boundsOf, crossings, type Polygon2 } from '../../geometry/index.ts';
import type { PlanePoint } from '../../spine/index.ts';
import type { PlaneMap } from '../contours/index.ts';

/** Signal at a place in the plane (mm), linear between pixel centres; `undefined` beyond them. */
export function signalAt({ inPlane, data }: PlaneMap, [u, v]: PlanePoint): number | undefined {
  const x = (u - inPlane.originMm[0]) / inPlane.spacingMm[0];
  const y = (v - inPlane.originMm[1]) / inPlane.spacingMm[1];
  const i = Math.min(Math.floor(x), inPlane.columns - 2);
  const j = Math.min(Math.floor(y), inPlane.rows - 2);
  if (i < 0 || j < 0 || x > inPlane.columns - 1 || y > inPlane.rows - 1) return undefined;
  const at = i + inPlane.columns * j;
  const s = x - i;
  const t = y - j;
  const value =
    (1 - t) * ((1 - s) * data[at] + s * data[at + 1]) +
    t * ((1 - s) * data[at + inPlane.columns] + s * data[at + inPlane.columns + 1]);
  return Number.isFinite(value) ? value : undefined;
}

/** A pixel: the place of its centre and its value. */
export interface Pixel {
  readonly place: PlanePoint;
  readonly value: number;
}

/** The pixels whose centres lie inside a polygon (even-odd rule), row by row; values that are not numbers are left out. */
export function pixelsInside(map: PlaneMap, polygon: Polygon2): Pixel[] {
  const { originMm, spacingMm, columns, rows } = map.inPlane;
  const bounds = boundsOf(polygon);
  if (bounds === undefined) return [];
  const first = Math.max(0, Math.ceil((bounds.min[1] - originMm[1]) / spacingMm[1]));
  const last = Math.min(rows - 1, Math.floor((bounds.max[1] - originMm[1]) / spacingMm[1]));
  const pixels: Pixel[] = [];
  for (let j = first; j <= last; j++) {
    const v = originMm[1] + j * spacingMm[1];
    const cuts = crossings(polygon, { point: [originMm[0], v], direction: [1, 0] });
    for (let c = 0; c + 1 < cuts.length; c += 2) {
      const from = Math.max(0, Math.ceil(cuts[c] / spacingMm[0]));
      const to = Math.min(columns - 1, Math.floor(cuts[c + 1] / spacingMm[0]));
      for (let i = from; i <= to; i++) {
        const value = map.data[i + columns * j];
        if (Number.isFinite(value)) pixels.push({ place: [originMm[0] + i * spacingMm[0], v], value });
      }
    }
  }
  return pixels;
}

export const valuesInside = (map: PlaneMap, polygon: Polygon2): number[] =>
  pixelsInside(map, polygon).map((p) => p.value);

/** Area of one pixel, mm². */
export const pixelAreaMm2 = ({ inPlane }: PlaneMap): number => inPlane.spacingMm[0] * inPlane.spacingMm[1];

/** Value below which a share of the values lies (linear between ranks). `NaN` for none. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Robust standard deviation: 1.4826 × the median distance from the median. */
export function robustSd(values: readonly number[]): number {
  const centre = median(values);
  return 1.4826 * median(values.map((v) => Math.abs(v - centre)));
}

/**
 * Standard error of a quantile from the ranks one standard deviation to either side of it. Neighbouring pixels of a
 * magnetic resonance image are not independent (interpolated k-space, filters): four count as one.
 */
export function quantileError(values: readonly number[], share: number): number {
  if (values.length < 2) return Number.POSITIVE_INFINITY;
  const effective = Math.max(1, values.length / PIXELS_PER_INDEPENDENT_VALUE);
  const ranks = Math.sqrt((share * (1 - share)) / effective);
  return (quantile(values, Math.min(1, share + ranks)) - quantile(values, Math.max(0, share - ranks))) / 2;
}

const PIXELS_PER_INDEPENDENT_VALUE = 4;
