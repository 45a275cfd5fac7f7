import type { KeptMark } from '@promontory/core/review';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasGap, NO_MARKS, withKept } from './marks.ts';

const mark = (sequence: number): KeptMark => ({
  markId: `00000000-0000-4000-8000-${String(sequence).padStart(12, '0')}`,
  madeAt: '2026-01-01T00:00:00.000Z',
  seen: 0,
  deed: { kind: 'text', section: 'findings', text: `${sequence}` },
  sequence,
  author: 'anna',
  authorName: 'Anna',
  receivedAt: '2026-01-01T00:00:00.000Z',
});

test('in whatever order and however often marks arrive, each stands once, in its place', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.integer({ min: 1, max: 12 }))), (arrivals) => {
      const state = arrivals.reduce((before, some) => withKept(before, some.map(mark)), NO_MARKS);
      const all = [...new Set(arrivals.flat())].sort((a, b) => a - b);
      expect(state.kept.map(({ sequence }) => sequence)).toEqual(all);
      let known = 0;
      while (all.includes(known + 1)) known += 1;
      expect(state.sequence).toBe(known);
      expect(hasGap(state)).toBe(all.length > known);
    }),
  );
});

test('what is known already changes nothing', () => {
  const state = withKept(NO_MARKS, [mark(1)]);
  expect(withKept(state, [mark(1)])).toBe(state);
});
