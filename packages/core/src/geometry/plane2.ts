/**
 * A point or direction in a plane. In a sagittal plane the first coordinate grows to the back and the second to the
 * feet; millimetres unless it is a unit vector or a pixel position. Functions carry a trailing 2 beside their 3-D
 * namesakes of `vec3.ts`.
 */
export type Point2 = readonly [number, number];

/** A straight line: a point on it and its unit direction. */
export interface Line2 {
  readonly point: Point2;
  readonly direction: Point2;
}

export const add2 = (a: Point2, b: Point2): Point2 => [a[0] + b[0], a[1] + b[1]];
export const subtract2 = (a: Point2, b: Point2): Point2 => [a[0] - b[0], a[1] - b[1]];
export const scale2 = (a: Point2, s: number): Point2 => [a[0] * s, a[1] * s];
export const dot2 = (a: Point2, b: Point2): number => a[0] * b[0] + a[1] * b[1];
/** z component of the cross product: positive when `b` lies on the side to which the second axis turns from the first. */
export const cross2 = (a: Point2, b: Point2): number => a[0] * b[1] - a[1] * b[0];
export const length2 = (a: Point2): number => Math.hypot(a[0], a[1]);
export const distance2 = (a: Point2, b: Point2): number => Math.hypot(a[0] - b[0], a[1] - b[1]);
export const midpoint2 = (a: Point2, b: Point2): Point2 => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
/** Quarter turn from the first axis towards the second. */
export const perpendicular2 = (a: Point2): Point2 => [-a[1], a[0]];

/** Unit vector of `a`; the zero vector stays zero. */
export function normalise2(a: Point2): Point2 {
  const l = length2(a);
  return l === 0 ? a : [a[0] / l, a[1] / l];
}

/** Turns a direction by an angle, positive from the first axis towards the second. */
export function rotate2(a: Point2, radians: number): Point2 {
  const c = Math.cos(radians);
  const s = Math.sin(radians);
  return [c * a[0] - s * a[1], s * a[0] + c * a[1]];
}

/** The line through two points, running from `a` to `b`. */
export const lineThrough = (a: Point2, b: Point2): Line2 => ({
  point: a,
  direction: normalise2(subtract2(b, a)),
});

/** Where two lines meet; `undefined` when they are parallel to within 10⁻⁹. */
export function intersectLines(a: Line2, b: Line2): Point2 | undefined {
  const turn = cross2(a.direction, b.direction);
  if (Math.abs(turn) < 1e-9) return undefined;
  const t = cross2(subtract2(b.point, a.point), b.direction) / turn;
  return add2(a.point, scale2(a.direction, t));
}

/** Signed distance of a point from a line; positive on the side of `perpendicular2(line.direction)`. */
export const offsetFromLine = (p: Point2, line: Line2): number =>
  cross2(line.direction, subtract2(p, line.point));

/** Angle in degrees, −180 to 180, by which `to` is turned from `from`, positive from the first axis towards the second. */
export const turnDeg = (from: Point2, to: Point2): number =>
  (Math.atan2(cross2(from, to), dot2(from, to)) * 180) / Math.PI;
