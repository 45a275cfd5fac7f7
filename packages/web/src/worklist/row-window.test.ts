import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  afterPage,
  PAGE_ROWS,
  pagesAround,
  pagesKept,
  type RowWindow,
  rowsIn,
  UNSEEN,
} from './row-window.ts';

/** A server with this many rows. */
const served = (total: number, page: number) => {
  const rows = Math.max(0, Math.min(PAGE_ROWS, total - page * PAGE_ROWS));
  return { rows, ...((page + 1) * PAGE_ROWS < total && { nextCursor: `after ${(page + 1) * PAGE_ROWS}` }) };
};
const read = (total: number, pages: number): RowWindow => {
  let window = UNSEEN;
  for (let page = 0; page < Math.min(pages, window.starts.length); page += 1)
    window = afterPage(window, page, served(total, page));
  return window;
};

describe('the window over the list', () => {
  test('read to its end it has every row, once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5000 }), (total) => {
        const window = read(total, 1000);
        expect(rowsIn(window)).toBe(total);
        expect(window.starts).toHaveLength(Math.max(1, Math.ceil(total / PAGE_ROWS)));
        expect(afterPage(window, 0, served(total, 0))).toBe(window);
      }),
    );
  });

  test('of 100,000 rows a few hundred are asked for and kept, wherever one looks', () => {
    const window = read(100_000, 1000);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_970 }), (first) => {
        const last = first + 29;
        const asked = pagesAround(window, first, last);
        const kept = pagesKept(window, first, last);
        for (const row of [first, last]) expect(asked).toContain(Math.floor(row / PAGE_ROWS));
        for (const page of asked) expect(kept).toContain(page);
        expect(kept.length * PAGE_ROWS).toBeLessThanOrEqual(400);
      }),
    );
  });

  test('before the end is known there is one more page to scroll to, and it is asked for', () => {
    const window = read(100_000, 3);
    expect(window.end).toBeUndefined();
    expect(rowsIn(window)).toBe(400);
    expect(pagesAround(window, 280, 299)).toEqual([2, 3]);
    expect(pagesAround(window, 390, 399)).toEqual([3]);
  });

  test('a page that ends elsewhere takes back what was known after it', () => {
    const window = afterPage(read(1000, 5), 1, { rows: PAGE_ROWS, nextCursor: 'moved' });
    expect(window).toEqual({ starts: [undefined, 'after 100', 'moved'] });
    expect(afterPage(read(1000, 10), 1, { rows: 3 })).toEqual({ starts: [undefined, 'after 100'], end: 103 });
  });
});
