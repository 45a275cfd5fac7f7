import { describe, expect, test } from 'vitest';
import { isFault } from '../fault/index.ts';
import { type Frame, percentileWindow, type Slice2D, sampleFrame, toFrame } from './slice.ts';

const columns = 20;
const rows = 30;
/** Value = u in mm, so that a sampled picture can be checked against geometry. */
const ramp: Slice2D = {
  data: Float32Array.from({ length: columns * rows }, (_, p) => 10 + (p % columns) * 0.5),
  inPlane: { columns, rows, spacingMm: [0.5, 0.8], originMm: [10, 0] },
};
const frame: Frame = { centreMm: [14.5, 12], angleRad: 0, widthMm: 6, heightMm: 4, pixelMm: 0.25 };

describe('sampleFrame', () => {
  test('reproduces a ramp at sub-pixel positions', () => {
    const { pixels, width, height } = sampleFrame(ramp, frame, { low: 0, high: 25.5 });
    expect([width, height]).toEqual([24, 16]);
    for (let x = 0; x < width; x++) {
      const u = 14.5 - 3 + (x + 0.5) * 0.25;
      expect(Math.abs(pixels[5 * width + x] / 10 - u)).toBeLessThanOrEqual(0.051);
    }
  });

  test('turns clockwise as seen: after a quarter turn the ramp runs downward', () => {
    const { pixels, width, height } = sampleFrame(
      ramp,
      { ...frame, angleRad: -Math.PI / 2, heightMm: 6 },
      { low: 0, high: 25.5 },
    );
    expect(pixels[width * (height - 1)]).toBeGreaterThan(pixels[0]);
    expect(Math.abs(pixels[0] - pixels[width - 1])).toBeLessThanOrEqual(1);
  });

  test('is black outside the slice', () => {
    const { pixels } = sampleFrame(ramp, { ...frame, centreMm: [200, 200] });
    expect(pixels.every((p) => p === 0)).toBe(true);
  });

  test('refuses data that does not fit', () => {
    const broken = { ...ramp, data: new Float32Array(3) };
    expect(() => sampleFrame(broken, frame)).toThrow(
      expect.toSatisfy((e: unknown) => isFault(e, 'PIXELS_INCONSISTENT')),
    );
  });
});

test('toFrame undoes the frame: its centre lies in the middle, turned or not', () => {
  for (const angleRad of [0, 0.4, -1]) {
    expect(toFrame({ ...frame, angleRad }, [14.5, 12])).toEqual([3, 2]);
    const [x, y] = toFrame({ ...frame, angleRad }, [14.5 + Math.cos(angleRad), 12 + Math.sin(angleRad)]);
    expect(x).toBeCloseTo(4, 10);
    expect(y).toBeCloseTo(2, 10);
  }
});

describe('percentileWindow', () => {
  test('leaves out the zeros of air', () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => (i < 500 ? 0 : i));
    const { low, high } = percentileWindow(values);
    expect(low).toBeGreaterThan(500);
    expect(high).toBeGreaterThan(990);
  });

  test('a constant, empty or unreadable image still gives a usable window', () => {
    for (const values of [new Float32Array(9).fill(7), new Float32Array(9), new Float32Array([Number.NaN])]) {
      const { low, high } = percentileWindow(values);
      expect(high).toBeGreaterThan(low);
    }
  });
});
