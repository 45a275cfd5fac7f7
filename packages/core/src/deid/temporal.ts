/** Dates moved by whole days: intervals and times of day stay as they were. */

const DATE = /^(\d{4})\.?(\d{2})\.?(\d{2})/;
const DAY_MS = 86_400_000;

/**
 * A DA or DT value moved by some days, or `undefined` where it names no day of the calendar. Of a DT the time and the
 * offset from UTC stay.
 */
export function shiftDate(value: string, days: number): string | undefined {
  const match = DATE.exec(value);
  if (match === null) return undefined;
  const [year, month, day] = match.slice(1).map(Number);
  const at = new Date(Date.UTC(year, month - 1, day));
  at.setUTCFullYear(year);
  if (at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day) return undefined;
  const moved = new Date(at.getTime() + days * DAY_MS);
  if (moved.getUTCFullYear() < 1) return undefined;
  return moved.toISOString().slice(0, 10).replaceAll('-', '') + value.slice(match[0].length);
}

/** An age above 89 years becomes 90 (the eighteen identifiers of 45 CFR 164.514(b)(2)). */
export function capAge(value: string): string {
  const match = /^(\d{3})Y$/.exec(value);
  return match !== null && Number(match[1]) > 89 ? '090Y' : value;
}
