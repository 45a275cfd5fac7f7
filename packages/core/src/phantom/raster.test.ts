import { expect, test } from 'vitest';
import type { PlanePoint } from '../spine/index.ts';
import { canvas, fill, type LineSet } from './raster.ts';

const circle = (u: number, v: number, r: number): PlanePoint[] =>
  Array.from({ length: 400 }, (_, i) => {
    const a = (i / 400) * 2 * Math.PI;
    return [u + r * Math.cos(a), v + r * Math.sin(a)];
  });
const count = (data: Uint8Array, value: number) => data.reduce((n, x) => n + (x === value ? 1 : 0), 0);

test('area of a filled circle, clipped at the edge', () => {
  const c = canvas(400, 400, -20, -20, 0.1);
  fill(c, circle(0, 0, 12.3), 7);
  expect(Math.abs(count(c.data, 7) * 0.01 - Math.PI * 12.3 * 12.3)).toBeLessThan(0.8);
  fill(c, circle(-20, 0, 5), 9);
  expect(Math.abs(count(c.data, 9) * 0.01 - (Math.PI * 25) / 2)).toBeLessThan(0.8);
});

test('only over a given value', () => {
  const c = canvas(100, 100, 0, 0, 1);
  fill(c, circle(50, 50, 30), 1);
  fill(c, circle(80, 50, 30), 2, 1);
  const both = count(c.data, 1) + count(c.data, 2);
  expect(Math.abs(both - Math.PI * 900)).toBeLessThan(40);
  expect(count(c.data, 2)).toBeGreaterThan(500);
});

test('lines cut the same shapes as the area does', () => {
  const area = canvas(101, 1, -10, 2, 0.2);
  const lines: LineSet = {
    lines: [{ start: [-10, 2], direction: [1, 0] }],
    length: 101,
    stepMm: 0.2,
    data: new Uint8Array(101),
  };
  for (const target of [area, lines]) {
    fill(target, circle(0, 0, 7.03), 1);
    fill(target, circle(2, 1, 3.01), 2);
    fill(target, circle(5, 2, 2.51), 3, 1);
  }
  expect(lines.data).toEqual(area.data);
});
