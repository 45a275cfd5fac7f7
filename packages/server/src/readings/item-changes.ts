/** Changes of work items together with what subscribers are told of them: PS3.4 CC.2.4.3. In a transaction. */
import type { Sql } from '../ports/database/index.ts';
import { assigned, isAssigned, stateReport } from './event-reports.ts';
import { insertEvent } from './event-rows.ts';
import type { WorkItem } from './reading.ts';
import { subscribeToNewItem } from './subscription-rows.ts';
import { PROCEDURE_STEP_STATE } from './unified-procedure-step.ts';
import { beginItem, closeItem, insertItem } from './work-item-rows.ts';

export async function createItem(
  sql: Sql,
  item: Parameters<typeof insertItem>[1],
  now: Date,
): Promise<WorkItem> {
  const made = await insertItem(sql, item, now);
  await subscribeToNewItem(sql, made.jobId, now);
  await insertEvent(sql, made.jobId, stateReport('SCHEDULED'), now);
  if (isAssigned(made.step)) await insertEvent(sql, made.jobId, assigned(made.step), now);
  return made;
}

/** @returns nothing where the item is no longer open, or somebody else's */
export async function startItem(
  sql: Sql,
  jobId: string,
  attempts: number,
  now: Date,
): Promise<WorkItem | undefined> {
  const begun = await beginItem(sql, jobId, attempts, now);
  if (begun?.isFirst) await insertEvent(sql, jobId, stateReport('IN PROGRESS'), now);
  return begun?.item;
}

/** @returns whether it was open until then */
export async function endItem(
  sql: Sql,
  jobId: string,
  end: Parameters<typeof closeItem>[2],
  now: Date,
): Promise<boolean> {
  const closed = await closeItem(sql, jobId, end, now);
  if (closed === undefined) return false;
  // No step goes from SCHEDULED to its end directly (CC.1.1).
  if (!closed.wasBegun) await insertEvent(sql, jobId, stateReport('IN PROGRESS'), now);
  const reason = end.state === 'completed' ? undefined : end.reason;
  await insertEvent(sql, jobId, stateReport(PROCEDURE_STEP_STATE[end.state], reason), now);
  return true;
}
