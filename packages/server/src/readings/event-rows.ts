/** Every statement on what is to be told to subscribers, by name. */
import type { StudyOwner } from '../archive/index.ts';
import type { Sql } from '../ports/database/index.ts';
import type { EventReport, EventType } from './event-reports.ts';

/** A subscriber's name is its account's own: another account may use the same. */
export interface Subscriber {
  readonly accountId: string;
  readonly aeTitle: string;
}

/** Nobody listens: nothing is written. */
export const SOMEBODY_LISTENS = `(exists (select 1 from worklist_subscription)
  or exists (select 1 from work_item_subscription where subscribed))`;

/** In the transaction of what it tells of. */
export async function insertEvent(
  sql: Sql,
  jobId: string,
  { kind, attributes }: EventReport,
  now: Date,
): Promise<void> {
  await sql.query(
    `insert into work_item_event (job_id, kind, report, at) select $1::uuid, $2::int, $3::text, $4::timestamptz
     where ${SOMEBODY_LISTENS}`,
    [jobId, kind, JSON.stringify(attributes), now.toISOString()],
  );
}

/** For one subscriber: what the state is when it begins to listen. */
export async function insertEventFor(
  sql: Sql,
  { accountId, aeTitle }: Subscriber,
  jobId: string,
  { kind, attributes }: EventReport,
  now: Date,
): Promise<void> {
  await sql.query(
    `insert into work_item_event (job_id, kind, report, account_id, ae_title, at) values ($1, $2, $3, $4, $5, $6)`,
    [jobId, kind, JSON.stringify(attributes), accountId, aeTitle, now.toISOString()],
  );
}

export interface DueEvent {
  readonly eventId: string;
  readonly at: Date;
  readonly kind: EventType;
  readonly jobId: string;
  readonly uid?: string;
  readonly owner: StudyOwner;
  readonly to: Subscriber;
}

/** In their order, once for each of these subscribers that is to have them. */
export async function eventsSince(
  sql: Sql,
  since: Date,
  subscribers: readonly Subscriber[],
): Promise<DueEvent[]> {
  const rows = await sql.query<{
    event_id: string;
    at: Date;
    kind: EventType;
    job_id: string;
    uid: string | null;
    study_uid: string;
    project_id: string;
    patient_key: string;
    account_id: string;
    ae_title: string;
  }>(
    `select e.event_id::text, e.at, e.kind, w.job_id, w.uid, w.study_uid, study.project_id, study.patient_key,
       s.account_id, s.ae_title
     from work_item_event e join work_item w using (job_id) join study using (study_uid)
     cross join lateral (
       select i.account_id, i.ae_title, i.since from work_item_subscription i where i.job_id = e.job_id and i.subscribed
       union all
       select g.account_id, g.ae_title, g.since from worklist_subscription g
       where g.scope = 'all' and (g.suspended_at is null or w.created_at <= g.suspended_at)
         and not exists (select 1 from work_item_subscription i
           where i.job_id = e.job_id and i.account_id = g.account_id and i.ae_title = g.ae_title)
     ) as s
     where e.at >= $1 and e.at >= s.since
       and (e.account_id is null or (e.account_id = s.account_id and e.ae_title = s.ae_title))
       and (s.account_id, s.ae_title) in (select * from unnest($2::uuid[], $3::text[]))
     order by e.event_id`,
    [
      since.toISOString(),
      subscribers.map(({ accountId }) => accountId),
      subscribers.map(({ aeTitle }) => aeTitle),
    ],
  );
  return rows.map((row) => ({
    eventId: row.event_id,
    at: row.at,
    kind: row.kind,
    jobId: row.job_id,
    ...(row.uid !== null && { uid: row.uid }),
    owner: { studyUid: row.study_uid, projectId: row.project_id, patientKey: row.patient_key },
    to: { accountId: row.account_id, aeTitle: row.ae_title },
  }));
}

/** What they tell, in DICOM JSON, by event. */
export async function reportsOf(sql: Sql, eventIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await sql.query<{ event_id: string; report: string }>(
    'select event_id::text, report from work_item_event where event_id = any($1::bigint[])',
    [eventIds],
  );
  return new Map(rows.map((row) => [row.event_id, row.report]));
}

export async function deleteOldEvents(sql: Sql, before: Date): Promise<void> {
  await sql.query('delete from work_item_event where at < $1', [before.toISOString()]);
}

/** Whether anybody would be told of what happens to this item. */
export async function somebodyHears(sql: Sql, jobId: string): Promise<boolean> {
  const rows = await sql.query(
    `select 1 from work_item w where w.job_id = $1 and (
       exists (select 1 from work_item_subscription i where i.job_id = w.job_id and i.subscribed)
       or exists (select 1 from worklist_subscription g
         where g.scope = 'all' and (g.suspended_at is null or w.created_at <= g.suspended_at)
           and not exists (select 1 from work_item_subscription i
             where i.job_id = w.job_id and i.account_id = g.account_id and i.ae_title = g.ae_title)))`,
    [jobId],
  );
  return rows.length > 0;
}
