/** Every statement on the audit's tables, by name. */
import type { Sql } from '../ports/database/index.ts';
import type { IndexColumns, Link } from './chain.ts';
import type { AuditAction, AuditEvent } from './event.ts';

export interface NewRow extends IndexColumns, Link {
  readonly body: string;
  readonly previous: string;
}

/** As it lies in the table, whatever was done to it. `at` in microseconds: `2026-01-31T12:00:00.000000Z`. */
export interface StoredRow extends Omit<IndexColumns, 'at'>, Link {
  readonly body: string;
  readonly previous: string;
  readonly at: string;
}

/** What a listing may be narrowed to; all that is given must hold. */
export interface AuditFilter {
  /** Included. */
  readonly from?: Date;
  /** Excluded. */
  readonly to?: Date;
  readonly actor?: string;
  readonly action?: AuditAction;
  readonly outcome?: AuditEvent['outcome'];
  readonly studyUid?: string;
  readonly patientKey?: string;
}

/** Waits for whoever is writing the audit; held until the transaction ends. */
export async function lockHead(sql: Sql): Promise<Link> {
  const [head] = await sql.query<Link>('select seq, hash from audit_head for update');
  if (head === undefined) throw new Error('The audit has no head.');
  return { seq: Number(head.seq), hash: head.hash };
}

export async function readHead(sql: Sql): Promise<Link | undefined> {
  const [head] = await sql.query<Link>('select seq, hash from audit_head');
  return head === undefined ? undefined : { seq: Number(head.seq), hash: head.hash };
}

export async function insertRecords(sql: Sql, rows: readonly NewRow[], head: Link): Promise<void> {
  const column = <T>(pick: (row: NewRow) => T) => rows.map(pick);
  await sql.query(
    `with added as (
       insert into audit_event (seq, body, at, action, outcome, actor, study_uid, patient_key, previous, hash)
       select * from unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[],
         $7::text[], $8::text[], $9::text[], $10::text[]))
     update audit_head set seq = $11, hash = $12`,
    [
      column((r) => r.seq),
      column((r) => r.body),
      column((r) => r.at),
      column((r) => r.action),
      column((r) => r.outcome),
      column((r) => r.actor),
      column((r) => r.studyUid),
      column((r) => r.patientKey),
      column((r) => r.previous),
      column((r) => r.hash),
      head.seq,
      head.hash,
    ],
  );
}

const STORED = `seq, body, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, action, outcome,
  actor, study_uid as "studyUid", patient_key as "patientKey", previous, hash`;

const stored = (rows: readonly StoredRow[]): StoredRow[] =>
  rows.map((row) => ({ ...row, seq: Number(row.seq) }));

/** The next records upwards; all of them, those below 1 too, where `after` is absent. */
export async function rowsAfter(sql: Sql, after: number | undefined, limit: number): Promise<StoredRow[]> {
  return stored(
    await sql.query<StoredRow>(
      `select ${STORED} from audit_event where $1::bigint is null or seq > $1::bigint order by seq limit $2`,
      [after ?? null, limit],
    ),
  );
}

/** Records, wherever they stand, whose body may say that they are this one. */
export async function rowsNaming(sql: Sql, seq: number): Promise<StoredRow[]> {
  return stored(
    await sql.query<StoredRow>(`select ${STORED} from audit_event where body like $1`, [`%"seq":${seq}%`]),
  );
}

/** Head and last record of one moment. */
export async function chainEnd(sql: Sql): Promise<{ head?: Link; last: number }> {
  const [end] = await sql.query<{ seq: number | null; hash: string; last: number | null }>(
    `select (select seq from audit_head) as seq, (select hash from audit_head) as hash,
       (select max(seq) from audit_event) as last`,
  );
  const last = Number(end?.last ?? 0);
  if (end === undefined || end.seq === null) return { last };
  return { head: { seq: Number(end.seq), hash: end.hash }, last };
}

const FILTERS = `($1::timestamptz is null or at >= $1) and ($2::timestamptz is null or at < $2)
  and ($3::text is null or actor = $3) and ($4::text is null or action = $4)
  and ($5::text is null or outcome = $5) and ($6::text is null or study_uid = $6)
  and ($7::text is null or patient_key = $7)`;

const filterValues = (filter: AuditFilter): unknown[] => [
  filter.from?.toISOString() ?? null,
  filter.to?.toISOString() ?? null,
  filter.actor ?? null,
  filter.action ?? null,
  filter.outcome ?? null,
  filter.studyUid ?? null,
  filter.patientKey ?? null,
];

/** Newest first, below `before`. */
export async function newestRows(
  sql: Sql,
  filter: AuditFilter,
  before: number | undefined,
  limit: number,
): Promise<StoredRow[]> {
  return stored(
    await sql.query<StoredRow>(
      `select ${STORED} from audit_event where ${FILTERS} and ($8::bigint is null or seq < $8::bigint)
       order by seq desc limit $9`,
      [...filterValues(filter), before ?? null, limit],
    ),
  );
}

/** Oldest first, above `after` and up to `upTo`. */
export async function oldestRows(
  sql: Sql,
  filter: AuditFilter,
  between: { readonly after: number; readonly upTo: number },
  limit: number,
): Promise<StoredRow[]> {
  return stored(
    await sql.query<StoredRow>(
      `select ${STORED} from audit_event where ${FILTERS} and seq > $8::bigint and seq <= $9::bigint
       order by seq limit $10`,
      [...filterValues(filter), between.after, between.upTo, limit],
    ),
  );
}
