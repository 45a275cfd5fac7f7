import { type Point2, perimeter, polygonArea } from '@promontory/core/geometry';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossesItself2 } from '../measuring/crossing.ts';
import {
  arcsFrom,
  falloff,
  handlesOf,
  nearestVertex,
  pulled,
  pulledWithoutCrossing,
  withoutVertices,
  withVertex,
} from './deform.ts';

const circle = (n: number, radius = 15): Point2[] =>
  Array.from({ length: n }, (_, k) => [
    radius * Math.cos((2 * Math.PI * k) / n),
    radius * Math.sin((2 * Math.PI * k) / n),
  ]);
const move = fc.tuple(
  fc.double({ min: -40, max: 40, noNaN: true }),
  fc.double({ min: -40, max: 40, noNaN: true }),
);

describe('pulling a border', () => {
  it('moves the place itself by all of it, what is far by nothing, and never more than the place', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 89 }),
        move,
        fc.double({ min: 1, max: 20, noNaN: true }),
        (index, by, reach) => {
          const before = circle(90);
          const after = pulled(before, index, by, reach);
          const size = Math.hypot(...by);
          const arcs = arcsFrom(before, index);
          after.forEach((p, k) => {
            const moved = Math.hypot(p[0] - before[k][0], p[1] - before[k][1]);
            expect(moved).toBeLessThanOrEqual(size + 1e-9);
            if (arcs[k] >= reach) expect(moved).toBe(0);
          });
          expect(after[index][0] - before[index][0]).toBeCloseTo(by[0], 9);
        },
      ),
    );
  });

  it('never makes it cross itself', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 59 }), move, (index, by) => {
        expect(crossesItself2(pulledWithoutCrossing(circle(60), index, by, 8), true)).toBe(false);
      }),
    );
  });

  it('falls off smoothly to nothing', () => {
    expect(falloff(0, 6)).toBe(1);
    expect(falloff(3, 6)).toBeCloseTo(0.5, 12);
    expect(falloff(6, 6)).toBe(0);
  });
});

describe('points of a border', () => {
  it('one more changes no area, and leaves again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 39 }), (index) => {
        const before = circle(40);
        const more = withVertex(before, index);
        expect(more).toHaveLength(41);
        expect(polygonArea(more)).toBeCloseTo(polygonArea(before), 9);
        expect(withoutVertices(more, index + 1)).toEqual(before);
      }),
    );
  });

  it('a triangle keeps its three', () => {
    expect(withoutVertices(circle(3), 1)).toHaveLength(3);
  });

  it('handles stand about evenly, and the nearest vertex is found', () => {
    const border = circle(120);
    const handles = handlesOf(border, 5);
    expect(handles.length).toBeCloseTo(perimeter(border) / 5, -1);
    expect(nearestVertex(border, [0, 15.4])).toEqual({ index: 30, mm: expect.closeTo(0.4, 9) });
  });
});
