/** Searching the whole database for what must not be in it any more. */
import type { Sql } from '../ports/database/index.ts';
import { asText, dependentsOfStudy, type TextTable, textTables } from './catalog.ts';
import { UID } from './erasure-rows.ts';
import type { Needles } from './needles.ts';

/** Rows of one column in which something was found. */
export interface Remnant {
  readonly table: string;
  readonly column: string;
  readonly rows: number;
  readonly what: 'uid' | 'identity' | 'birth-date-and-name';
  /**
   * `kept-by-law`: the audit. `another-study`: within a record that was not to be erased (a namesake, a reference to
   * the erased study). `unexplained`: the erasure missed it.
   */
  readonly why: 'kept-by-law' | 'another-study' | 'unexplained';
}

export interface Absence {
  readonly tables: number;
  readonly columns: number;
  readonly remnants: readonly Remnant[];
}

/** 256 KiB of a table at a time: the embedded database answers nobody else during a statement. */
const PAGES = 32;

export async function searchEverywhere(sql: Sql, needles: Needles): Promise<Absence> {
  const tables = await textTables(sql);
  const archive = (await dependentsOfStudy(sql)).map(({ table }) => table);
  const remnants: Remnant[] = [];
  for (const table of tables) {
    const why =
      table.table === 'audit_event'
        ? 'kept-by-law'
        : archive.includes(table.table)
          ? 'another-study'
          : 'unexplained';
    for (const found of await searchTable(sql, table, needles)) remnants.push({ ...found, why });
  }
  return {
    tables: tables.length,
    columns: tables.reduce((sum, { columns }) => sum + columns.length, 0),
    remnants,
  };
}

async function searchTable(sql: Sql, table: TextTable, needles: Needles): Promise<Omit<Remnant, 'why'>[]> {
  const sums = new Map<string, number>();
  const values = [
    needles.uids,
    needles.identity ?? null,
    needles.born?.family ?? null,
    needles.born?.date ?? null,
  ];
  for (let page = 0; page < Math.max(table.pages, 1); page += PAGES) {
    // The last piece goes to the end, whatever was added meanwhile.
    const end = page + PAGES >= table.pages ? LAST_PAGE : page + PAGES;
    const piece = [...values, `(${page},0)`, `(${end},0)`];
    if (!(await anyRow(sql, table, piece))) continue;
    for (const [name, count] of Object.entries(await hitsByColumn(sql, table, piece)))
      sums.set(name, (sums.get(name) ?? 0) + count);
  }
  const hits = (name: string, column: string, what: Remnant['what']) => {
    const rows = sums.get(name) ?? 0;
    return rows === 0 ? [] : [{ table: table.table, column, rows, what }];
  };
  const ofColumns = table.columns.flatMap(({ name }, i) => [
    ...hits(`u${i}`, name, 'uid'),
    ...hits(`t${i}`, name, 'identity'),
  ]);
  // A row in which the name was found already is not told twice.
  return ofColumns.some(({ what }) => what === 'identity')
    ? ofColumns
    : [...ofColumns, ...hits('b', table.columns.map(({ name }) => name).join(' '), 'birth-date-and-name')];
}

const LAST_PAGE = 4_294_967_295;

/** The row as one text, of one piece of the table. */
const rowsOf = ({ table, columns }: TextTable): string =>
  `(select *, concat_ws(E'\\n', ${columns.map(asText).join(', ')}) as whole_row from ${table}
    where ctid >= $5::tid and ctid < $6::tid offset 0) as piece`;
const hasUid = (text: string): string =>
  `exists (select 1 from regexp_matches(${text}, '${UID}', 'g') as m (found) where m.found[1] = any($1::text[]))`;
const hasIdentity = (text: string): string => `coalesce(${text} ~* $2::text, false)`;
const BORN = `case when position($4::text in whole_row) > 0 then coalesce(whole_row ~* $3::text, false) else false end`;

/** Nearly every piece has none: each row is then read once. */
async function anyRow(sql: Sql, table: TextTable, piece: readonly unknown[]): Promise<boolean> {
  const rows = await sql.query(
    `select 1 from ${rowsOf(table)} where ${hasIdentity('whole_row')} or ${BORN} or ${hasUid('whole_row')} limit 1`,
    piece,
  );
  return rows.length > 0;
}

async function hitsByColumn(
  sql: Sql,
  table: TextTable,
  piece: readonly unknown[],
): Promise<Record<string, number>> {
  const tests = [
    ...table.columns.flatMap((column, i) => [
      [`u${i}`, hasUid(asText(column))],
      [`t${i}`, hasIdentity(asText(column))],
    ]),
    ['b', BORN],
  ];
  const [found] = await sql.query<Record<string, number>>(
    `select ${tests.map(([name]) => `count(*) filter (where ${name})::int as ${name}`).join(', ')}
     from (select ${tests.map(([name, test]) => `${test} as ${name}`).join(', ')} from ${rowsOf(table)}) as tested`,
    piece,
  );
  return found ?? {};
}
