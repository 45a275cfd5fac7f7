import { distance2, type Point2 } from './plane2.ts';
import { type Polygon2, perimeter } from './polygon.ts';

/** The same outline with points added so that no edge is longer than `step`; every vertex is kept, repeated ones are dropped. */
export function refinePolygon(polygon: Polygon2, step: number): Point2[] {
  const refined: Point2[] = [];
  for (let i = 0; i < polygon.length; i++) {
    const a = polygon[i];
    const b = polygon[(i + 1) % polygon.length];
    const edge = distance2(a, b);
    if (edge === 0) continue;
    const pieces = Math.max(1, Math.ceil(edge / step - 1e-9));
    for (let k = 0; k < pieces; k++) {
      const t = k / pieces;
      refined.push([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]);
    }
  }
  return refined;
}

/** `count` points at equal distances along the outline, beginning at its first vertex. Corners between them are cut off. */
export function resamplePolygon(polygon: Polygon2, count: number): Point2[] {
  const total = perimeter(polygon);
  if (polygon.length === 0 || count <= 0 || total === 0) return [];
  const points: Point2[] = [];
  let edge = 0;
  let before = 0;
  for (let k = 0; k < count; k++) {
    const target = (k * total) / count;
    let a = polygon[edge];
    let b = polygon[(edge + 1) % polygon.length];
    let span = distance2(a, b);
    while (before + span < target && edge < polygon.length - 1) {
      before += span;
      edge++;
      a = polygon[edge];
      b = polygon[(edge + 1) % polygon.length];
      span = distance2(a, b);
    }
    const t = span === 0 ? 0 : Math.min(1, (target - before) / span);
    points.push([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]);
  }
  return points;
}
