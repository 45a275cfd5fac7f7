import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ageAt } from './age.ts';

describe('ageAt', () => {
  test.each([
    ['1970-06-15', '2020-06-14', { unit: 'year', count: 49 }],
    ['1970-06-15', '2020-06-15', { unit: 'year', count: 50 }],
    ['19700615', '20200615', { unit: 'year', count: 50 }],
    ['2019-07-01', '2020-06-30', { unit: 'month', count: 11 }],
    ['2018-06-30', '2020-06-30', { unit: 'year', count: 2 }],
    ['2020-06-30', '2020-06-30', { unit: 'month', count: 0 }],
    ['2000-02-29', '2018-02-28', { unit: 'year', count: 17 }],
    ['2021-01-01', '2020-06-30', undefined],
    [null, '2020-06-30', undefined],
    ['unknown', '2020-06-30', undefined],
  ])('born %s, studied %s', (born, studied, age) => {
    expect(ageAt(born, studied)).toEqual(age);
  });

  test('a year later everyone who counts years is one older', () => {
    const day = fc.record({
      y: fc.integer({ min: 1900, max: 1990 }),
      m: fc.integer({ min: 1, max: 12 }),
      d: fc.integer({ min: 1, max: 28 }),
    });
    const text = ({ y, m, d }: { y: number; m: number; d: number }) =>
      `${y}-${`${m}`.padStart(2, '0')}-${`${d}`.padStart(2, '0')}`;
    fc.assert(
      fc.property(day, day, fc.integer({ min: 3, max: 80 }), (born, at, years) => {
        const studied = { ...at, y: born.y + years };
        const before = ageAt(text(born), text(studied));
        const after = ageAt(text(born), text({ ...studied, y: studied.y + 1 }));
        expect(after?.count).toBe((before?.count ?? 0) + 1);
      }),
    );
  });
});
