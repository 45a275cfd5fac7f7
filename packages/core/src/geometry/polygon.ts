import { cross2, distance2, type Point2, subtract2 } from './plane2.ts';

/** A closed polygon, first point not repeated, any orientation. */
export type Polygon2 = readonly Point2[];

/** Area with the sign of its orientation: positive when it runs from the first axis towards the second. Zero below three points. */
export function signedArea(polygon: Polygon2): number {
  let twice = 0;
  for (let i = 0; i < polygon.length; i++) twice += cross2(polygon[i], polygon[(i + 1) % polygon.length]);
  return twice / 2;
}

export const polygonArea = (polygon: Polygon2): number => Math.abs(signedArea(polygon));

/** Length of the outline. */
export function perimeter(polygon: Polygon2): number {
  let sum = 0;
  for (let i = 0; i < polygon.length; i++) sum += distance2(polygon[i], polygon[(i + 1) % polygon.length]);
  return sum;
}

/** Centre of area; the mean of the points where the area is zero; `undefined` for no points. */
export function polygonCentroid(polygon: Polygon2): Point2 | undefined {
  if (polygon.length === 0) return undefined;
  // Relative to the first point, so that a small polygon far from the origin keeps its digits.
  const origin = polygon[0];
  let [twice, x, y] = [0, 0, 0];
  for (let i = 0; i < polygon.length; i++) {
    const a = subtract2(polygon[i], origin);
    const b = subtract2(polygon[(i + 1) % polygon.length], origin);
    const c = cross2(a, b);
    twice += c;
    x += (a[0] + b[0]) * c;
    y += (a[1] + b[1]) * c;
  }
  if (Math.abs(twice) > 1e-12) return [origin[0] + x / (3 * twice), origin[1] + y / (3 * twice)];
  const n = polygon.length;
  return [polygon.reduce((s, p) => s + p[0], 0) / n, polygon.reduce((s, p) => s + p[1], 0) / n];
}

/** Principal axes of the enclosed area: unit directions and standard deviations along them, the longer first. */
export interface PrincipalAxes {
  readonly centroid: Point2;
  readonly long: Point2;
  readonly short: Point2;
  readonly longSd: number;
  readonly shortSd: number;
}

/**
 * Principal axes from the second moments of the area (Green's theorem). A rectangle a × b has standard deviations
 * a/√12 and b/√12. `undefined` for a polygon without area.
 */
export function principalAxes(polygon: Polygon2): PrincipalAxes | undefined {
  const centroid = polygonCentroid(polygon);
  const area = signedArea(polygon);
  if (centroid === undefined || Math.abs(area) < 1e-12) return undefined;
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < polygon.length; i++) {
    const a = subtract2(polygon[i], centroid);
    const b = subtract2(polygon[(i + 1) % polygon.length], centroid);
    const c = cross2(a, b);
    xx += c * (a[0] * a[0] + a[0] * b[0] + b[0] * b[0]);
    yy += c * (a[1] * a[1] + a[1] * b[1] + b[1] * b[1]);
    xy += c * (a[0] * b[1] + 2 * a[0] * a[1] + 2 * b[0] * b[1] + b[0] * a[1]);
  }
  xx /= 12 * area;
  yy /= 12 * area;
  xy /= 24 * area;
  const angle = Math.atan2(2 * xy, xx - yy) / 2;
  const mean = (xx + yy) / 2;
  const spread = Math.hypot((xx - yy) / 2, xy);
  return {
    centroid,
    long: [Math.cos(angle), Math.sin(angle)],
    short: [-Math.sin(angle), Math.cos(angle)],
    longSd: Math.sqrt(Math.max(0, mean + spread)),
    shortSd: Math.sqrt(Math.max(0, mean - spread)),
  };
}

/** Even-odd rule. A point exactly on the outline may count to either side. */
export function containsPoint(polygon: Polygon2, p: Point2): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const a = polygon[i];
    const b = polygon[j];
    if (a[1] > p[1] !== b[1] > p[1] && p[0] < a[0] + ((p[1] - a[1]) / (b[1] - a[1])) * (b[0] - a[0]))
      inside = !inside;
  }
  return inside;
}

/** Smallest and largest coordinates; `undefined` for no points. */
export function boundsOf(polygon: Polygon2): { min: Point2; max: Point2 } | undefined {
  if (polygon.length === 0) return undefined;
  let [x0, y0] = polygon[0];
  let [x1, y1] = polygon[0];
  for (const [x, y] of polygon) {
    x0 = Math.min(x0, x);
    x1 = Math.max(x1, x);
    y0 = Math.min(y0, y);
    y1 = Math.max(y1, y);
  }
  return { min: [x0, y0], max: [x1, y1] };
}
