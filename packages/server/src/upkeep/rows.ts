/** Every statement of this room. Names of tables and columns come from the database's own catalogue, quoted by it. */
import type { Sql } from '../ports/database/index.ts';

export interface Table {
  readonly name: string;
  /** Quoted for use in a statement. */
  readonly quoted: string;
  /** Quoted; without those that the database computes. */
  readonly columns: readonly string[];
}

const HERE = '(select oid from pg_namespace where nspname = current_schema())';

/** The tables of the archive, by name; the queue's lie in a schema of their own. */
export const tablesIn = (sql: Sql): Promise<Table[]> =>
  sql.query<Table>(
    `select c.relname::text as name, quote_ident(c.relname) as quoted,
       array(select quote_ident(a.attname) from pg_attribute a
         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
         order by a.attnum) as columns
     from pg_class c
     where c.relnamespace = ${HERE} and c.relkind in ('r', 'p') and not c.relispartition
     order by c.relname`,
  );

/** Which table must be filled before which. */
export const foreignKeysIn = (sql: Sql): Promise<{ table: string; needs: string }[]> =>
  sql.query(
    `select distinct f.relname::text as table, t.relname::text as needs
     from pg_constraint k join pg_class f on f.oid = k.conrelid join pg_class t on t.oid = k.confrelid
     where k.contype = 'f' and k.connamespace = ${HERE} and f.oid <> t.oid`,
  );

/**
 * Tables whose rows name bytes: those with the columns `sha256` and `size`. Found in the catalogue and not written down
 * here, because a table that were forgotten would lose its bytes.
 */
export async function blobTablesIn(sql: Sql): Promise<Table[]> {
  const tables = await tablesIn(sql);
  return tables.filter(({ columns }) => columns.includes('sha256') && columns.includes('size'));
}

/** The transaction sees the database as it stands now, whatever others do meanwhile. Its first statement. */
export const asSnapshot = (sql: Sql): Promise<unknown> =>
  sql.query('set transaction isolation level repeatable read, read only');

/** Texts of values that do not depend on the settings of server or session. */
export async function withPlainValues(sql: Sql): Promise<void> {
  for (const setting of [`time zone 'UTC'`, `bytea_output = 'hex'`, 'extra_float_digits = 1'])
    await sql.query(`set local ${setting}`);
}

/** Rows in batches of about `batchBytes`, through a cursor: no table is too large. Within a transaction. */
async function* inBatches(sql: Sql, select: string, batchBytes: number): AsyncGenerator<string[]> {
  await sql.query(`declare upkeep_rows no scroll cursor for ${select}`);
  let count = 100;
  for (;;) {
    const rows = await sql.query<{ line: string }>(`fetch forward ${count} from upkeep_rows`);
    if (rows.length === 0) break;
    const lines = rows.map(({ line }) => line);
    yield lines;
    const bytes = lines.reduce((sum, line) => sum + line.length, 1);
    count = Math.min(5_000, Math.max(1, Math.round((count * batchBytes) / bytes)));
  }
  await sql.query('close upkeep_rows');
}

const BATCH_BYTES = 2 ** 20;

/** Every row as one line of JSON. */
export const rowLines = (sql: Sql, { quoted, columns }: Table): AsyncGenerator<string[]> =>
  inBatches(
    sql,
    `select row_to_json(t)::text as line from (select ${columns.join(', ')} from ${quoted}) t`,
    BATCH_BYTES,
  );

const named = (tables: readonly Table[]): string =>
  tables.map(({ quoted }) => `select sha256, size from ${quoted}`).join(' union ');

/** Bytes that lie in a PACS, which the archive does not keep itself. */
const IN_PACS = 'exists (select 1 from pacs_instance p where p.sha256 = b.sha256)';

/** `sha256 size` of all bytes that rows name and the archive keeps, each once, in the order of their names. */
export const blobLines = (sql: Sql, tables: readonly Table[], withPacs: boolean): AsyncGenerator<string[]> =>
  inBatches(
    sql,
    `select sha256 || ' ' || size as line from (${named(tables)}) b ${withPacs ? `where not ${IN_PACS}` : ''}
     order by sha256`,
    BATCH_BYTES,
  );

/** How many of the bytes that rows name lie in a PACS. */
export const countInPacs = async (sql: Sql, tables: readonly Table[]): Promise<number> =>
  Number(
    (
      await sql.query<{ n: number }>(
        `select count(*)::float8 as n from (${named(tables)}) b where ${IN_PACS}`,
      )
    )[0]?.n,
  );

/** The next page of bytes that rows name, in the order of their names. */
export const namedBlobs = (
  sql: Sql,
  tables: readonly Table[],
  after: string,
  limit: number,
): Promise<{ sha256: string; size: number }[]> =>
  sql.query(
    `select sha256, max(size)::float8 as size from (${tables
      .map(({ quoted }) => `(select sha256, size from ${quoted} where sha256 > $1 order by sha256 limit $2)`)
      .join(' union all ')}) b group by sha256 order by sha256 limit $2`,
    [after, limit],
  );

/** Which of these hashes rows name. */
export async function namedAmong(
  sql: Sql,
  tables: readonly Table[],
  sha256s: readonly string[],
): Promise<Set<string>> {
  const rows = await sql.query<{ sha256: string }>(
    tables.map(({ quoted }) => `select sha256 from ${quoted} where sha256 = any($1)`).join(' union '),
    [sha256s],
  );
  return new Set(rows.map(({ sha256 }) => sha256));
}

export interface Place {
  readonly table: string;
  readonly studyUid: string | null;
  readonly sopUid: string | null;
  readonly readingId: string | null;
}

/** Rows that name these bytes. */
export async function placesOf(sql: Sql, tables: readonly Table[], sha256: string): Promise<Place[]> {
  const places: Place[] = [];
  for (const { name, quoted } of tables)
    places.push(
      ...(await sql.query<Place>(
        `select $2::text as table, r->>'study_uid' as "studyUid", r->>'sop_uid' as "sopUid",
           r->>'reading_id' as "readingId"
         from (select to_jsonb(t) as r from ${quoted} t where sha256 = $1 limit 10) rows`,
        [sha256, name],
      )),
    );
  return places;
}

export const migrationsIn = async (sql: Sql): Promise<string[]> =>
  (await sql.query<{ id: string }>('select id from schema_migration order by id')).map(({ id }) => id);

export const sequencesIn = (sql: Sql): Promise<{ name: string; value: number }[]> =>
  sql.query(
    `select sequencename::text as name, last_value::float8 as value from pg_sequences
     where schemaname = current_schema() and last_value is not null order by 1`,
  );

export const setSequence = (sql: Sql, name: string, value: number): Promise<unknown> =>
  sql.query(`select setval(format('%I.%I', current_schema(), $1::text)::regclass, $2::bigint)`, [
    name,
    value,
  ]);

export const hasRows = async (sql: Sql, { quoted }: Table): Promise<boolean> =>
  (await sql.query(`select 1 from ${quoted} limit 1`)).length > 0;

export const countRows = async (sql: Sql, { quoted }: Table): Promise<number> =>
  Number((await sql.query<{ n: number }>(`select count(*)::float8 as n from ${quoted}`))[0]?.n);

export const deleteRows = (sql: Sql, { quoted }: Table): Promise<unknown> =>
  sql.query(`delete from ${quoted}`);

/** @param columns quoted */
export const insertLines = (
  sql: Sql,
  { quoted, columns }: Table,
  lines: readonly string[],
): Promise<unknown> =>
  sql.query(
    `insert into ${quoted} (${columns.join(', ')}) overriding system value
     select ${columns.join(', ')} from json_populate_recordset(null::${quoted}, $1::json)`,
    [`[${lines.join(',')}]`],
  );

export const blobsToRemove = (
  sql: Sql,
  after: string,
  limit: number,
): Promise<{ sha256: string; since: Date }[]> =>
  sql.query('select sha256, since from blob_to_remove where sha256 > $1 order by sha256 limit $2', [
    after,
    limit,
  ]);

export const noteOf = async (sql: Sql, sha256: string): Promise<{ since: Date } | undefined> =>
  (await sql.query<{ since: Date }>('select since from blob_to_remove where sha256 = $1', [sha256]))[0];

export const dropNote = (sql: Sql, sha256: string): Promise<unknown> =>
  sql.query('delete from blob_to_remove where sha256 = $1', [sha256]);

/** @returns whether rows name the bytes: judged and dropped in one statement, so that no deletion comes between */
export const dropNoteOfNamed = async (
  sql: Sql,
  tables: readonly Table[],
  sha256: string,
): Promise<boolean> => {
  const named = tables.map(({ quoted }) => `exists (select 1 from ${quoted} where sha256 = $1)`).join(' or ');
  const dropped = await sql.query(
    `delete from blob_to_remove where sha256 = $1 and (${named}) returning sha256`,
    [sha256],
  );
  return dropped.length > 0;
};

export const renewNote = (sql: Sql, sha256: string, now: Date): Promise<unknown> =>
  sql.query('update blob_to_remove set since = $2 where sha256 = $1', [sha256, now.toISOString()]);

export const noteToRemove = (sql: Sql, sha256s: readonly string[], now: Date): Promise<unknown> =>
  sql.query(
    `insert into blob_to_remove (sha256, since) select h, $2::timestamptz from unnest($1::text[]) as h
     on conflict do nothing`,
    [sha256s, now.toISOString()],
  );

export const notedAmong = async (sql: Sql, sha256s: readonly string[]): Promise<Set<string>> =>
  new Set(
    (
      await sql.query<{ sha256: string }>('select sha256 from blob_to_remove where sha256 = any($1)', [
        sha256s,
      ])
    ).map(({ sha256 }) => sha256),
  );

export interface WrongCount {
  readonly uid: string;
  /** As the row says. */
  readonly said: number;
  readonly counted: number;
}

export const wrongSeriesCounts = (sql: Sql, limit: number): Promise<WrongCount[]> =>
  sql.query(
    `select s.series_uid as uid, s.instance_count as said, count(i.sop_uid)::int as counted
     from series s left join instance i using (series_uid)
     group by s.series_uid having s.instance_count <> count(i.sop_uid) or count(i.sop_uid) = 0 limit $1`,
    [limit],
  );

export const wrongStudyCounts = (sql: Sql, limit: number): Promise<WrongCount[]> =>
  sql.query(
    `select s.study_uid as uid, s.instance_count as said, count(i.sop_uid)::int as counted
     from study s left join instance i using (study_uid)
     group by s.study_uid
     having s.instance_count <> count(i.sop_uid) or count(i.sop_uid) = 0
       or s.byte_count <> coalesce(sum(i.size), 0)
       or s.series_count <> (select count(*) from series where series.study_uid = s.study_uid)
     limit $1`,
    [limit],
  );

/** Instances that name another study than their series does. */
export const strayInstances = (sql: Sql, limit: number): Promise<{ uid: string }[]> =>
  sql.query(
    `select i.sop_uid as uid from instance i join series s using (series_uid)
     where s.study_uid <> i.study_uid limit $1`,
    [limit],
  );

/** Sets the counts of rows that say another number than there are; rows without instances are left to a person. */
export async function setCounts(sql: Sql): Promise<number> {
  const series = await sql.query(
    `update series set instance_count = n
     from (select series_uid, count(*)::int as n from instance group by series_uid) c
     where c.series_uid = series.series_uid and instance_count <> n returning 1`,
  );
  const studies = await sql.query(
    `update study set instance_count = n, byte_count = bytes, series_count = of_series
     from (select study_uid, count(*)::int as n, sum(size)::bigint as bytes,
         (select count(*)::int from series where series.study_uid = instance.study_uid) as of_series
       from instance group by study_uid) c
     where c.study_uid = study.study_uid
       and (instance_count, byte_count, series_count) is distinct from (n, bytes, of_series) returning 1`,
  );
  return series.length + studies.length;
}
