import { add, cross, dot, normalise, scale, subtract, type Vec3 } from './vec3.ts';

/** A plane in patient space: a point on it (LPS mm) and its unit normal. */
export interface Plane {
  readonly pointMm: Vec3;
  readonly normal: Vec3;
}

const clamp = (x: number): number => Math.max(-1, Math.min(1, x));
const toDegrees = (radians: number): number => (radians * 180) / Math.PI;

/** Angle between two directions, 0–180°. Either may have any length but zero. */
export function angleDeg(a: Vec3, b: Vec3): number {
  return toDegrees(Math.acos(clamp(dot(normalise(a), normalise(b)))));
}

/** Signed distance in mm from the plane to a point; positive on the side to which the normal points. */
export function pointPlaneDistanceMm(point: Vec3, plane: Plane): number {
  return dot(subtract(point, plane.pointMm), plane.normal);
}

/** Foot of the perpendicular from a point (LPS mm) onto the plane. */
export function projectOntoPlane(point: Vec3, plane: Plane): Vec3 {
  return subtract(point, scale(plane.normal, pointPlaneDistanceMm(point, plane)));
}

/** Angle between two planes, 0–90°; the direction of the normals does not matter. */
export function anglePlanesDeg(a: Plane, b: Plane): number {
  return toDegrees(Math.acos(clamp(Math.abs(dot(a.normal, b.normal)))));
}

/**
 * Distance in mm between two planes: zero unless they are parallel (to 0.01°), since other planes meet somewhere.
 * For planes that are nearly parallel ask for the distance of one plane's centre from the other instead
 * (`pointPlaneDistanceMm`).
 */
export function planeDistanceMm(a: Plane, b: Plane): number {
  return anglePlanesDeg(a, b) > 0.01 ? 0 : Math.abs(pointPlaneDistanceMm(b.pointMm, a));
}

/**
 * The line in which two planes meet: a point on it (the one nearest to `a.pointMm`'s projection) and its unit
 * direction; `undefined` for planes that are parallel to 0.01°.
 */
export function intersectPlanes(a: Plane, b: Plane): { pointMm: Vec3; direction: Vec3 } | undefined {
  if (anglePlanesDeg(a, b) <= 0.01) return undefined;
  const direction = normalise(cross(a.normal, b.normal));
  // Walk within plane a, perpendicular to the line, until plane b is met.
  const walk = cross(direction, a.normal);
  const step = -pointPlaneDistanceMm(a.pointMm, b) / dot(walk, b.normal);
  return { pointMm: add(a.pointMm, scale(walk, step)), direction };
}
