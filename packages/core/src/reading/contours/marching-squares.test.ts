import { describe, expect, it } from 'vitest';
import { type InPlaneGrid, polygonCentroid } from '../../geometry/index.ts';
import { largestContour, type PlaneMap, traceContours } from './marching-squares.ts';

const grid = (
  columns: number,
  rows: number,
  spacing: number,
  origin: [number, number] = [0, 0],
): InPlaneGrid => ({
  columns,
  rows,
  spacingMm: [spacing, spacing],
  originMm: origin,
});
const map = (inPlane: InPlaneGrid, value: (u: number, v: number) => number): PlaneMap => ({
  inPlane,
  data: Float32Array.from({ length: inPlane.columns * inPlane.rows }, (_, at) => {
    const i = at % inPlane.columns;
    const j = Math.floor(at / inPlane.columns);
    return value(
      inPlane.originMm[0] + i * inPlane.spacingMm[0],
      inPlane.originMm[1] + j * inPlane.spacingMm[1],
    );
  }),
});

describe('tracing a level', () => {
  it.each([1, 0.6])('finds a soft-edged circle to a hundredth of a millimetre at %f mm', (spacing) => {
    const soft = map(grid(80, 80, spacing, [-20.3, 5.7]), (u, v) => {
      const outside = Math.hypot(u - 2.37, v - 28.81) - 13.2;
      return 1 / (1 + Math.exp(outside / 0.6));
    });
    const circle = largestContour(soft)!;
    expect(circle.cutByImageEdge).toBe(false);
    expect(Math.abs(Math.sqrt(circle.areaMm2 / Math.PI) - 13.2)).toBeLessThan(0.02);
    const centre = polygonCentroid(circle.outline)!;
    expect(Math.hypot(centre[0] - 2.37, centre[1] - 28.81)).toBeLessThan(0.01);
    for (const p of circle.outline)
      expect(Math.abs(Math.hypot(p[0] - 2.37, p[1] - 28.81) - 13.2)).toBeLessThan(0.05);
  });

  it('tells regions from holes', () => {
    const ring = map(grid(60, 60, 1), (u, v) => {
      const r = Math.hypot(u - 30, v - 30);
      return r > 8 && r < 20 ? 1 : 0;
    });
    const contours = traceContours(ring);
    expect(contours.map((c) => c.hole)).toEqual([false, true]);
    expect(Math.abs(contours[0].areaMm2 - Math.PI * 400)).toBeLessThan(30);
  });

  it('closes a region at the outer border of the pixels and says so', () => {
    const half = map(grid(10, 8, 2, [100, 50]), (u) => (u < 108 ? 1 : 0));
    const [contour, ...others] = traceContours(half);
    expect(others).toEqual([]);
    expect(contour.cutByImageEdge).toBe(true);
    // Columns 100…106 with their borders, up to halfway between 106 and 108: 99…107 by 49…65.
    const us = contour.outline.map((p) => p[0]);
    const vs = contour.outline.map((p) => p[1]);
    expect([Math.min(...us), Math.max(...us), Math.min(...vs), Math.max(...vs)]).toEqual([99, 107, 49, 65]);
    // 8 × 16 mm less the four corners that linear interpolation cuts.
    expect(contour.areaMm2).toBeCloseTo(126, 6);
  });

  it('handles one pixel, both ambiguous cells, and nothing', () => {
    const of = (rows: number[][]): PlaneMap => ({
      inPlane: grid(rows[0].length, rows.length, 1),
      data: rows.flat(),
    });
    expect(
      traceContours(
        of([
          [0, 0, 0],
          [0, 1, 0],
          [0, 0, 0],
        ]),
      )[0].areaMm2,
    ).toBeCloseTo(0.5, 12);
    const apart = of([
      [0, 0, 0, 0],
      [0, 0.9, 0, 0],
      [0, 0, 0.9, 0],
      [0, 0, 0, 0],
    ]);
    expect(traceContours(apart)).toHaveLength(2);
    const joined = of([
      [0, 0, 0, 0],
      [0, 1, 0.3, 0],
      [0, 0.3, 1, 0],
      [0, 0, 0, 0],
    ]);
    expect(traceContours(joined)).toHaveLength(1);
    expect(
      traceContours(
        of([
          [0, 0],
          [0, 0],
        ]),
      ),
    ).toEqual([]);
    expect(
      traceContours(
        of([
          [Number.NaN, Number.NaN],
          [Number.NaN, Number.NaN],
        ]),
      ),
    ).toEqual([]);
    expect(traceContours(of([[5]]))).toHaveLength(1);
  });

  it('traces every crossing of a noisy map exactly once', () => {
    let state = 12345;
    const noise = map(grid(60, 50, 1), () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 16) / 65536;
    });
    // Regions minus holes = the area above the level by the same linear rule, whatever the topology.
    const contours = traceContours(noise);
    const area = contours.reduce((sum, c) => sum + (c.hole ? -c.areaMm2 : c.areaMm2), 0);
    expect(area).toBeGreaterThan(0.42 * 3000);
    expect(area).toBeLessThan(0.58 * 3000);
    const points = contours.flatMap((c) => c.outline.map((p) => p.join()));
    expect(new Set(points).size).toBe(points.length);
  });
});
