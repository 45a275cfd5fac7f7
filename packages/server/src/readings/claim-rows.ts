/** Every statement on work items that are performed elsewhere, by name. Each is one step that happens wholly or not. */
import type { JsonDataSet } from '@promontory/core/dicom';
import type { Sql } from '../ports/database/index.ts';
import type { WorkItem } from './reading.ts';
import { type ItemRow, itemOf } from './work-item-rows.ts';

/** Nobody has begun it: no worker of ours, no client. @returns nothing otherwise */
export async function claimItem(
  sql: Sql,
  jobId: string,
  claim: { readonly transactionHash: string; readonly claimedBy: string },
  now: Date,
): Promise<WorkItem | undefined> {
  const [row] = await sql.query<ItemRow>(
    `update work_item set state = 'in-progress', transaction_hash = $2, claimed_by = $3, heard_at = $4, began_at = $4,
       changed_at = $4
     where job_id = $1 and state = 'scheduled' and began_at is null returning *`,
    [jobId, claim.transactionHash, claim.claimedBy, now.toISOString()],
  );
  return row && itemOf(row);
}

/** SHA-256 of the Transaction UID; nothing where no client has claimed the item. */
export async function transactionOf(sql: Sql, jobId: string): Promise<string | undefined> {
  const [row] = await sql.query<{ transaction_hash: string | null }>(
    'select transaction_hash from work_item where job_id = $1',
    [jobId],
  );
  return row?.transaction_hash ?? undefined;
}

export interface ItemEdit {
  readonly step: JsonDataSet;
  readonly priority?: number | undefined;
  readonly startAt?: Date | undefined;
  /** Shown in lists, too. */
  readonly progress?: { readonly stage?: string; readonly percent?: number } | undefined;
}

/** What has not begun. @returns nothing where it has */
export async function editScheduled(
  sql: Sql,
  jobId: string,
  edit: ItemEdit,
  now: Date,
): Promise<WorkItem | undefined> {
  const [row] = await sql.query<ItemRow>(
    `update work_item set step = $2, priority = coalesce($3, priority), start_at = coalesce($4, start_at), changed_at = $5
     where job_id = $1 and state = 'scheduled' and began_at is null returning *`,
    [
      jobId,
      JSON.stringify(edit.step),
      edit.priority ?? null,
      edit.startAt?.toISOString() ?? null,
      now.toISOString(),
    ],
  );
  return row && itemOf(row);
}

/** By its performer, who is heard of by it. @returns nothing where it is not theirs any more */
export async function editClaimed(
  sql: Sql,
  jobId: string,
  transactionHash: string,
  edit: ItemEdit,
  now: Date,
): Promise<WorkItem | undefined> {
  const { progress } = edit;
  const [row] = await sql.query<ItemRow>(
    `update work_item set step = $3, priority = coalesce($4, priority),
       stage = case when $5 then $6 else stage end, done = case when $5 then $7::int else done end,
       total = case when $5 then $8::int else total end, heard_at = $9, changed_at = $9
     where job_id = $1 and state = 'in-progress' and transaction_hash = $2 returning *`,
    [
      jobId,
      transactionHash,
      JSON.stringify(edit.step),
      edit.priority ?? null,
      progress !== undefined,
      progress?.stage ?? null,
      progress?.percent ?? null,
      progress?.percent === undefined ? null : 100,
      now.toISOString(),
    ],
  );
  return row && itemOf(row);
}

/** @returns nothing where it is not theirs any more */
export async function endClaimed(
  sql: Sql,
  jobId: string,
  transactionHash: string,
  end: {
    readonly state: 'completed' | 'cancelled';
    readonly reason?: string | undefined;
    readonly step: JsonDataSet;
  },
  now: Date,
): Promise<WorkItem | undefined> {
  const [row] = await sql.query<ItemRow>(
    `update work_item set state = $3, reason = $4, step = $5, stage = null, done = null, total = null, heard_at = $6,
       changed_at = $6
     where job_id = $1 and state = 'in-progress' and transaction_hash = $2 returning *`,
    [jobId, transactionHash, end.state, end.reason ?? null, JSON.stringify(end.step), now.toISOString()],
  );
  return row && itemOf(row);
}

/** Whose performers have not been heard of since. */
export async function abandonedItems(
  sql: Sql,
  heardBefore: Date,
  limit: number,
): Promise<{ readonly jobId: string; readonly studyUid: string }[]> {
  const rows = await sql.query<{ job_id: string; study_uid: string }>(
    `select job_id, study_uid from work_item
     where state = 'in-progress' and claimed_by is not null and heard_at < $1 order by heard_at limit $2`,
    [heardBefore.toISOString(), limit],
  );
  return rows.map((row) => ({ jobId: row.job_id, studyUid: row.study_uid }));
}

/** @returns nothing where the performer was heard of meanwhile, or another server was faster */
export async function lockAbandoned(
  sql: Sql,
  jobId: string,
  heardBefore: Date,
): Promise<{ readonly item: WorkItem; readonly transactionHash: string } | undefined> {
  const [row] = await sql.query<ItemRow & { readonly transaction_hash: string }>(
    `select * from work_item where job_id = $1 and state = 'in-progress' and claimed_by is not null and heard_at < $2
     for update`,
    [jobId, heardBefore.toISOString()],
  );
  return row && { item: itemOf(row), transactionHash: row.transaction_hash };
}
