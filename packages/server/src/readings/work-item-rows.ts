/** Every statement on work items, by name. */
import type { StudyOwner } from '../archive/index.ts';
import type { Sql } from '../ports/database/index.ts';
import { workerProgress } from './event-reports.ts';
import { SOMEBODY_LISTENS } from './event-rows.ts';
import type { Indication } from './priorities.ts';
import type { TriedWith, WorkItem, WorkState } from './reading.ts';

/** Columns as they come. */
export interface ItemRow {
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
  readonly uid: string | null;
  readonly start_at: Date | null;
  readonly began_at: Date | null;
  readonly claimed_by: string | null;
  readonly replaces_uid: string | null;
  readonly step: string | null;
}

export const itemOf = (row: ItemRow): WorkItem => ({
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
  ...(row.uid !== null && { uid: row.uid }),
  ...(row.start_at !== null && { startAt: row.start_at }),
  ...(row.began_at !== null && { beganAt: row.began_at }),
  ...(row.claimed_by !== null && { claimedBy: row.claimed_by }),
  ...(row.replaces_uid !== null && { replacesUid: row.replaces_uid }),
  ...(row.step !== null && { step: JSON.parse(row.step) }),
});

export const OPEN = "state in ('scheduled', 'in-progress')";
/** As the standard counts the states: between two tries of ours a step is still in progress. */
export const STEP_STATE =
  "case when state = 'scheduled' and began_at is not null then 'in-progress' else state end";

export async function insertItem(
  sql: Sql,
  item: Pick<WorkItem, 'jobId' | 'studyUid' | 'origin' | 'requestedBy' | 'priority'> &
    Pick<WorkItem, 'uid' | 'startAt' | 'replacesUid' | 'step'> & {
      readonly indication?: Indication | undefined;
    },
  now: Date,
): Promise<WorkItem> {
  const [row] = await sql.query<ItemRow>(
    `insert into work_item (job_id, study_uid, origin, requested_by, indication, priority, state, created_at, changed_at,
       uid, start_at, replaces_uid, step)
     values ($1, $2, $3, $4, $5, $6, 'scheduled', $7, $7, $8, $9, $10, $11) returning *`,
    [
      item.jobId,
      item.studyUid,
      item.origin,
      item.requestedBy,
      item.indication ?? null,
      item.priority,
      now.toISOString(),
      item.uid ?? null,
      item.startAt?.toISOString() ?? null,
      item.replacesUid ?? null,
      item.step === undefined ? null : JSON.stringify(item.step),
    ],
  );
  return itemOf(row as ItemRow);
}

export async function itemById(sql: Sql, jobId: string): Promise<WorkItem | undefined> {
  const [row] = await sql.query<ItemRow>('select * from work_item where job_id = $1', [jobId]);
  return row && itemOf(row);
}

/** Those that wait or are worked on; what is worked on first. */
export async function openItems(sql: Sql, studyUid: string): Promise<WorkItem[]> {
  const rows = await sql.query<ItemRow>(
    `select * from work_item where study_uid = $1 and ${OPEN} order by state, created_at`,
    [studyUid],
  );
  return rows.map(itemOf);
}

/** @returns nothing where the item is no longer open, or somebody else's */
export async function beginItem(
  sql: Sql,
  jobId: string,
  attempts: number,
  now: Date,
): Promise<{ readonly item: WorkItem; readonly isFirst: boolean } | undefined> {
  const [row] = await sql.query<ItemRow & { readonly was_begun: boolean }>(
    `update work_item set state = 'in-progress', attempts = $2, reason = null, stage = null, done = null, total = null,
       began_at = coalesce(work_item.began_at, $3), changed_at = $3
     from (select job_id, began_at is not null as was_begun from work_item where job_id = $1 for update) as was
     where work_item.job_id = was.job_id and ${OPEN} and claimed_by is null
     returning work_item.*, was.was_begun`,
    [jobId, attempts, now.toISOString()],
  );
  return row && { item: itemOf(row), isFirst: !row.was_begun };
}

/** Of the try that is told of only: a worker that has lost its job says nothing more about it. Subscribers hear of it. */
export async function noteProgress(
  sql: Sql,
  { jobId, attempts }: Pick<WorkItem, 'jobId' | 'attempts'>,
  step: { readonly stage: string; readonly done?: number | undefined; readonly total?: number | undefined },
  now: Date,
): Promise<void> {
  const { kind, attributes } = workerProgress(step);
  await sql.query(
    `with noted as (
       update work_item set stage = $2, done = $3, total = $4, changed_at = $5
       where job_id = $1 and state = 'in-progress' and attempts = $6 and claimed_by is null returning job_id)
     insert into work_item_event (job_id, kind, report, at)
     select job_id, $7::int, $8::text, $5::timestamptz from noted where ${SOMEBODY_LISTENS}`,
    [
      jobId,
      step.stage,
      step.done ?? null,
      step.total ?? null,
      now.toISOString(),
      attempts,
      kind,
      JSON.stringify(attributes),
    ],
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

/** The item's end. @returns it as it is now, where it was open until then and no client has claimed it */
export async function closeItem(
  sql: Sql,
  jobId: string,
  end: {
    readonly state: 'completed' | 'cancelled' | 'failed';
    readonly reason?: string | undefined;
    readonly readingId?: string | undefined;
  },
  now: Date,
): Promise<{ readonly item: WorkItem; readonly wasBegun: boolean } | undefined> {
  const [row] = await sql.query<ItemRow & { readonly was_begun: boolean }>(
    `update work_item set state = $2, reason = $3, reading_id = $4, stage = null, done = null, total = null,
       began_at = coalesce(work_item.began_at, $5), changed_at = $5
     from (select job_id, began_at is not null as was_begun from work_item where job_id = $1 for update) as was
     where work_item.job_id = was.job_id and ${OPEN} and claimed_by is null
     returning work_item.*, was.was_begun`,
    [jobId, end.state, end.reason ?? null, end.readingId ?? null, now.toISOString()],
  );
  return row && { item: itemOf(row), wasBegun: row.was_begun };
}

/** What a try is made from and with. It stays for the next: what was loaded once is what this software loads. */
export async function noteTriedWith(sql: Sql, jobId: string, tried: Partial<TriedWith>): Promise<void> {
  await sql.query(
    `update work_item set models = coalesce($2::text::jsonb, models), input_sha256 = coalesce($3, input_sha256),
       instance_count = coalesce($4, instance_count)
     where job_id = $1 and ${OPEN}`,
    [
      jobId,
      tried.models === undefined ? null : JSON.stringify(tried.models),
      tried.inputSha256 ?? null,
      tried.instanceCount ?? null,
    ],
  );
}

export async function triedWith(sql: Sql, jobId: string): Promise<TriedWith> {
  const [row] = await sql.query<{
    models: TriedWith['models'] | null;
    input_sha256: string | null;
    instance_count: number | null;
  }>('select models, input_sha256, instance_count from work_item where job_id = $1', [jobId]);
  return {
    models: row?.models ?? [],
    ...(row?.input_sha256 != null && { inputSha256: row.input_sha256 }),
    ...(row?.instance_count != null && { instanceCount: row.instance_count }),
  };
}

/** Wanted now, and before others. */
export async function raiseItem(
  sql: Sql,
  jobId: string,
  to: { readonly priority: number; readonly indication?: Indication | undefined },
  now: Date,
): Promise<WorkItem | undefined> {
  const [row] = await sql.query<ItemRow>(
    `update work_item set priority = $2, indication = coalesce($3, indication), start_at = null, changed_at = $4
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

export type OwnedRow = ItemRow & { readonly project_id: string; readonly patient_key: string };

export const ownedOf = (row: OwnedRow): OwnedItem => ({
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

/** By the SOP Instance UID that a client chose, or the one that is made from the job. */
export async function ownedItemByUid(
  sql: Sql,
  uid: string,
  jobId: string | undefined,
): Promise<OwnedItem | undefined> {
  const [row] = await sql.query<OwnedRow>(
    `select work_item.*, study.project_id, study.patient_key from work_item join study using (study_uid)
     where uid = $1 or (uid is null and job_id = $2::uuid)`,
    [uid, jobId ?? null],
  );
  return row && ownedOf(row);
}

/** What has ended long ago; the readings stay. @returns how many */
export async function deleteEndedItems(sql: Sql, before: Date, limit: number): Promise<number> {
  const rows = await sql.query(
    `delete from work_item where job_id in (
       select job_id from work_item where state in ('completed', 'cancelled', 'failed') and changed_at < $1
       order by changed_at limit $2 for update skip locked)
     returning job_id`,
    [before.toISOString(), limit],
  );
  return rows.length;
}

export interface ItemQuery {
  /** As the standard counts them: an item of ours between two tries is in progress. */
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
     where ($1::text[] is null or ${STEP_STATE} = any($1))
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
