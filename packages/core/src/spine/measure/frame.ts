import { add2, dot2, type Point2, perpendicular2, scale2, subtract2 } from '../../geometry/index.ts';
import type { PlanePoint, Polygon } from '../outline.ts';

/** A turned frame in the sagittal plane: `back` runs forward to backward along an endplate, `down` to the feet. */
export interface Frame {
  readonly origin: PlanePoint;
  readonly back: PlanePoint;
  readonly down: PlanePoint;
}

/** The frame whose first axis is `back` (unit length). */
export const frameAlong = (origin: PlanePoint, back: PlanePoint): Frame => ({
  origin,
  back,
  down: perpendicular2(back),
});

export function toFrame(frame: Frame, p: PlanePoint): Point2 {
  const d = subtract2(p, frame.origin);
  return [dot2(d, frame.back), dot2(d, frame.down)];
}

export const fromFrame = (frame: Frame, p: Point2): PlanePoint =>
  add2(frame.origin, add2(scale2(frame.back, p[0]), scale2(frame.down, p[1])));

export const polygonToFrame = (frame: Frame, polygon: Polygon): Point2[] =>
  polygon.map((p) => toFrame(frame, p));
