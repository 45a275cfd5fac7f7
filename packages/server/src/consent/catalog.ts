/** What the database itself knows of its tables: erasing must find those that others add later. */
import type { Sql } from '../ports/database/index.ts';

/** Rows of a table, as a condition over `$1`: the study UIDs. Names are quoted by PostgreSQL. */
export interface Dependents {
  readonly table: string;
  readonly where: string;
}

/** `study` and all tables whose rows go with a study's: over foreign keys `on delete cascade`, however far. */
export async function dependentsOfStudy(sql: Sql): Promise<Dependents[]> {
  const keys = await sql.query<{ child: string; column: string; parent: string; key: string }>(
    `select con.conrelid::regclass::text as child, quote_ident(a.attname) as column,
       con.confrelid::regclass::text as parent, quote_ident(b.attname) as key
     from pg_constraint con
     join pg_attribute a on a.attrelid = con.conrelid and a.attnum = con.conkey[1]
     join pg_attribute b on b.attrelid = con.confrelid and b.attnum = con.confkey[1]
     where con.contype = 'f' and con.confdeltype = 'c' and cardinality(con.conkey) = 1
     order by child, a.attnum`,
  );
  const found: Dependents[] = [{ table: 'study', where: 'study_uid = any($1)' }];
  // Breadth first: what hangs on the study itself is counted by that, not by way of another table.
  for (let i = 0; i < found.length; i += 1) {
    const { table, where } = found[i] as Dependents;
    for (const { child, column, parent, key } of keys)
      if (parent === table && !found.some((known) => known.table === child))
        found.push({ table: child, where: `${column} in (select ${key} from ${parent} where ${where})` });
  }
  return found;
}

/** Our tables that have a column of this name. */
export async function tablesWith(sql: Sql, column: string): Promise<string[]> {
  const rows = await sql.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c
     join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attname = $1 and not a.attisdropped
     where n.nspname = 'public' and c.relkind = 'r' order by name`,
    [column],
  );
  return rows.map(({ name }) => name);
}

export interface TextTable {
  readonly table: string;
  /** Quoted, of any type that can hold text. */
  readonly columns: readonly { readonly name: string; readonly isBytes: boolean }[];
  /** Pages of 8 KiB, for reading it piece by piece. */
  readonly pages: number;
}

/**
 * Every table of the database that can hold text, those of other rooms and the queue's partitions included.
 * @param partitioned the partitioned tables themselves in place of their partitions: to delete from
 */
export async function textTables(sql: Sql, partitioned = false): Promise<TextTable[]> {
  const rows = await sql.query<{
    table: string;
    schema: string;
    column: string;
    bytes: boolean;
    pages: number;
  }>(
    `select c.oid::regclass::text as table, quote_ident(a.attname) as column, a.atttypid = 'bytea'::regtype as bytes,
       ceil(pg_relation_size(c.oid) / current_setting('block_size')::numeric)::int as pages
     from pg_class c
     join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     join pg_type t on t.oid = a.atttypid
     left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
     where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%'
       and n.nspname not like 'pg_temp%'
       and (t.typcategory = 'S' or e.typcategory = 'S' or coalesce(e.typname, t.typname) in ('json', 'jsonb', 'xml', 'bytea'))
       and (case when $1 then c.relkind in ('r', 'p') and not c.relispartition else c.relkind in ('r', 'm') end)
     order by 1, a.attnum`,
    [partitioned],
  );
  return [...Map.groupBy(rows, ({ table }) => table)].map(([table, of]) => ({
    table,
    columns: of.map(({ column, bytes }) => ({ name: column, isBytes: bytes })),
    pages: of[0]?.pages ?? 0,
  }));
}

/** A column as text; bytes with what is ASCII in them readable. */
export const asText = ({ name, isBytes }: TextTable['columns'][number]): string =>
  isBytes ? `encode(${name}, 'escape')` : `${name}::text`;
