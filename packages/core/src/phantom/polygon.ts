import type { PlanePoint, Polygon } from '../spine/index.ts';

/*
 * Small plane geometry, mm: u backwards, v towards the feet.
 */

export const lerp = (a: PlanePoint, b: PlanePoint, t: number): PlanePoint => [
  a[0] + (b[0] - a[0]) * t,
  a[1] + (b[1] - a[1]) * t,
];
/** a + s·d */
export const along = (a: PlanePoint, d: PlanePoint, s: number): PlanePoint => [
  a[0] + d[0] * s,
  a[1] + d[1] * s,
];
export const distance2 = (a: PlanePoint, b: PlanePoint): number => {
  const du = a[0] - b[0];
  const dv = a[1] - b[1];
  return Math.sqrt(du * du + dv * dv);
};
export function unit(a: PlanePoint, b: PlanePoint): PlanePoint {
  const d = distance2(a, b);
  return [(b[0] - a[0]) / d, (b[1] - a[1]) / d];
}

/** Signed area (positive when the points turn from +u to +v), mm². */
export function signedArea(polygon: Polygon): number {
  let sum = 0;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++)
    sum += polygon[j][0] * polygon[i][1] - polygon[i][0] * polygon[j][1];
  return sum / 2;
}

/** Centroid of the area, mm. */
export function centroid(polygon: Polygon): PlanePoint {
  let u = 0;
  let v = 0;
  let sum = 0;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const c = polygon[j][0] * polygon[i][1] - polygon[i][0] * polygon[j][1];
    sum += c;
    u += (polygon[j][0] + polygon[i][0]) * c;
    v += (polygon[j][1] + polygon[i][1]) * c;
  }
  return [u / (3 * sum), v / (3 * sum)];
}

/** The polygon moved inwards by `mm` along its normals; meant for small distances on smooth outlines. */
export function inset(polygon: Polygon, mm: number): PlanePoint[] {
  const n = polygon.length;
  const sign = signedArea(polygon) > 0 ? 1 : -1;
  const out: PlanePoint[] = [];
  for (let i = 0; i < n; i++) {
    const a = polygon[(i + n - 2) % n];
    const b = polygon[(i + 2) % n];
    const du = b[0] - a[0];
    const dv = b[1] - a[1];
    const l = Math.sqrt(du * du + dv * dv) || 1;
    out.push([polygon[i][0] - (sign * dv * mm) / l, polygon[i][1] + (sign * du * mm) / l]);
  }
  return out;
}

/** Unit circle and unit squircle (x⁴ + y⁴ = 1) in 32 points, by repeated rotation: no library sine. */
const CIRCLE: readonly (readonly [x: number, y: number, squircle: number])[] = (() => {
  const points: [number, number, number][] = [];
  // Half-angle formula, twice, from 45° to 11.25°.
  let c = Math.sqrt(0.5);
  for (let i = 0; i < 2; i++) c = Math.sqrt((1 + c) / 2);
  const s = Math.sqrt(1 - c * c);
  let x = 1;
  let y = 0;
  for (let i = 0; i < 32; i++) {
    points.push([x, y, 1 / Math.sqrt(Math.sqrt(x * x * x * x + y * y * y * y))]);
    const next = x * c - y * s;
    y = x * s + y * c;
    x = next;
  }
  return points;
})();

/**
 * A rounded shape around `centre`: half sizes along `axis` and across it, mm; `square` from 0 (ellipse) to 1 (box with
 * round corners).
 */
export function roundedBox(
  centre: PlanePoint,
  axis: PlanePoint,
  halfAlong: number,
  halfAcross: number,
  square = 0.65,
): PlanePoint[] {
  return CIRCLE.map(([x, y, squircle]) => {
    const k = 1 + square * (squircle - 1);
    const a = x * k * halfAlong;
    const b = y * k * halfAcross;
    return [centre[0] + axis[0] * a - axis[1] * b, centre[1] + axis[1] * a + axis[0] * b];
  });
}

/** A band of the given half-width along a line. */
export function stroke(
  line: readonly PlanePoint[],
  halfWidth: number | ((i: number) => number),
): PlanePoint[] {
  const left: PlanePoint[] = [];
  const right: PlanePoint[] = [];
  for (let i = 0; i < line.length; i++) {
    const a = line[Math.max(0, i - 1)];
    const b = line[Math.min(line.length - 1, i + 1)];
    const [du, dv] = unit(a, b);
    const w = typeof halfWidth === 'number' ? halfWidth : halfWidth(i);
    left.push([line[i][0] - dv * w, line[i][1] + du * w]);
    right.push([line[i][0] + dv * w, line[i][1] - du * w]);
  }
  return [...left, ...right.reverse()];
}
