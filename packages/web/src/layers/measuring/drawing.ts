/** The lines that show a measurement, as points in patient space: whoever draws needs only the pane's projection. */
import { add, cross, distance, dot, normalise, scale, subtract, type Vec3 } from '@promontory/core/geometry';
import type { MeasuringTool } from '@promontory/core/review';
import { halfAxesMm } from './value.ts';

export interface Drawing {
  readonly lines: readonly {
    readonly points: readonly Vec3[];
    readonly isClosed?: boolean;
    readonly isAid?: boolean;
  }[];
  /** Where the figure stands. */
  readonly anchor: Vec3;
}

const RIM_POINTS = 64;
const mean = (points: readonly Vec3[]): Vec3 =>
  scale(
    points.reduce((sum, p) => add(sum, p), [0, 0, 0] as Vec3),
    1 / points.length,
  );

export function ellipseRim(points: readonly Vec3[]): Vec3[] {
  const [a, b, side] = points;
  const [p, q] = halfAxesMm(points);
  const along = normalise(subtract(b, a));
  const reach = subtract(side, a);
  const across = normalise(subtract(reach, scale(along, dot(reach, along))));
  const middle = mean([a, b]);
  return Array.from({ length: RIM_POINTS }, (_, k) => {
    const turn = (2 * Math.PI * k) / RIM_POINTS;
    return add(middle, add(scale(along, p * Math.cos(turn)), scale(across, q * Math.sin(turn))));
  });
}

/** Also of one that is not complete: then its points so far, joined as they will be. */
export function drawingOf(tool: MeasuringTool, points: readonly Vec3[]): Drawing {
  const [a, b, c, d] = points;
  const last = points.at(-1) ?? [0, 0, 0];
  const open = { lines: [{ points }], anchor: last };
  switch (tool) {
    case 'length':
    case 'canal-diameter':
      return open;
    case 'angle':
      return points.length < 3
        ? open
        : { lines: [{ points }, { points: arc(a, b, c), isAid: true }], anchor: b };
    case 'cobb':
      if (points.length < 3) return open;
      if (points.length < 4) return { lines: [{ points: [a, b] }, { points: [c] }], anchor: c };
      return {
        lines: [
          { points: [a, b] },
          { points: [c, d] },
          { points: [mean([a, b]), mean([c, d])], isAid: true },
        ],
        anchor: mean(points),
      };
    case 'ellipse':
      return points.length < 3
        ? open
        : { lines: [{ points: ellipseRim(points), isClosed: true }], anchor: b };
    case 'area':
      return points.length < 3 ? open : { lines: [{ points, isClosed: true }], anchor: last };
    case 'slip': {
      if (points.length < 3) return open;
      const endplate = normalise(subtract(a, b));
      const foot = add(b, scale(endplate, dot(subtract(c, b), endplate)));
      return {
        lines: [{ points: [a, b] }, { points: [c, foot], isAid: true }, { points: [b, foot] }],
        anchor: c,
      };
    }
  }
}

/** Between the legs of an angle, a quarter of the shorter leg away from its vertex. */
function arc(a: Vec3, vertex: Vec3, c: Vec3): Vec3[] {
  const radius = Math.min(distance(a, vertex), distance(c, vertex)) / 4;
  const from = normalise(subtract(a, vertex));
  const to = normalise(subtract(c, vertex));
  const axis = normalise(cross(from, to));
  const across = cross(axis, from);
  const whole = Math.atan2(dot(to, across), dot(to, from));
  return Array.from({ length: 17 }, (_, k) => {
    const turn = (whole * k) / 16;
    return add(vertex, add(scale(from, radius * Math.cos(turn)), scale(across, radius * Math.sin(turn))));
  });
}
