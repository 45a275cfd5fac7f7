const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;

/**
 * How long to wait before the next try: 1 s, 2 s, 4 s … 60 s, each less up to a half by chance, so that a ward's browsers
 * do not all come at once when the server is back.
 * @param failures in a row, from 1
 * @param chance 0–1
 */
export const backOffMs = (failures: number, chance: number): number =>
  Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10)) * (1 - chance / 2);
