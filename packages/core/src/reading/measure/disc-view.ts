import { type Point2, principalAxes, scale2 } from '../../geometry/index.ts';
import {
  type DiscLabel,
  type Frame,
  facingBodies,
  frameAlong,
  frameBetween,
  fromFrame,
  LOWER,
  type PlanePoint,
  type Polygon,
  polygonToFrame,
  profileOf,
  type SpineShapes,
  UPPER,
} from '../../spine/index.ts';

/**
 * A disc as a rectangle: `at(x, y)` is the place in the plane at share `x` of its depth (0 front, 1 back) and share `y`
 * of its height there (0 upper border, 1 lower border).
 */
export interface DiscView {
  readonly depthMm: number;
  /** Height of the outline at share `x` of the depth. */
  heightAt(x: number): number;
  at(x: number, y: number): PlanePoint;
}

const COLUMNS = 81;

/** `undefined` for an outline without extent. The axis is the bisector of the facing endplates, else the disc's longer axis. */
export function discView(shapes: SpineShapes, label: DiscLabel, outline: Polygon): DiscView | undefined {
  const frame = frameOf(shapes, label, outline);
  if (frame === undefined) return undefined;
  const local = polygonToFrame(frame, outline);
  const xs = local.map((p) => p[0]);
  const [x0, x1] = [Math.min(...xs), Math.max(...xs)];
  const margin = (x1 - x0) * 1e-3;
  const roof = profileOf(local, UPPER, x0 + margin, x1 - margin, COLUMNS).values;
  const floor = profileOf(local, LOWER, x0 + margin, x1 - margin, COLUMNS).values;
  if (roof.length < COLUMNS || floor.length < COLUMNS) return undefined;
  const read = (values: readonly number[], x: number): number => {
    const at = Math.max(0, Math.min(1, x)) * (COLUMNS - 1);
    const i = Math.min(COLUMNS - 2, Math.floor(at));
    return values[i] + (at - i) * (values[i + 1] - values[i]);
  };
  return {
    depthMm: x1 - x0,
    heightAt: (x) => read(floor, x) - read(roof, x),
    at(x, y) {
      const local: Point2 = [x0 + x * (x1 - x0), read(roof, x) + y * (read(floor, x) - read(roof, x))];
      return fromFrame(frame, local);
    },
  };
}

function frameOf(shapes: SpineShapes, label: DiscLabel, outline: Polygon): Frame | undefined {
  const axes = principalAxes(outline);
  if (axes === undefined) return undefined;
  const facing = facingBodies(shapes, label);
  if (facing !== undefined) return { ...frameBetween(facing.above, facing.below), origin: axes.centroid };
  return frameAlong(axes.centroid, axes.long[0] < 0 ? scale2(axes.long, -1) : axes.long);
}
