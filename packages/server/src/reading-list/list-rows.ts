/** Every statement that reads the list, by name. */
import type { Urgency, UrgencyRank, UrgencyReason, UrgentIndication } from '@promontory/core/report';
import { NOT_READABLE, withIndication } from '@promontory/core/report';
import type { Reach } from '../access/index.ts';
import type { Sql } from '../ports/database/index.ts';
import { cursorOf, orderingOf, valuesOf } from './cursor.ts';
import { ListConditions } from './list-conditions.ts';
import type { ListEntry, ListPage, ListQuery, PriorStudy, StudyStatus } from './list-entry.ts';

interface Row {
  readonly study_uid: string;
  readonly patient_name: string | null;
  readonly patient_id: string | null;
  readonly birth_date: string | null;
  readonly sex: string | null;
  readonly study_date: string | null;
  readonly study_time: string | null;
  readonly description: string | null;
  readonly accession_number: string | null;
  readonly modalities: string[];
  readonly series_count: number;
  readonly instance_count: number;
  readonly received_at: Date;
  readonly status: StudyStatus;
  readonly reading_id: string | null;
  readonly refusal_code: string | null;
  readonly signed_at: Date | null;
  readonly indication: UrgentIndication | null;
  readonly read_rank: UrgencyRank | null;
  readonly urgency_reasons: string | null;
  readonly assigned_to: string | null;
  readonly assigned_name: string | null;
  readonly prior_count: number;
}

/** Of the study's row and of the list's; `w` is what was found. */
const entrySelect = (priors: string): string => `
select s.study_uid, s.patient_name, s.patient_id, s.birth_date, s.sex, s.study_date, s.study_time, s.description,
  s.accession_number, s.modalities, s.series_count, s.instance_count, s.received_at,
  w.status, w.reading_id, w.refusal_code, w.signed_at, w.indication, r.urgency_rank as read_rank, w.urgency_reasons,
  w.assigned_to, a.display_name as assigned_name, w.keys,
  (select count(*)::int from study_worklist p where ${priors}) as prior_count
from w join study s on s.study_uid = w.study_uid
left join account a on a.account_id = w.assigned_to
left join reading r on r.reading_id = w.reading_id`;

/** Earlier, or of the same moment: of two that nobody can order each is the other's. */
const IS_PRIOR = `p.patient_key = w.patient_key and p.study_uid <> w.study_uid
  and (p.study_date, p.study_time) <= (w.study_date, w.study_time)`;

const present = <K extends string, V>(name: K, value: V | null): { readonly [key in K]?: V } =>
  value === null ? {} : ({ [name]: value } as { readonly [key in K]?: V });

const entryOf = (row: Row): ListEntry => ({
  studyInstanceUid: row.study_uid,
  ...present('patientName', row.patient_name),
  ...present('patientId', row.patient_id),
  ...present('birthDate', row.birth_date),
  ...present('sex', row.sex),
  ...present('studyDate', row.study_date),
  ...present('studyTime', row.study_time),
  ...present('description', row.description),
  ...present('accessionNumber', row.accession_number),
  modalities: row.modalities,
  seriesCount: row.series_count,
  instanceCount: row.instance_count,
  receivedAt: row.received_at,
  status: row.status,
  ...present('readingId', row.reading_id),
  ...present('refusalCode', row.refusal_code),
  urgency: urgencyOfRow(row),
  ...(row.assigned_to !== null && {
    assignedTo: { accountId: row.assigned_to, name: row.assigned_name ?? '' },
  }),
  priorCount: row.prior_count,
  ...present('signedAt', row.signed_at),
});

function urgencyOfRow({
  refusal_code: refusal,
  indication,
  read_rank: rank,
  urgency_reasons: reasons,
}: Row): Urgency {
  const read: Urgency =
    refusal !== null
      ? NOT_READABLE
      : { rank: rank ?? 0, reasons: reasons === null ? [] : (JSON.parse(reasons) as UrgencyReason[]) };
  return withIndication(read, indication ?? undefined);
}

/** A timestamp to the microsecond, as the database has it: what JavaScript makes of it is coarser. */
const exactly = ({ column, type }: { readonly column: string; readonly type: string }): string =>
  type === 'timestamptz'
    ? `to_char(w.${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
    : `w.${column}::text`;

/**
 * A page of the list within reach.
 * @throws CursorInvalid
 */
export async function pageOf(sql: Sql, query: ListQuery, reach: Reach): Promise<ListPage> {
  const conditions = new ListConditions();
  conditions.within('w', reach);
  conditions.filter(query);
  if (query.text !== undefined) await narrow(sql, conditions, query.text);
  const isFirst = query.cursor === undefined;
  const total = isFirst ? await countOf(sql, conditions) : undefined;
  const { keys, descending } = orderingOf(query.sort);
  const columns = keys.map(({ column }) => `w.${column}`);
  if (query.cursor !== undefined) {
    const after = valuesOf(query.cursor, query.sort).map(
      (value, i) => `${conditions.value(value)}::${keys[i]?.type ?? 'text'}`,
    );
    conditions.add(`(${columns.join(', ')}) ${descending ? '<' : '>'} (${after.join(', ')})`);
  }
  const order = columns.map((column) => `${column} ${descending ? 'desc' : 'asc'}`).join(', ');
  const rows = await sql.query<Row & { readonly keys: string[] }>(
    `with ${conditions.before}w as (select w.*, array[${keys.map(exactly).join(', ')}] as keys from study_worklist w
       where ${conditions.text} order by ${order} limit ${conditions.value(query.limit + 1)})
     ${entrySelect(`${IS_PRIOR} and ${conditions.reachText('p', reach)}`)} order by ${order}`,
    conditions.values,
  );
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    entries: shown.map(entryOf),
    ...(rows.length > query.limit && last !== undefined && { nextCursor: cursorOf(query.sort, last.keys) }),
    ...(total !== undefined && { total }),
  };
}

/** Studies that are looked up one by one; of more the list is gone through. */
const FEW = 1000;

async function narrow(sql: Sql, conditions: ListConditions, text: string): Promise<void> {
  const naming = new ListConditions();
  const rows = await sql.query<{ study_uid: string }>(
    `select study_uid from (${naming.namedText(text)}) as n limit ${FEW + 1}`,
    naming.values,
  );
  if (rows.length > FEW) conditions.named(text);
  else conditions.among([...new Set(rows.map((row) => row.study_uid))]);
}

async function countOf(sql: Sql, { before, text, values }: ListConditions): Promise<number> {
  const [row] = await sql.query<{ n: number }>(
    `with ${before}w as (select 1 from study_worklist w where ${text}) select count(*)::int as n from w`,
    values,
  );
  return row?.n ?? 0;
}

export async function countsByStatus(sql: Sql, reach: Reach): Promise<Map<StudyStatus, number>> {
  const conditions = new ListConditions();
  conditions.within('w', reach);
  const rows = await sql.query<{ status: StudyStatus; n: number }>(
    `select status, count(*)::int as n from study_worklist w where ${conditions.text} group by status`,
    conditions.values,
  );
  return new Map(rows.map(({ status, n }) => [status, n]));
}

export async function entryOfStudy(sql: Sql, studyUid: string, reach: Reach): Promise<ListEntry | undefined> {
  const conditions = new ListConditions();
  const study = conditions.value(studyUid);
  const [row] = await sql.query<Row>(
    `with w as (select *, '{}'::text[] as keys from study_worklist where study_uid = ${study})
     ${entrySelect(`${IS_PRIOR} and ${conditions.reachText('p', reach)}`)}`,
    conditions.values,
  );
  return row && entryOf(row);
}

/** Priors that one study lists; somebody who was scanned more often is found by the list itself. */
const MOST_PRIORS = 200;

/** The latest first. */
export async function priorsOf(sql: Sql, studyUid: string, reach: Reach): Promise<PriorStudy[]> {
  const conditions = new ListConditions();
  const study = conditions.value(studyUid);
  const rows = await sql.query<Pick<Row, 'study_uid' | 'study_date' | 'description' | 'status'>>(
    `select s.study_uid, s.study_date, s.description, p.status
     from study_worklist w join study_worklist p on ${IS_PRIOR} join study s on s.study_uid = p.study_uid
     where w.study_uid = ${study} and ${conditions.reachText('p', reach)}
     order by p.study_date desc, p.study_time desc, p.study_uid limit ${MOST_PRIORS}`,
    conditions.values,
  );
  return rows.map((row) => ({
    studyInstanceUid: row.study_uid,
    ...present('studyDate', row.study_date),
    ...present('description', row.description),
    status: row.status,
  }));
}
