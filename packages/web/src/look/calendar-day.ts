/**
 * A day of the patient's calendar, in no time zone, as the language writes it; undefined where the text begins with none.
 * @param date YYYY-MM-DD, or YYYYMMDD
 */
export function calendarDay(date: string, language: string): string | undefined {
  const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})/.exec(date) ?? [];
  if (year === undefined) return undefined;
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(at);
}
