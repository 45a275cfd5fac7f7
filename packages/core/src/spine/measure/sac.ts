import {
  add2,
  boundsOf,
  chordNear,
  crossings,
  distance2,
  dot2,
  normalise2,
  perpendicular2,
  scale2,
  subtract2,
} from '../../geometry/index.ts';
import type { PlanePoint, Polygon } from '../outline.ts';

/** Middle line of a tube-like outline (dural sac, canal), head to feet, one point every two millimetres. */
export interface TubeAxis {
  readonly points: readonly PlanePoint[];
}

const STEP_MM = 2;
/** Half-length of the stretch over which the axis' direction is taken: longer than a disc's dent is, shorter than a body. */
const DIRECTION_MM = 10;
/** Chords averaged for one diameter lie within this distance of the level. */
const CHORD_MM = 1.5;

/**
 * Axis of a tube by chords perpendicular to itself: first level chords, then once more perpendicular to the smoothed
 * middle line. `undefined` for an outline shorter than four steps.
 */
export function tubeAxis(tube: Polygon): TubeAxis | undefined {
  const bounds = boundsOf(tube);
  if (bounds === undefined) return undefined;
  let points: PlanePoint[] = [];
  for (let v = bounds.min[1] + STEP_MM / 2; v < bounds.max[1]; v += STEP_MM) {
    const chord = longestChord(tube, [0, v]);
    if (chord !== undefined) points.push([(chord[0] + chord[1]) / 2, v]);
  }
  if (points.length < 4) return undefined;
  for (let round = 0; round < 2; round++) {
    const axis = { points };
    points = points.map((p, i) => {
      const direction = perpendicular2(directionAt(axis, i));
      const chord = chordNear(tube, { point: p, direction });
      return chord === undefined ? p : add2(p, scale2(direction, (chord[0] + chord[1]) / 2));
    });
  }
  return { points };
}

function longestChord(tube: Polygon, point: PlanePoint): readonly [number, number] | undefined {
  const cuts = crossings(tube, { point, direction: [1, 0] });
  let best: readonly [number, number] | undefined;
  for (let i = 0; i + 1 < cuts.length; i += 2) {
    if (best === undefined || cuts[i + 1] - cuts[i] > best[1] - best[0]) best = [cuts[i], cuts[i + 1]];
  }
  return best;
}

/** Unit direction of the axis at one of its points, towards the feet. */
export function directionAt(axis: TubeAxis, index: number): PlanePoint {
  const reach = Math.round(DIRECTION_MM / STEP_MM);
  const first = axis.points[Math.max(0, index - reach)];
  const last = axis.points[Math.min(axis.points.length - 1, index + reach)];
  return normalise2(subtract2(last, first));
}

/** How much further than the nearest axis point the one at a place's own level may be, mm: half a wide canal. */
const LEVEL_REACH_MM = 8;

/**
 * Index of the axis point at the level of a place: the one whose cross-section passes nearest to it. (The point merely
 * nearest to it would evade a dent, where the axis itself gives way.)
 */
export function nearestOnAxis(axis: TubeAxis, place: PlanePoint): number {
  const distances = axis.points.map((p) => distance2(p, place));
  const limit = Math.min(...distances) + LEVEL_REACH_MM;
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  distances.forEach((distance, i) => {
    if (distance > limit) return;
    const along = Math.abs(dot2(subtract2(place, axis.points[i]), directionAt(axis, i)));
    if (along < least) {
      least = along;
      best = i;
    }
  });
  return best;
}

/**
 * Anteroposterior diameter of a tube at the level of `place`, perpendicular to `axis`, mean over 3 mm
 * along it. `undefined` where the tube does not reach that level.
 */
export function tubeDiameter(tube: Polygon, axis: TubeAxis, place: PlanePoint): number | undefined {
  const index = nearestOnAxis(axis, place);
  if (index === 0 || index === axis.points.length - 1) return undefined;
  const down = directionAt(axis, index);
  const direction = perpendicular2(down);
  // The axis has a point every two millimetres; the level lies between them.
  const level = dot2(subtract2(place, axis.points[index]), down);
  const widths: number[] = [];
  for (const shift of [-1, -0.5, 0, 0.5, 1]) {
    const point = add2(axis.points[index], scale2(down, level + shift * CHORD_MM));
    const chord = chordNear(tube, { point, direction });
    if (chord !== undefined) widths.push(chord[1] - chord[0]);
  }
  return widths.length === 0 ? undefined : widths.reduce((sum, w) => sum + w, 0) / widths.length;
}
