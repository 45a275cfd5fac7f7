import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  dayOf,
  EVERYTHING,
  isEverything,
  type ListQuery,
  PERIODS,
  readQuery,
  SORTS,
  serverQuery,
  writeQuery,
} from './list-query.ts';
import { STATUSES } from './worklist-row.ts';

const day = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2099-01-01'), noInvalidDate: true })
  .map((d) => dayOf(d));
const some = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const queries: fc.Arbitrary<ListQuery> = fc
  .record({
    text: fc.string({ maxLength: 64, unit: 'grapheme' }).map((text) => text.trim().slice(0, 64).trim()),
    status: some(fc.constantFrom(...STATUSES)),
    urgency: some(fc.constantFrom(1 as const, 2 as const, 3 as const)),
    assigned: some(fc.oneof(fc.constantFrom('me', 'none'), fc.uuid())),
    period: fc.constantFrom(...PERIODS),
    from: some(day),
    to: some(day),
    sort: fc.constantFrom(...SORTS),
  })
  .map(({ from, to, ...rest }) => {
    const query = { ...rest, ...(rest.period === 'range' && { from, to }) };
    return Object.fromEntries(
      Object.entries(query).filter(([, value]) => value !== undefined),
    ) as unknown as ListQuery;
  });

describe('the question in the address', () => {
  test('comes back as it was, whatever was searched', () => {
    fc.assert(fc.property(queries, (query) => void expect(readQuery(writeQuery(query))).toEqual(query)));
  });

  test('nothing asked is nothing written', () => {
    expect(writeQuery(EVERYTHING)).toBe('');
    expect(readQuery('')).toEqual(EVERYTHING);
    expect(isEverything({ ...EVERYTHING, sort: 'name' })).toBe(true);
    expect(isEverything({ ...EVERYTHING, text: 'a' })).toBe(false);
  });

  test('what is not understood is left out', () => {
    expect(
      readQuery(
        'status=lost&urgency=9&assigned=<b>&period=year&from=2020-01-01&sort=x&url=https://evil.example',
      ),
    ).toEqual(EVERYTHING);
    expect(readQuery(`text=${'x'.repeat(500)}`).text).toHaveLength(64);
  });

  test('never asks the server for an empty key', () => {
    fc.assert(
      fc.property(queries, (query) => {
        for (const [, value] of serverQuery(query, new Date(2026, 2, 1))) expect(value).not.toBe('');
      }),
    );
  });
});

test('seven days end today and begin six days ago, over the ends of months', () => {
  const asked = serverQuery({ ...EVERYTHING, period: 'week' }, new Date(2024, 2, 3, 23, 59));
  expect([asked.get('from'), asked.get('to')]).toEqual(['2024-02-26', '2024-03-03']);
  const today = serverQuery({ ...EVERYTHING, period: 'today' }, new Date(2024, 2, 3, 0, 1));
  expect([today.get('from'), today.get('to')]).toEqual(['2024-03-03', '2024-03-03']);
});
