import { add2, type Line2, offsetFromLine, type Point2, scale2, subtract2 } from './plane2.ts';
import type { Polygon2 } from './polygon.ts';

/**
 * The part of a polygon on the positive side of a line (`offsetFromLine` ≥ 0), by Sutherland and Hodgman. Where the
 * result falls into pieces they stay joined along the line: the area is exact, the outline runs twice along the joint.
 */
export function clipToSide(polygon: Polygon2, line: Line2): Point2[] {
  const kept: Point2[] = [];
  for (let i = 0; i < polygon.length; i++) {
    const a = polygon[i];
    const b = polygon[(i + 1) % polygon.length];
    const da = offsetFromLine(a, line);
    const db = offsetFromLine(b, line);
    if (da >= 0) kept.push(a);
    if (da >= 0 !== db >= 0) kept.push(add2(a, scale2(subtract2(b, a), da / (da - db))));
  }
  return kept;
}

/**
 * Where a line crosses the outline: positions along the line, measured from its point in its direction, ascending.
 * Their number is even; the line is inside between the first and second, the third and fourth, and so on.
 */
export function crossings(polygon: Polygon2, line: Line2): number[] {
  const found: number[] = [];
  const n = polygon.length;
  if (n === 0) return found;
  // Written out in coordinates: this is the innermost loop of everything that measures along lines.
  const [px, py] = line.point;
  const [dx, dy] = line.direction;
  let ax = polygon[n - 1][0] - px;
  let ay = polygon[n - 1][1] - py;
  let da = dx * ay - dy * ax;
  for (let i = 0; i < n; i++) {
    const bx = polygon[i][0] - px;
    const by = polygon[i][1] - py;
    const db = dx * by - dy * bx;
    if (da >= 0 !== db >= 0) {
      const t = da / (da - db);
      found.push((ax + t * (bx - ax)) * dx + (ay + t * (by - ay)) * dy);
    }
    ax = bx;
    ay = by;
    da = db;
  }
  return found.sort((x, y) => x - y);
}

/** The stretch inside the polygon that holds position `at` along the line; else the nearest one; `undefined` if the line misses. */
export function chordNear(polygon: Polygon2, line: Line2, at = 0): readonly [number, number] | undefined {
  const cuts = crossings(polygon, line);
  let best: readonly [number, number] | undefined;
  let bestGap = Number.POSITIVE_INFINITY;
  for (let i = 0; i + 1 < cuts.length; i += 2) {
    const gap = Math.max(cuts[i] - at, at - cuts[i + 1], 0);
    if (gap < bestGap) {
      bestGap = gap;
      best = [cuts[i], cuts[i + 1]];
    }
  }
  return best;
}
