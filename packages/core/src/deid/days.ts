/** The ways in which a day is commonly written, folded as texts are before they are searched. */

/** In English, German, French, Spanish and Italian, and short. */
const MONTHS: readonly string[] = [
  'january jan januar janvier enero gennaio',
  'february feb februar fevrier febrero febbraio',
  'march mar marz maerz mars marzo',
  'april apr avril abril aprile',
  'may mai mayo maggio',
  'june jun juni juin junio giugno',
  'july jul juli juillet julio luglio',
  'august aug aout agosto',
  'september sep sept septembre septiembre settembre',
  'october oct okt oktober octobre octubre ottobre',
  'november nov novembre noviembre',
  'december dec dez dezember decembre diciembre dicembre',
];

/** A value of DA or the beginning of one of DT (PS3.5 section 6.2). */
const DAY = /^(\d{4})\.?(\d{2})\.?(\d{2})/;
/** Stand for a day that is not known. */
const NO_YEARS: ReadonlySet<string> = new Set(['0000', '1900', '9999']);

/**
 * `[]` for what names no day.
 * @param shortYear with years of two digits too, which for any but the day of birth would be too many numbers
 */
export function spellingsOfDay(value: string, { shortYear }: { shortYear: boolean }): readonly string[] {
  const match = DAY.exec(value);
  if (match === null) return [];
  const [, year, month, day] = match as unknown as [string, string, string, string];
  const names = MONTHS[Number(month) - 1]?.split(' ');
  if (names === undefined || Number(day) < 1 || Number(day) > 31 || NO_YEARS.has(year)) return [];
  const days = [...new Set([day, String(Number(day))])];
  const months = [...new Set([month, String(Number(month))])];
  const years = shortYear ? [year, year.slice(2)] : [year];
  return [
    ...[year + month + day, day + month + year, month + day + year],
    ...years.flatMap((y) =>
      days.flatMap((d) => months.flatMap((m) => [`${y} ${m} ${d}`, `${d} ${m} ${y}`, `${m} ${d} ${y}`])),
    ),
    ...names.flatMap((name) => named(name, year, days)),
  ];
}

function named(name: string, year: string, days: readonly string[]): string[] {
  const [first] = days.slice(-1);
  const ordinal = ['st', 'nd', 'rd'][Number(first!.at(-1)) - 1] ?? 'th';
  return [...days, first + ordinal, `${first}th`].flatMap((day) => [
    `${day} ${name} ${year}`,
    `${name} ${day} ${year}`,
    `${day} de ${name} de ${year}`,
    `${day}${name}${year}`,
  ]);
}
