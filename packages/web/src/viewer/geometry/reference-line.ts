/** Where the slice of one pane cuts the slice of another: computed from the images' own planes, never from a library's state. */
import { add, dot, intersectPlanes, scale, subtract, type Vec3 } from '@promontory/core/geometry';
import { type ImagePlane, pixelToPatient } from '../../images/index.ts';

export interface ReferenceLine {
  /** Ends of the line in which the two slices' middle planes meet, as long as the other image is. LPS mm. */
  readonly ends: readonly [Vec3, Vec3];
  /** Outline of the other slice, as thick as it is, in this plane: four corners in order. */
  readonly slab: readonly [Vec3, Vec3, Vec3, Vec3];
  /** The other image ends before it reaches this plane: the line is where its plane would go on. */
  readonly isBeyond: boolean;
}

/** @returns `undefined` only where the slices are parallel (to 0.01°), or one does not say where it lies */
export function referenceLine(here: ImagePlane, other: ImagePlane): ReferenceLine | undefined {
  if (!here.isLocated || !other.isLocated) return undefined;
  const plane = { pointMm: here.originMm, normal: here.normal };
  const at = (offMm: number) =>
    intersectPlanes(plane, {
      pointMm: add(other.originMm, scale(other.normal, offMm)),
      normal: other.normal,
    });
  const [middle, above, below] = [0, other.thicknessMm / 2, -other.thicknessMm / 2].map(at);
  if (middle === undefined || above === undefined || below === undefined) return undefined;

  const { direction } = middle;
  const corners = cornersOf(other);
  const along = corners.map((corner) => dot(corner, direction));
  const from = Math.min(...along);
  const to = Math.max(...along);
  const pointAt = (line: { pointMm: Vec3 }, t: number): Vec3 =>
    add(line.pointMm, scale(direction, t - dot(line.pointMm, direction)));
  const sides = corners.map((corner) => dot(subtract(corner, here.originMm), here.normal));
  return {
    ends: [pointAt(middle, from), pointAt(middle, to)],
    slab: [pointAt(above, from), pointAt(above, to), pointAt(below, to), pointAt(below, from)],
    isBeyond: sides.every((side) => side > 0) || sides.every((side) => side < 0),
  };
}

/** Outer corners of an image, pixel edges included, in order round it. */
export function cornersOf(plane: ImagePlane): Vec3[] {
  const [left, top, right, bottom] = [-0.5, -0.5, plane.columns - 0.5, plane.rows - 0.5];
  return [
    pixelToPatient(plane, left, top),
    pixelToPatient(plane, right, top),
    pixelToPatient(plane, right, bottom),
    pixelToPatient(plane, left, bottom),
  ];
}
