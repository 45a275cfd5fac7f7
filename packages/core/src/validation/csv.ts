import { Fault } from '../fault/index.ts';

/** One row by the names of its columns, lower case with single spaces. */
export type CsvRow = ReadonlyMap<string, string>;

const MOST_CELLS = 10_000_000;

/**
 * Rows of a CSV (RFC 4180; comma or semicolon, quoted cells may hold either, line ends, and doubled quotes).
 * @throws Fault `MALFORMED` for a quote that never ends, `LIMIT_EXCEEDED` beyond ten million cells
 */
export function parseCsv(text: string): CsvRow[] {
  const source = text.replace(/^\uFEFF/, '');
  const separator = /^[^\r\n,]*;/.test(source) ? ';' : ',';
  const lines: string[][] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let count = 0;
  const endCell = () => {
    cells.push(cell);
    cell = '';
    if (++count > MOST_CELLS) throw new Fault('LIMIT_EXCEEDED', 'The table has more than ten million cells.');
  };
  const endLine = () => {
    endCell();
    if (cells.length > 1 || cells[0] !== '') lines.push(cells);
    cells = [];
  };
  for (let i = 0; i < source.length; i++) {
    const c = source[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (source[i + 1] === '"') cell += source[++i];
      else quoted = false;
    } else if (c === '"' && cell === '') quoted = true;
    else if (c === separator) endCell();
    else if (c === '\n') endLine();
    else if (c !== '\r') cell += c;
  }
  if (quoted) throw new Fault('MALFORMED', 'A quoted cell of the table never ends.');
  if (cell !== '' || cells.length > 0) endLine();
  const [head = [], ...body] = lines;
  const names = head.map(plain);
  return body.map((line) => new Map(names.map((name, i) => [name, (line[i] ?? '').trim()])));
}

const plain = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, ' ');

/** The cell under the first of these names that the table has; `undefined` where it has none of them. */
export function column(row: CsvRow, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = row.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}
