import { Fault } from '../fault/index.ts';
import { type CsvRow, column } from './csv.ts';

/**
 * A grade under one of these names; `undefined` for an empty cell or no such column.
 * @throws Fault `MALFORMED` for what the scale does not have; the value itself is never repeated
 */
export function gradeIn(
  row: CsvRow,
  names: readonly string[],
  least: number,
  most: number,
): number | undefined {
  const text = column(row, names);
  if (text === undefined || text === '') return undefined;
  const grade = Number(text);
  if (!Number.isInteger(grade) || grade < least || grade > most) {
    throw new Fault('MALFORMED', `The column "${names[0]}" holds a value that is not ${least} to ${most}.`, {
      advice: 'Correct the table, or leave the cell empty.',
    });
  }
  return grade;
}

/** The same where it must not be missing. */
export function needGrade(row: CsvRow, names: readonly string[], least: number, most: number): number {
  const grade = gradeIn(row, names, least, most);
  if (grade === undefined) throw missing(names[0]);
  return grade;
}

/** @throws Fault `MALFORMED` where the cell is empty or the column is not there */
export function need(row: CsvRow, names: readonly string[]): string {
  const value = column(row, names);
  if (value === undefined || value === '') throw missing(names[0]);
  return value;
}

const missing = (name: string): Fault =>
  new Fault('MALFORMED', `The table lacks the column "${name}", or a cell of it is empty.`, {
    advice: 'See docs/validation.md for the columns.',
  });
