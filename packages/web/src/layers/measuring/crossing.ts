/** Whether a border crosses itself: then it encloses no one area. */
import { cross, length, scale, subtract, type Vec3 } from '@promontory/core/geometry';

type Flat = readonly [number, number];

/** Coordinates in the points' own plane, by the two axes in which they spread most. Crossing survives this projection. */
function flattened(points: readonly Vec3[]): Flat[] {
  let normal: Vec3 = [0, 0, 0];
  for (let k = 1; k + 1 < points.length; k++) {
    const c = cross(subtract(points[k], points[0]), subtract(points[k + 1], points[0]));
    if (length(c) > length(normal)) normal = c;
  }
  const size = length(normal) || 1;
  const n = scale(normal, 1 / size).map(Math.abs);
  const dropped = n.indexOf(Math.max(...n));
  const [a, b] = [0, 1, 2].filter((axis) => axis !== dropped);
  return points.map((p) => [p[a], p[b]]);
}

const side = (a: Flat, b: Flat, p: Flat): number =>
  Math.sign((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]));

const segmentsCross = (a: Flat, b: Flat, c: Flat, d: Flat): boolean =>
  side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;

/** @param isClosed the last point is joined with the first */
export function crossesItself(points: readonly Vec3[], isClosed: boolean): boolean {
  return crossesItself2(flattened(points), isClosed);
}

export function crossesItself2(points: readonly Flat[], isClosed: boolean): boolean {
  const n = points.length;
  const sides = isClosed ? n : n - 1;
  for (let i = 0; i < sides; i++) {
    for (let j = i + 2; j < sides; j++) {
      if (isClosed && i === 0 && j === n - 1) continue;
      if (segmentsCross(points[i], points[(i + 1) % n], points[j], points[(j + 1) % n])) return true;
    }
  }
  return false;
}
