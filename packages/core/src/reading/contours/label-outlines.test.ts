import { describe, expect, it } from 'vitest';
import { type Grid, polygonArea, polygonCentroid, type Volume } from '../../geometry/index.ts';
import type { PlanePoint, SagittalPlane } from '../../spine/index.ts';
import { outlinesOfLabels } from './label-outlines.ts';
import { paintPolygon } from './paint.ts';

const plane: SagittalPlane = { originMm: [5, -80, 200], uAxis: [0, 1, 0], vAxis: [0, 0, -1] };
const volume = (spacing: number, columns = 120, rows = 160): Volume<Uint8Array> => {
  const grid: Grid = {
    size: [columns, rows, 3],
    spacingMm: [spacing, spacing, 4],
    originMm: [9, -80, 200],
    axes: [
      [0, 1, 0],
      [0, 0, -1],
      [-1, 0, 0],
    ],
  };
  return { grid, data: new Uint8Array(columns * rows * 3) };
};
const inPlane = (v: Volume<Uint8Array>) => ({
  columns: v.grid.size[0],
  rows: v.grid.size[1],
  spacingMm: [v.grid.spacingMm[0], v.grid.spacingMm[1]] as const,
  originMm: [0, 0] as const,
});
const slice = (v: Volume<Uint8Array>, k: number): Uint8Array => {
  const n = v.grid.size[0] * v.grid.size[1];
  return v.data.subarray(k * n, (k + 1) * n);
};
const tilted: PlanePoint[] = [
  [20.2, 31.1],
  [52.7, 24.3],
  [57.4, 50.6],
  [24.1, 57.2],
];

describe('painting', () => {
  it('covers the polygon and no other slice', () => {
    const labels = volume(0.6);
    const count = paintPolygon(labels, 1, plane, tilted, 23);
    expect(count * 0.36).toBeGreaterThan(polygonArea(tilted) * 0.99);
    expect(count * 0.36).toBeLessThan(polygonArea(tilted) * 1.01);
    expect(slice(labels, 1).filter((x) => x === 23)).toHaveLength(count);
    expect(slice(labels, 0).some(Boolean) || slice(labels, 2).some(Boolean)).toBe(false);
  });

  it('gives every pixel of two touching polygons to exactly one', () => {
    const labels = volume(1);
    const left: PlanePoint[] = [
      [10, 10],
      [20, 10],
      [20, 30],
      [10, 30],
    ];
    const right = left.map(([u, v]): PlanePoint => [u + 10, v]);
    expect(paintPolygon(labels, 0, plane, left, 1) + paintPolygon(labels, 0, plane, right, 2)).toBe(400);
    expect(slice(labels, 0).filter((x) => x === 1)).toHaveLength(200);
  });

  it('follows a grid whose columns run forward and rows up', () => {
    const labels = volume(0.6);
    const turned: Volume<Uint8Array> = {
      grid: {
        ...labels.grid,
        originMm: [9, -80 + 119 * 0.6, 200 - 159 * 0.6],
        axes: [
          [0, -1, 0],
          [0, 0, 1],
          [1, 0, 0],
        ],
      },
      data: new Uint8Array(labels.data.length),
    };
    paintPolygon(labels, 0, plane, tilted, 7);
    paintPolygon(turned, 0, plane, tilted, 7);
    expect(slice(turned, 0)).toEqual(Uint8Array.from(slice(labels, 0)).reverse());
  });

  it('leaves out what lies beyond the slice, and refuses slices that are not there', () => {
    const labels = volume(1, 40, 40);
    expect(paintPolygon(labels, 0, plane, tilted, 1)).toBeLessThan(polygonArea(tilted));
    expect(() => paintPolygon(labels, 3, plane, tilted, 1)).toThrow(/no slice 3/);
    const axial: SagittalPlane = { ...plane, uAxis: [1, 0, 0], vAxis: [0, 1, 0] };
    expect(() => paintPolygon(labels, 0, axial, tilted, 1)).toThrow(/right angle/);
  });
});

describe('outlines of labels', () => {
  it('bring painted polygons back to a fraction of a pixel', () => {
    for (const spacing of [0.6, 1]) {
      const labels = volume(spacing);
      paintPolygon(labels, 1, plane, tilted, 23);
      paintPolygon(
        labels,
        1,
        plane,
        tilted.map(([u, v]): PlanePoint => [u, v + 30]),
        24,
      );
      const outlines = outlinesOfLabels({ inPlane: inPlane(labels), data: slice(labels, 1) });
      expect([...outlines.keys()]).toEqual([23, 24]);
      const [found] = outlines.get(23)!;
      const centre = polygonCentroid(found.outline)!;
      const truth = polygonCentroid(tilted)!;
      expect(Math.hypot(centre[0] - truth[0], centre[1] - truth[1])).toBeLessThan(0.1 * spacing);
      expect(Math.abs(found.areaMm2 / polygonArea(tilted) - 1)).toBeLessThan(0.01);
      expect(found.cutByImageEdge).toBe(false);
    }
  });

  it('say where a label runs out of the image', () => {
    const labels = volume(1, 40, 160);
    paintPolygon(labels, 1, plane, tilted, 23);
    const [found] = outlinesOfLabels({ inPlane: inPlane(labels), data: slice(labels, 1) }).get(23)!;
    expect(found.cutByImageEdge).toBe(true);
  });

  it('keep the parts of a label apart, the largest first', () => {
    const labels = volume(1);
    paintPolygon(labels, 0, plane, tilted, 5);
    paintPolygon(
      labels,
      0,
      plane,
      tilted.map(([u, v]): PlanePoint => [u / 3, v / 3 + 100]),
      5,
    );
    const parts = outlinesOfLabels({ inPlane: inPlane(labels), data: slice(labels, 0) }).get(5)!;
    expect(parts).toHaveLength(2);
    expect(parts[0].areaMm2).toBeGreaterThan(parts[1].areaMm2);
  });
});
