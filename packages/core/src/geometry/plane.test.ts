import { describe, expect, it } from 'vitest';
import {
  anglePlanesDeg,
  dot,
  intersectPlanes,
  normalise,
  type Plane,
  planeDistanceMm,
  pointPlaneDistanceMm,
  projectOntoPlane,
  subtract,
} from './index.ts';

const tilted: Plane = { pointMm: [3, -2, 7], normal: normalise([1, 2, -2]) };

describe('planes', () => {
  it('measures the signed distance of a point', () => {
    expect(pointPlaneDistanceMm([6, 4, 1], tilted)).toBeCloseTo(9, 12);
    expect(pointPlaneDistanceMm([2, -4, 9], tilted)).toBeCloseTo(-3, 12);
  });

  it('drops a point onto the plane', () => {
    const foot = projectOntoPlane([6, 4, 1], tilted);
    expect(pointPlaneDistanceMm(foot, tilted)).toBeCloseTo(0, 12);
    expect(subtract([6, 4, 1], foot).map((c) => c / 9)).toEqual(
      tilted.normal.map((c) => expect.closeTo(c, 12)),
    );
  });

  it('measures the distance of parallel planes, and zero for planes that meet', () => {
    const other: Plane = { pointMm: [6, 4, 1], normal: normalise([-1, -2, 2]) };
    expect(planeDistanceMm(tilted, other)).toBeCloseTo(9, 12);
    expect(planeDistanceMm(tilted, { pointMm: [6, 4, 1], normal: [0, 0, 1] })).toBe(0);
  });

  it('gives the angle between planes without regard to the sign of the normal', () => {
    expect(
      anglePlanesDeg(
        { pointMm: [0, 0, 0], normal: [0, 0, 1] },
        { pointMm: [1, 1, 1], normal: [0, Math.SQRT1_2, -Math.SQRT1_2] },
      ),
    ).toBeCloseTo(45, 9);
  });

  it('finds the line in which planes meet', () => {
    const other: Plane = { pointMm: [10, 0, 0], normal: [0, 0, 1] };
    const line = intersectPlanes(tilted, other);
    expect(line).toBeDefined();
    expect(pointPlaneDistanceMm(line!.pointMm, tilted)).toBeCloseTo(0, 9);
    expect(pointPlaneDistanceMm(line!.pointMm, other)).toBeCloseTo(0, 9);
    expect(dot(line!.direction, tilted.normal)).toBeCloseTo(0, 12);
    expect(intersectPlanes(other, { pointMm: [0, 0, 5], normal: [0, 0, -1] })).toBeUndefined();
  });
});
