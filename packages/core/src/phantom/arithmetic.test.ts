import { describe, expect, test } from 'vitest';
import { exp, log, sinCos } from './arithmetic.ts';
import { normalQuantile } from './morphometry.ts';

describe('elementary functions agree with the engine', () => {
  test('exp and log', () => {
    for (let x = -30; x <= 30; x += 0.37) expect(exp(x) / Math.exp(x)).toBeCloseTo(1, 12);
    for (const x of [1e-9, 0.3, 0.75, 1, 1.5, 2, 77, 1e8]) expect(log(x)).toBeCloseTo(Math.log(x), 12);
  });

  test('sine and cosine over several turns', () => {
    for (let x = -12; x <= 12; x += 0.113) {
      const [s, c] = sinCos(x);
      expect(s).toBeCloseTo(Math.sin(x), 12);
      expect(c).toBeCloseTo(Math.cos(x), 12);
    }
  });

  test('normal quantile', () => {
    for (const [p, z] of [
      [0.5, 0],
      [0.841345, 1],
      [0.158655, -1],
      [0.97725, 2],
    ])
      expect(Math.abs(normalQuantile(p) - z)).toBeLessThan(0.04);
  });
});
