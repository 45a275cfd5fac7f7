/** Every statement on work items, by name. */
import type { StudyOwner } from '../archive/index.ts';
import type { Sql } from '../ports/database/index.ts';
import type { Indication } from './priorities.ts';
import type { WorkItem, WorkState } from './reading.ts';

interface Row {
  readonly job_id: string;
  readonly study_uid: string;
  readonly origin: WorkItem['origin'];
  readonly requested_by: string;
  readonly indication: Indication | null;
  readonly priority: number;
  readonly state: WorkState;
  readonly stage: string | null;
  readonly done: number | null;
  readonly total: number | null;
  readonly attempts: number;
  readonly reason: string | null;
  readonly reading_id: string | null;
  readonly created_at: Date;
  readonly changed_at: Date;
}

const itemOf = (row: Row): WorkItem => ({
  jobId: row.job_id,
  studyUid: row.study_uid,
  origin: row.origin,
  requestedBy: row.requested_by,
  ...(row.indication !== null && { indication: row.indication }),
  priority: row.priority,
  state: row.state,
  ...(row.stage !== null && { stage: row.stage }),
  ...(row.done !== null && { done: row.done }),
  ...(row.total !== null && { total: row.total }),
  attempts: row.attempts,
  ...(row.reason !== null && { reason: row.reason }),
  ...(row.reading_id !== null && { readingId: row.reading_id }),
  createdAt: row.created_at,
  changedAt: row.changed_at,
});

const OPEN = "state in ('scheduled', 'in-progress')";

export async function insertItem(
  sql: Sql,
  item: Pick<WorkItem, 'jobId' | 'studyUid' | 'origin' | 'requestedBy' | 'priority'> & {
    readonly indication?: Indication | undefined;
  },
  now: Date,
): Promise<WorkItem> {
  const [row] = await sql.query<Row>(
    `insert into work_item (job_id, study_uid, origin, requested_by, indication, priority, state, created_at, changed_at)
     values ($1, $2, $3, $4, $5, $6, 'scheduled', $7, $7) returning *`,
    [
      item.jobId,
      item.studyUid,
      item.origin,
      item.requestedBy,
      item.indication ?? null,
      item.priority,
      now.toISOString(),
    ],
  );
  return itemOf(row as Row);
}

export async function itemById(sql: Sql, jobId: string): Promise<WorkItem | undefined> {
  const [row] = await sql.query<Row>('select * from work_item where job_id = $1', [jobId]);
  return row && itemOf(row);
}

/** Those that wait or are worked on; what is worked on first. */
export async function openItems(sql: Sql, studyUid: string): Promise<WorkItem[]> {
  const rows = await sql.query<Row>(
    `select * from work_item where study_uid = $1 and ${OPEN} order by state, created_at`,
    [studyUid],
  );
  return rows.map(itemOf);
}

/** @returns nothing where the item is no longer open */
export async function beginItem(
  sql: Sql,
  jobId: string,
  attempts: number,
  now: Date,
): Promise<WorkItem | undefined> {
  const [row] = await sql.query<Row>(
    `update work_item set state = 'in-progress', attempts = $2, reason = null, stage = null, done = null, total = null,
       changed_at = $3
     where job_id = $1 and ${OPEN} returning *`,
    [jobId, attempts, now.toISOString()],
  );
  return row && itemOf(row);
}

/** Of the try that is told of only: a worker that has lost its job says nothing more about it. */
export async function noteProgress(
  sql: Sql,
  { jobId, attempts }: Pick<WorkItem, 'jobId' | 'attempts'>,
  step: { readonly stage: string; readonly done?: number | undefined; readonly total?: number | undefined },
  now: Date,
): Promise<void> {
  await sql.query(
    `update work_item set stage = $2, done = $3, total = $4, changed_at = $5
     where job_id = $1 and state = 'in-progress' and attempts = $6`,
    [jobId, step.stage, step.done ?? null, step.total ?? null, now.toISOString(), attempts],
  );
}

/** A try has failed; the queue gives the job out again. */
export async function noteTryFailed(
  sql: Sql,
  { jobId, attempts }: Pick<WorkItem, 'jobId' | 'attempts'>,
  reason: string,
  now: Date,
): Promise<void> {
  await sql.query(
    `update work_item set state = 'scheduled', reason = $2, stage = null, done = null, total = null, changed_at = $3
     where job_id = $1 and state = 'in-progress' and attempts = $4`,
    [jobId, reason, now.toISOString(), attempts],
  );
}

/** The item's end. @returns whether it was open until then */
export async function endItem(
  sql: Sql,
  jobId: string,
  end: {
    readonly state: 'completed' | 'cancelled' | 'failed';
    readonly reason?: string;
    readonly readingId?: string;
  },
  now: Date,
): Promise<boolean> {
  const rows = await sql.query(
    `update work_item set state = $2, reason = $3, reading_id = $4, stage = null, done = null, total = null, changed_at = $5
     where job_id = $1 and ${OPEN} returning job_id`,
    [jobId, end.state, end.reason ?? null, end.readingId ?? null, now.toISOString()],
  );
  return rows.length > 0;
}

export async function raiseItem(
  sql: Sql,
  jobId: string,
  to: { readonly priority: number; readonly indication?: Indication | undefined },
  now: Date,
): Promise<WorkItem | undefined> {
  const [row] = await sql.query<Row>(
    `update work_item set priority = $2, indication = coalesce($3, indication), changed_at = $4
     where job_id = $1 returning *`,
    [jobId, to.priority, to.indication ?? null, now.toISOString()],
  );
  return row && itemOf(row);
}

/** A work item with whose study it is. */
export interface OwnedItem {
  readonly item: WorkItem;
  readonly owner: StudyOwner;
}

type OwnedRow = Row & { readonly project_id: string; readonly patient_key: string };

const ownedOf = (row: OwnedRow): OwnedItem => ({
  item: itemOf(row),
  owner: { studyUid: row.study_uid, projectId: row.project_id, patientKey: row.patient_key },
});

/** What has changed since, the oldest change first. */
export async function itemsSince(sql: Sql, since: Date, limit: number): Promise<OwnedItem[]> {
  const rows = await sql.query<OwnedRow>(
    `select work_item.*, study.project_id, study.patient_key from work_item join study using (study_uid)
     where work_item.changed_at >= $1 order by work_item.changed_at limit $2`,
    [since.toISOString(), limit],
  );
  return rows.map(ownedOf);
}

export async function ownedItem(sql: Sql, jobId: string): Promise<OwnedItem | undefined> {
  const [row] = await sql.query<OwnedRow>(
    `select work_item.*, study.project_id, study.patient_key from work_item join study using (study_uid)
     where job_id = $1`,
    [jobId],
  );
  return row && ownedOf(row);
}

export interface ItemQuery {
  readonly states?: readonly WorkState[];
  readonly studyUid?: string;
  readonly priorityFrom?: number;
  readonly priorityBelow?: number;
}

/** By the order in which they are worked on; the reach limits them to studies that may be seen. */
export async function searchItems(
  sql: Sql,
  query: ItemQuery,
  reach: {
    readonly all: boolean;
    readonly projectIds?: readonly string[];
    readonly patientKeys?: readonly string[];
    readonly studyUids?: readonly string[];
  },
  page: { readonly limit: number; readonly offset: number },
): Promise<OwnedItem[]> {
  const rows = await sql.query<OwnedRow>(
    `select work_item.*, study.project_id, study.patient_key from work_item join study using (study_uid)
     where ($1::text[] is null or state = any($1))
       and ($2::text is null or study_uid = $2)
       and ($3::int is null or priority >= $3)
       and ($4::int is null or priority < $4)
       and ($5 or project_id = any($6::text[]) or patient_key = any($7::text[]) or study_uid = any($8::text[]))
     order by priority desc, work_item.created_at, job_id limit $9 offset $10`,
    [
      query.states ?? null,
      query.studyUid ?? null,
      query.priorityFrom ?? null,
      query.priorityBelow ?? null,
      reach.all,
      reach.projectIds ?? [],
      reach.patientKeys ?? [],
      reach.studyUids ?? [],
      page.limit,
      page.offset,
    ],
  );
  return rows.map(ownedOf);
}

export async function countItems(
  sql: Sql,
): Promise<{ readonly states: Readonly<Record<WorkState, number>>; readonly oldestScheduledAt?: Date }> {
  const rows = await sql.query<{ state: WorkState; count: number; oldest: Date }>(
    'select state, count(*)::int as count, min(created_at) as oldest from work_item group by state',
  );
  const states = { scheduled: 0, 'in-progress': 0, completed: 0, cancelled: 0, failed: 0 };
  for (const { state, count } of rows) states[state] = count;
  const oldest = rows.find(({ state }) => state === 'scheduled')?.oldest;
  return { states, ...(oldest !== undefined && { oldestScheduledAt: oldest }) };
}
