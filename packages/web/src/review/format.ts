import type { TargetEntry } from '@promontory/core/review';
import { calendarDay } from '../look/index.ts';
import { directionOf } from '../words/index.ts';

type Unit = NonNullable<TargetEntry['unit']>;

const SYMBOL: Readonly<Record<Unit, string>> = { mm: ' mm', mm2: ' mm²', deg: '°', ratio: '', percent: ' %' };
const DECIMALS: Readonly<Record<Unit, number>> = { mm: 1, mm2: 0, deg: 1, ratio: 2, percent: 0 };

/** `8.4`: as many decimals as the unit deserves, digits and separators of the language. */
export const figure = (value: number, unit: Unit, language: string): string =>
  new Intl.NumberFormat(language, {
    minimumFractionDigits: DECIMALS[unit],
    maximumFractionDigits: DECIMALS[unit],
    signDisplay: 'negative',
  }).format(value);

/**
 * `8.4 ± 0.7 mm`; a figure that a person gave has no uncertainty. Among words from right to left it keeps its own
 * direction (Unicode UAX #9, isolates): turned round, the uncertainty would stand in the place of the value.
 */
export function measure(
  value: number,
  unit: Unit,
  uncertainty: number | undefined,
  language: string,
): string {
  const own = figure(value, unit, language);
  const symbol = SYMBOL[unit];
  const said =
    uncertainty === undefined || uncertainty === 0
      ? `${own}${symbol}`
      : `${own} ± ${figure(uncertainty, unit, language)}${symbol}`;
  return directionOf(language) === 'rtl' ? `\u2066${said}\u2069` : said;
}

export const unitSymbol = (unit: Unit): string => SYMBOL[unit].trim();

/** `93 %`, and never a rounded certainty: 0.998 is `> 99 %`. */
export function chance(probability: number, language: string): string {
  const percent = new Intl.NumberFormat(language, { style: 'percent' });
  if (probability > 0.99 && probability < 1) return `> ${percent.format(0.99)}`;
  if (probability < 0.01 && probability > 0) return `< ${percent.format(0.01)}`;
  return percent.format(probability);
}

export const clock = (iso: string, language: string): string =>
  new Intl.DateTimeFormat(language, { timeStyle: 'short' }).format(new Date(iso));

export const dateAndTime = (iso: string, language: string): string =>
  asOne(
    new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso)),
    language,
  );

/** A date from right to left, kept together: a Latin name before it would draw its day to itself. */
const asOne = (date: string, language: string): string =>
  directionOf(language) === 'rtl' ? `\u2067${date}\u2069` : date;

/** A day of the patient's calendar, in no time zone. @param date YYYY-MM-DD, or YYYYMMDD; else it is given back */
export function calendarDate(date: string, language: string): string {
  const day = calendarDay(date, language);
  return day === undefined ? date : asOne(day, language);
}

/** `3 or 4`, in the language. */
export const anyOf = (items: readonly string[], language: string): string =>
  new Intl.ListFormat(language, { type: 'disjunction' }).format(items);
