/** Points are set one by one until the tool has all that it asks for. Pure: pointer, touch and keyboard share it. */
import { add, distance, scale, subtract, type Vec3 } from '@promontory/core/geometry';
import type { MeasuringTool } from '@promontory/core/review';
import { crossesItself } from './crossing.ts';
import { POINTS_OF } from './value.ts';

export interface Placing {
  readonly points: readonly Vec3[];
  /** All points are set. */
  readonly complete: boolean;
  /** The border would cross itself: the point was not taken. */
  readonly refused?: 'crosses-itself';
}

export const NOTHING_PLACED: Placing = { points: [], complete: false };

/** What `Mark` allows. */
const MOST_POINTS = 500;
/** While a border is drawn by hand: not denser than this, mm. */
const DRAWN_STEP_MM = 0.7;

export function withPoint(tool: MeasuringTool, { points }: Placing, point: Vec3): Placing {
  const asked = POINTS_OF[tool];
  const next = [...points, point];
  if (asked !== undefined) return { points: next, complete: next.length === asked };
  if (points.length >= MOST_POINTS) return { points, complete: true };
  // The closing side is not drawn yet: only the sides so far may not cross.
  if (crossesItself(next, false)) return { points, complete: false, refused: 'crosses-itself' };
  return { points: next, complete: false };
}

/** Drawn by hand, with the button held. */
export function withStroke(placing: Placing, point: Vec3): Placing {
  const last = placing.points.at(-1);
  if (last !== undefined && distance(last, point) < DRAWN_STEP_MM) return placing;
  return withPoint('area', placing, point);
}

/** The border closes: back at the first point, by Enter, or where a stroke ends. */
export function closed(placing: Placing): Placing {
  if (placing.points.length < 3) return placing;
  if (crossesItself(placing.points, true)) return { ...placing, refused: 'crosses-itself' };
  return { points: placing.points, complete: true };
}

/** The last point taken back. */
export const withoutLast = ({ points }: Placing): Placing => ({
  points: points.slice(0, -1),
  complete: false,
});

/**
 * An ellipse drawn by the diagonal of its box: ends of the axis along the pane's rows, and the point above its middle.
 * @param right unit direction of the pane's rows, LPS
 */
export function ellipseInBox(from: Vec3, to: Vec3, right: Vec3): [Vec3, Vec3, Vec3] {
  const middle = scale(add(from, to), 0.5);
  const diagonal = subtract(to, from);
  const width = diagonal[0] * right[0] + diagonal[1] * right[1] + diagonal[2] * right[2];
  const across = subtract(diagonal, scale(right, width));
  return [
    subtract(middle, scale(right, width / 2)),
    add(middle, scale(right, width / 2)),
    subtract(middle, scale(across, 0.5)),
  ];
}
