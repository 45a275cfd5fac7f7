import { expect, test } from 'vitest';
import { randomOf } from './random.ts';

test('the same seed and stream give the same numbers, another name others', () => {
  const draw = (seed: number, name: string) => {
    const r = randomOf(seed, name);
    return Array.from({ length: 5 }, () => r.bits());
  };
  expect(draw(1, 'a')).toEqual(draw(1, 'a'));
  expect(draw(1, 'a')).not.toEqual(draw(1, 'b'));
  expect(draw(1, 'a')).not.toEqual(draw(2, 'a'));
  // Written down once: a change of the generator changes every phantom.
  expect(draw(1, 'a')).toEqual(GOLDEN);
});

const GOLDEN = [2639893431, 3446004732, 3523679271, 3650018902, 2576189563];

test('moments of the normal and the weighted draw', () => {
  const r = randomOf(3, 'moments');
  let sum = 0;
  let squares = 0;
  const n = 20000;
  for (let i = 0; i < n; i++) {
    const x = r.normal(2, 3);
    sum += x;
    squares += x * x;
  }
  const mean = sum / n;
  expect(Math.abs(mean - 2)).toBeLessThan(0.1);
  expect(Math.abs(Math.sqrt(squares / n - mean * mean) - 3)).toBeLessThan(0.1);
  const counts = [0, 0, 0];
  for (let i = 0; i < n; i++) counts[r.weighted([1, 0, 3])]++;
  expect(counts[1]).toBe(0);
  expect(Math.abs(counts[0] / n - 0.25)).toBeLessThan(0.02);
});
