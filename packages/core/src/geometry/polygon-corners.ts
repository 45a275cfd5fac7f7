import { dot2, type Point2, perpendicular2 } from './plane2.ts';
import type { Polygon2 } from './polygon.ts';

/** The corners of a four-sided shape as seen along a direction: `near` and `far` along `across`, `low` and `high` across it. */
export interface Quadrilateral {
  /** Least along both axes. */
  readonly nearLow: Point2;
  readonly farLow: Point2;
  readonly farHigh: Point2;
  readonly nearHigh: Point2;
}

/**
 * Extremal points of an outline along the diagonals of its box in a turned frame: the vertices that lie furthest out
 * along ±`along`/length ± `perpendicular2(along)`/height. For a convex four-sided shape turned by less than about 40°
 * against the frame these are its corners. `undefined` below three points or without extent.
 *
 * @param along unit direction of the frame's first axis
 */
export function extremalCorners(polygon: Polygon2, along: Point2): Quadrilateral | undefined {
  if (polygon.length < 3) return undefined;
  const up = perpendicular2(along);
  const xs = polygon.map((p) => dot2(p, along));
  const ys = polygon.map((p) => dot2(p, up));
  const width = spread(xs);
  const height = spread(ys);
  if (!(width > 0 && height > 0)) return undefined;
  const furthest = (sx: number, sy: number): Point2 => {
    let best = 0;
    let bestReach = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < polygon.length; i++) {
      const reach = (sx * xs[i]) / width + (sy * ys[i]) / height;
      if (reach > bestReach) {
        bestReach = reach;
        best = i;
      }
    }
    return polygon[best];
  };
  return {
    nearLow: furthest(-1, -1),
    farLow: furthest(1, -1),
    farHigh: furthest(1, 1),
    nearHigh: furthest(-1, 1),
  };
}

function spread(values: readonly number[]): number {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const v of values) {
    if (v < min) min = v;
    if (v > max) max = v;
  }
  return max - min;
}
