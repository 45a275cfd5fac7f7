import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFault } from '../fault/index.ts';
import { type InPlaneGrid, inPlaneGridAt, resampleSlice } from './index.ts';

const grid = (columns: number, rows: number, sx = 1, sy = sx): InPlaneGrid => ({
  columns,
  rows,
  spacingMm: [sx, sy],
  originMm: [0, 0],
});
/** A plane a + b·x + c·y in mm. */
const ramp = (g: InPlaneGrid, a: number, b: number, c: number) =>
  Float32Array.from({ length: g.columns * g.rows }, (_, n) => {
    const x = g.originMm[0] + (n % g.columns) * g.spacingMm[0];
    const y = g.originMm[1] + Math.floor(n / g.columns) * g.spacingMm[1];
    return a + b * x + c * y;
  });

describe('inPlaneGridAt', () => {
  it('covers the same rectangle about the same centre', () => {
    const from = grid(100, 80, 0.5);
    const to = inPlaneGridAt(from, 1);
    expect(to).toEqual({ columns: 50, rows: 40, spacingMm: [1, 1], originMm: [0.25, 0.25] });
    expect(inPlaneGridAt(from, 1, [10, 60])).toMatchObject({
      columns: 10,
      rows: 60,
      originMm: [20.25, -9.75],
    });
  });
});

describe('resampleSlice', () => {
  it('returns the slice itself on its own grid', () => {
    const g = grid(7, 5, 0.6, 0.8);
    const data = ramp(g, 1, 2, 3);
    for (const method of ['bilinear', 'area', 'nearest'] as const) {
      expect([...resampleSlice(data, g, g, method)]).toEqual([...data].map((v) => expect.closeTo(v, 4)));
    }
  });

  it('keeps a linear ramp exactly, inside the border (property)', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.3, max: 3, noNaN: true }),
        fc.double({ min: -0.9, max: 0.9, noNaN: true }),
        (spacing, shift) => {
          const from = grid(24, 18);
          const centred = inPlaneGridAt(from, spacing, [5, 4]);
          const to = {
            ...centred,
            originMm: [centred.originMm[0] + shift, centred.originMm[1] - shift] as const,
          };
          const expected = ramp(to, 10, 0.5, -0.25);
          const got = resampleSlice(ramp(from, 10, 0.5, -0.25), from, to, 'bilinear');
          expect([...got]).toEqual([...expected].map((v) => expect.closeTo(v, 3)));
          // Area takes pixels as constant patches: off by less than a quarter of a pixel's slope on either axis.
          const averaged = resampleSlice(ramp(from, 10, 0.5, -0.25), from, to);
          const errors = Array.from(averaged, (v, n) => Math.abs(v - expected[n]));
          expect(Math.max(...errors)).toBeLessThan(0.25 * 0.75);
        },
      ),
    );
  });

  it('keeps the mean when pixels grow, where bilinear would skip pixels', () => {
    const from = grid(9, 9);
    const data = Float32Array.from({ length: 81 }, (_, n) => (n * 7919) % 100);
    const area = resampleSlice(data, from, inPlaneGridAt(from, 3), 'area');
    const mean = (a: Float32Array) => a.reduce((s, v) => s + v, 0) / a.length;
    expect(mean(area)).toBeCloseTo(mean(data), 4);
    const fractional = resampleSlice(data, from, inPlaneGridAt(from, 9 / 4), 'area');
    expect(mean(fractional)).toBeCloseTo(mean(data), 3);
  });

  it('is zero, or what is asked for, outside the source', () => {
    const from = grid(4, 4);
    const data = new Float32Array(16).fill(5);
    const to: InPlaneGrid = { columns: 8, rows: 1, spacingMm: [1, 1], originMm: [-2, 1] };
    expect([...resampleSlice(data, from, to)]).toEqual([0, 0, 5, 5, 5, 5, 0, 0]);
    expect([...resampleSlice(data, from, to, 'bilinear', -1)]).toEqual([-1, -1, 5, 5, 5, 5, -1, -1]);
  });

  it('never invents a label with nearest', () => {
    const from = grid(6, 1);
    const labels = Uint8Array.from([0, 0, 101, 101, 22, 22]);
    const got = new Set(resampleSlice(labels, from, inPlaneGridAt(from, 0.37), 'nearest'));
    expect([...got].sort()).toEqual([0, 101, 22]);
  });

  it('works on slices one pixel wide', () => {
    const from = grid(1, 3);
    expect([...resampleSlice(Float32Array.from([1, 2, 3]), from, from, 'bilinear')]).toEqual([1, 2, 3]);
  });

  it('refuses data that does not fit', () => {
    expect(() => resampleSlice(new Float32Array(5), grid(2, 2), grid(2, 2))).toThrow(
      expect.toSatisfy((e) => isFault(e, 'PIXELS_INCONSISTENT')),
    );
  });
});
