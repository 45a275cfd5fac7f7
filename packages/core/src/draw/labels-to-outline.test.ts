import { describe, expect, test } from 'vitest';
import { containsPoint, type InPlaneGrid, polygonArea, polygonCentroid } from '../geometry/index.ts';
import { traceLabel } from './contours.ts';
import { outlineFromLabels } from './labels-to-outline.ts';

const columns = 40;
const rows = 60;
const grid: InPlaneGrid = { columns, rows, spacingMm: [0.5, 2], originMm: [5, -3] };
const plane = { originMm: [0, 0, 0], uAxis: [0, 1, 0], vAxis: [0, 0, -1] } as const;

function paint(...boxes: [value: number, x: number, y: number, width: number, height: number][]): Uint8Array {
  const labels = new Uint8Array(columns * rows);
  for (const [value, x0, y0, width, height] of boxes) {
    for (let y = y0; y < y0 + height; y++) labels.fill(value, y * columns + x0, y * columns + x0 + width);
  }
  return labels;
}

describe('traceLabel', () => {
  test('a box keeps its centre and, but for its rounded corners, its area', () => {
    const polygon = traceLabel(paint([7, 10, 12, 16, 9]), columns, rows, 7) ?? [];
    const [x, y] = polygonCentroid(polygon) ?? [];
    expect(x).toBeCloseTo(17.5, 6);
    expect(y).toBeCloseTo(16, 6);
    expect(Math.abs(polygonArea(polygon) - 16 * 9)).toBeLessThan(3);
  });

  test('follows the largest region only and ends at diagonal touches', () => {
    const polygon = traceLabel(paint([7, 5, 5, 10, 10], [7, 15, 15, 4, 4]), columns, rows, 7) ?? [];
    expect(containsPoint(polygon, [9, 9])).toBe(true);
    expect(containsPoint(polygon, [17, 17])).toBe(false);
  });

  test('a single pixel, a region at the edge, and an absent value', () => {
    expect(traceLabel(paint([7, 3, 3, 1, 1]), columns, rows, 7)).toHaveLength(4);
    const edge = traceLabel(paint([7, 0, 0, columns, 3]), columns, rows, 7) ?? [];
    expect(polygonArea(edge)).toBeGreaterThan(columns * 3 - 4);
    expect(traceLabel(paint(), columns, rows, 7)).toBeUndefined();
  });
});

describe('outlineFromLabels', () => {
  test('names bodies and discs, in millimetres of the slice', () => {
    const labels = paint([23, 8, 10, 20, 8], [123, 8, 18, 20, 3], [24, 8, 21, 20, 8], [61, 30, 0, 5, 60]);
    const outline = outlineFromLabels(labels, grid, plane, true);
    expect(outline.bodies.map((b) => b.label)).toEqual(['L4', 'L5']);
    expect(outline.discs.map((d) => d.label)).toEqual(['L4/L5']);
    expect(outline.sac).toBeDefined();
    expect(outline.cord).toBeUndefined();
    const [u, v] = polygonCentroid(outline.discs[0].outline) ?? [];
    expect(u).toBeCloseTo(5 + 17.5 * 0.5, 6);
    expect(v).toBeCloseTo(-3 + 19 * 2, 6);
  });

  test('with four lumbar vertebrae the lowest disc is L4/S1; at the lower edge the usual neighbour is taken', () => {
    const four = outlineFromLabels(
      paint([23, 8, 10, 20, 8], [123, 8, 18, 20, 3], [26, 8, 21, 20, 8]),
      grid,
      plane,
      true,
    );
    expect(four.discs.map((d) => d.label)).toEqual(['L4/S1']);
    const edge = outlineFromLabels(paint([24, 8, 10, 20, 8], [124, 8, 18, 20, 3]), grid, plane, true);
    expect(edge.discs.map((d) => d.label)).toEqual(['L5/S1']);
  });
});
