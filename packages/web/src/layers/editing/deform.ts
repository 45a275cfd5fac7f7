/** Changing a closed border by hand: one place is moved, its surroundings follow less and less. Plane coordinates, mm. */
import { boundsOf, distance2, type Point2 } from '@promontory/core/geometry';
import type { Polygon } from '@promontory/core/spine';
import { crossesItself2 } from '../measuring/crossing.ts';

/** What a mark holds. */
const MOST_POINTS = 2000;

/** Way along the border from a vertex to each vertex, the shorter way round, mm. */
export function arcsFrom(polygon: Polygon, index: number): number[] {
  const n = polygon.length;
  const ahead = new Array<number>(n).fill(0);
  let way = 0;
  for (let step = 1; step < n; step++) {
    way += distance2(polygon[(index + step - 1) % n], polygon[(index + step) % n]);
    ahead[(index + step) % n] = way;
  }
  const whole = way + distance2(polygon[(index + n - 1) % n], polygon[index]);
  return ahead.map((a) => Math.min(a, whole - a));
}

/** Share of the move at a distance along the border: 1 at the place itself, 0 from `reachMm` on, smooth at both ends. */
export const falloff = (arcMm: number, reachMm: number): number =>
  arcMm >= reachMm ? 0 : (1 + Math.cos((Math.PI * arcMm) / reachMm)) / 2;

/** Moves one vertex by `move`, and what lies within `reachMm` along the border with it. */
export function pulled(polygon: Polygon, index: number, move: Point2, reachMm: number): Polygon {
  return arcsFrom(polygon, index).map((arc, k) => {
    const share = k === index ? 1 : falloff(arc, reachMm);
    return [polygon[k][0] + share * move[0], polygon[k][1] + share * move[1]];
  });
}

/** As far of the move as leaves a border that does not cross itself; the border as it was where none does. */
export function pulledWithoutCrossing(
  polygon: Polygon,
  index: number,
  move: Point2,
  reachMm: number,
): Polygon {
  for (const share of [1, 0.75, 0.5, 0.25]) {
    const next = pulled(polygon, index, [move[0] * share, move[1] * share], reachMm);
    if (!crossesItself2(next, true)) return next;
  }
  return polygon;
}

/** A vertex in the middle of the side that follows `index`. */
export function withVertex(polygon: Polygon, index: number): Polygon {
  if (polygon.length >= MOST_POINTS) return polygon;
  const [a, b] = [polygon[index], polygon[(index + 1) % polygon.length]];
  return [
    ...polygon.slice(0, index + 1),
    [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2],
    ...polygon.slice(index + 1),
  ];
}

/** Without the vertices within `reachMm` along the border: its neighbours are joined by a straight side. */
export function withoutVertices(polygon: Polygon, index: number, reachMm = 0): Polygon {
  const arcs = arcsFrom(polygon, index);
  const left = polygon.filter((_, k) => k !== index && arcs[k] >= reachMm);
  return left.length >= 3 && !crossesItself2(left, true) ? left : polygon;
}

/** Vertices about `stepMm` apart along the border, which stand for it as handles. */
export function handlesOf(polygon: Polygon, stepMm: number): number[] {
  const handles = [0];
  let way = 0;
  for (let k = 1; k < polygon.length; k++) {
    way += distance2(polygon[k - 1], polygon[k]);
    if (way >= stepMm) {
      handles.push(k);
      way = 0;
    }
  }
  return handles;
}

export function nearestVertex(
  polygon: Polygon,
  point: Point2,
): { readonly index: number; readonly mm: number } {
  let index = 0;
  let mm = Number.POSITIVE_INFINITY;
  polygon.forEach((p, k) => {
    const away = distance2(p, point);
    if (away < mm) [index, mm] = [k, away];
  });
  return { index, mm };
}

/** How far it reaches, mm: handles of small structures stand closer. */
export function extentMm(polygon: Polygon): number {
  const bounds = boundsOf(polygon);
  return bounds === undefined ? 0 : distance2(bounds.min, bounds.max);
}
