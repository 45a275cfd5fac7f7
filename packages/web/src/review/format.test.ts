import { expect, test } from 'vitest';
import { calendarDate, measure } from './format.ts';

test('a value stands before its uncertainty, also among words from right to left', () => {
  expect(measure(28.6, 'deg', 3.9, 'en')).toBe('28.6 ± 3.9°');
  // An isolate of its own direction (UAX #9): the parts of a figure do not change places.
  expect(measure(-0.8, 'mm', 2.3, 'ar')).toMatch(/^\u2066.*0.8 ± 2.3 mm\u2069$/);
});

test('a date is that of the calendar, in whatever zone it is read, and what is none is left as it is', () => {
  expect(calendarDate('2024-01-02', 'en-GB')).toBe('2 Jan 2024');
  expect(calendarDate('20240102', 'en-GB')).toBe('2 Jan 2024');
  expect(calendarDate('unknown', 'en-GB')).toBe('unknown');
  expect(calendarDate('2024-01-02', 'ar')).toMatch(/^\u2067.*\u2069$/);
});
