import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineThrough, type Point2, rotate2 } from './plane2.ts';
import {
  containsPoint,
  perimeter,
  polygonArea,
  polygonCentroid,
  principalAxes,
  signedArea,
} from './polygon.ts';
import { extremalCorners } from './polygon-corners.ts';
import { chordNear, clipToSide, crossings } from './polygon-cut.ts';
import { refinePolygon, resamplePolygon } from './polygon-refine.ts';
import { simplifyPolygon } from './polygon-simplify.ts';

const rectangle = (w: number, h: number): Point2[] => [
  [0, 0],
  [w, 0],
  [w, h],
  [0, h],
];
const circle = (r: number, n: number): Point2[] =>
  Array.from({ length: n }, (_, i) => [
    r * Math.cos((2 * Math.PI * i) / n),
    r * Math.sin((2 * Math.PI * i) / n),
  ]);
const size = fc.double({ min: 0.5, max: 80, noNaN: true });
const angle = fc.double({ min: -3, max: 3, noNaN: true });
const shift = fc.double({ min: -500, max: 500, noNaN: true });

describe('area and centre', () => {
  it('of a rectangle, wherever it stands and however it is turned', () => {
    fc.assert(
      fc.property(size, size, angle, shift, shift, (w, h, a, x, y) => {
        const turned = rectangle(w, h).map((p) => {
          const [u, v] = rotate2(p, a);
          return [u + x, v + y] as Point2;
        });
        expect(signedArea(turned)).toBeCloseTo(w * h, 5);
        expect(signedArea([...turned].reverse())).toBeCloseTo(-w * h, 5);
        expect(perimeter(turned)).toBeCloseTo(2 * (w + h), 6);
        const [cu, cv] = rotate2([w / 2, h / 2], a);
        const centre = polygonCentroid(turned)!;
        expect(centre[0]).toBeCloseTo(cu + x, 6);
        expect(centre[1]).toBeCloseTo(cv + y, 6);
      }),
    );
  });

  it('of nothing and of a line', () => {
    expect(polygonArea([])).toBe(0);
    expect(polygonCentroid([])).toBeUndefined();
    expect(
      polygonCentroid([
        [0, 0],
        [4, 2],
      ]),
    ).toEqual([2, 1]);
  });

  it('gives a rectangle its known moments along its own sides', () => {
    const turned = rectangle(30, 10).map((p) => rotate2(p, 0.4));
    const axes = principalAxes(turned)!;
    expect(axes.longSd).toBeCloseTo(30 / Math.sqrt(12), 9);
    expect(axes.shortSd).toBeCloseTo(10 / Math.sqrt(12), 9);
    expect(Math.abs(axes.long[0] * Math.cos(0.4) + axes.long[1] * Math.sin(0.4))).toBeCloseTo(1, 9);
  });
});

describe('cutting', () => {
  it('splits a polygon into two parts of the whole area', () => {
    fc.assert(
      fc.property(angle, fc.double({ min: -12, max: 12, noNaN: true }), (a, offset) => {
        const shape = circle(10, 60);
        const start: Point2 = [-offset * Math.sin(a), offset * Math.cos(a)];
        const line = lineThrough(start, [start[0] + Math.cos(a), start[1] + Math.sin(a)]);
        const back = lineThrough(line.point, [line.point[0] - Math.cos(a), line.point[1] - Math.sin(a)]);
        const sum = polygonArea(clipToSide(shape, line)) + polygonArea(clipToSide(shape, back));
        expect(sum).toBeCloseTo(polygonArea(shape), 8);
      }),
    );
  });

  it('finds each stretch of a line inside a shape with an arm', () => {
    const arm: Point2[] = [
      [0, 0],
      [10, 0],
      [10, 10],
      [6, 10],
      [6, 4],
      [4, 4],
      [4, 10],
      [0, 10],
    ];
    const line = lineThrough([0, 7], [1, 7]);
    expect(crossings(arm, line).map((x) => Math.round(x * 1e9) / 1e9)).toEqual([0, 4, 6, 10]);
    expect(chordNear(arm, line, 7)).toEqual([6, 10]);
    expect(chordNear(arm, line, 5.2)).toEqual([6, 10]);
    expect(chordNear(arm, lineThrough([0, 20], [1, 20]))).toBeUndefined();
  });

  it('tells inside from outside', () => {
    expect(containsPoint(rectangle(4, 2), [1, 1])).toBe(true);
    expect(containsPoint(rectangle(4, 2), [1, 3])).toBe(false);
  });
});

describe('points of an outline', () => {
  it('refining keeps every vertex and shortens every edge', () => {
    const fine = refinePolygon(rectangle(7, 3), 1);
    expect(fine).toEqual(expect.arrayContaining(rectangle(7, 3)));
    fine.forEach((p, i) => {
      const q = fine[(i + 1) % fine.length];
      expect(Math.hypot(p[0] - q[0], p[1] - q[1])).toBeLessThanOrEqual(1 + 1e-9);
    });
    expect(polygonArea(fine)).toBeCloseTo(21, 12);
  });

  it('resampling spaces points evenly', () => {
    expect(resamplePolygon(rectangle(4, 4), 8)).toEqual([
      [0, 0],
      [2, 0],
      [4, 0],
      [4, 2],
      [4, 4],
      [2, 4],
      [0, 4],
      [0, 2],
    ]);
  });

  it('simplifying drops what a line already says and keeps the shape within the tolerance', () => {
    expect(simplifyPolygon(refinePolygon(rectangle(30, 20), 0.5), 0.01)).toHaveLength(4);
    const coarse = simplifyPolygon(circle(15, 400), 0.05);
    expect(coarse.length).toBeLessThan(80);
    expect(Math.abs(polygonArea(coarse) - polygonArea(circle(15, 400)))).toBeLessThan(
      0.05 * perimeter(coarse),
    );
  });

  it('finds the corners of a tilted four-sided shape', () => {
    const turned = rectangle(34, 27).map((p) => rotate2(p, 0.3));
    const corners = extremalCorners(turned, [1, 0])!;
    expect(corners.nearLow).toEqual(turned[0]);
    expect(corners.farLow).toEqual(turned[1]);
    expect(corners.farHigh).toEqual(turned[2]);
    expect(corners.nearHigh).toEqual(turned[3]);
    expect(extremalCorners([[0, 0]], [1, 0])).toBeUndefined();
  });
});
