import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backOffMs } from './back-off.ts';

test('waits double from a second to a minute', () => {
  expect([1, 2, 3, 7, 8, 5000].map((n) => backOffMs(n, 0))).toEqual([
    1000, 2000, 4000, 60_000, 60_000, 60_000,
  ]);
});

test('chance takes away at most a half', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, chance) => {
      const waited = backOffMs(n, chance);
      return waited >= backOffMs(n, 0) / 2 && waited <= backOffMs(n, 0);
    }),
  );
});
