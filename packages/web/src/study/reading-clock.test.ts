import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IDLE_AFTER_MS, readingClock } from './reading-clock.ts';

test('counts while somebody moves, and no longer than a pause after that', () => {
  const clock = readingClock(0);
  clock.touched(10_000);
  expect(clock.activeMs(20_000)).toBe(20_000);
  expect(clock.activeMs(10_000_000)).toBe(10_000 + IDLE_AFTER_MS);
  clock.touched(10_000_000);
  expect(clock.activeMs(10_005_000)).toBe(10_000 + IDLE_AFTER_MS + 5_000);
});

test('does not count while the page is not seen', () => {
  const clock = readingClock(0);
  clock.seen(5_000, false);
  clock.touched(9_000);
  clock.seen(30_000, true);
  expect(clock.activeMs(31_000)).toBe(6_000);
});

test('is never more than the time that went by, and never less than before', () => {
  const step = fc.record({
    ms: fc.integer({ min: 0, max: 200_000 }),
    what: fc.constantFrom('touched', 'seen', 'hidden'),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const clock = readingClock(1_000);
      let now = 1_000;
      let before = 0;
      for (const { ms, what } of steps) {
        now += ms;
        if (what === 'touched') clock.touched(now);
        else clock.seen(now, what === 'seen');
        const active = clock.activeMs(now);
        expect(active).toBeGreaterThanOrEqual(before);
        expect(active).toBeLessThanOrEqual(now - 1_000);
        before = active;
      }
    }),
  );
});
