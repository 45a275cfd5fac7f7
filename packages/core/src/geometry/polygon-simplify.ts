import type { Point2 } from './plane2.ts';
import type { Polygon2 } from './polygon.ts';

/**
 * Fewer points for the same outline: Douglas and Peucker's rule with the first vertex and the one furthest from it as
 * fixed ends. No dropped vertex lies further than `tolerance` from the result.
 */
export function simplifyPolygon(polygon: Polygon2, tolerance: number): Point2[] {
  const n = polygon.length;
  if (n < 4) return [...polygon];
  let opposite = 0;
  let furthest = -1;
  for (let i = 1; i < n; i++) {
    const d = Math.hypot(polygon[i][0] - polygon[0][0], polygon[i][1] - polygon[0][1]);
    if (d > furthest) {
      furthest = d;
      opposite = i;
    }
  }
  const keep = new Uint8Array(n);
  keep[0] = 1;
  keep[opposite] = 1;
  // A list instead of recursion: outlines of a large noisy map may nest deeply.
  const open: [number, number][] = [
    [0, opposite],
    [opposite, n],
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [from, to] = next;
    const a = polygon[from];
    const b = polygon[to % n];
    const run = Math.hypot(b[0] - a[0], b[1] - a[1]);
    let worst = tolerance;
    let at = -1;
    for (let i = from + 1; i < to; i++) {
      const p = polygon[i];
      const off = distanceToSegment(p, a, b, run);
      if (off > worst) {
        worst = off;
        at = i;
      }
    }
    if (at < 0) continue;
    keep[at] = 1;
    open.push([from, at], [at, to]);
  }
  return polygon.filter((_, i) => keep[i] === 1);
}

function distanceToSegment(p: Point2, a: Point2, b: Point2, run: number): number {
  const dx = p[0] - a[0];
  const dy = p[1] - a[1];
  if (run === 0) return Math.hypot(dx, dy);
  const ux = (b[0] - a[0]) / run;
  const uy = (b[1] - a[1]) / run;
  const t = Math.max(0, Math.min(run, dx * ux + dy * uy));
  return Math.hypot(dx - t * ux, dy - t * uy);
}
