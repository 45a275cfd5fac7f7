import { expect, test } from 'vitest';
import { newsIn } from './news.ts';

const seen = (studies: string, more: { total?: number; isWhole?: boolean } = {}) => ({
  studies: new Set(studies),
  isWhole: false,
  ...more,
});
const head = (studies: string, total?: number) => ({ studies: [...studies], total });

test.each([
  ['the same', seen('abcd'), head('abcd'), 0],
  ['in another order', seen('abcd'), head('dcba'), 0],
  ['two at the head', seen('abcd'), head('xyab'), 2],
  ['one between', seen('abcd'), head('abxc'), 1],
  ['one left, the next moved up', seen('abcd'), head('acde'), 0],
  ['one left and one came', seen('abcd'), head('xacd'), 1],
  ['at the end of a list that is shown whole', seen('ab', { isWhole: true }), head('abx'), 1],
  ['nothing known any more', seen('abcd'), head('wxyz'), 4],
  ['into an empty list', seen('', { isWhole: true, total: 0 }), head('xy', 2), 2],
  ['below the first page: the sum tells', seen('abcd', { total: 100 }), head('abcd', 103), 3],
  ['fewer than before are no news', seen('abcd', { total: 100 }), head('abcd', 97), 0],
])('%s', (_, before, now, news) => {
  expect(newsIn(before, now)).toBe(news);
});
