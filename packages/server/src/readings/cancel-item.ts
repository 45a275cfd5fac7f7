import type { JsonDataSet } from '@promontory/core/dicom';
import type { Queue } from '../jobs/index.ts';
import type { Sql } from '../ports/database/index.ts';
import { cancelRequested } from './event-reports.ts';
import { insertEvent, somebodyHears } from './event-rows.ts';
import { endItem } from './item-changes.ts';
import type { ReadingJob } from './reading.ts';
import { itemById } from './work-item-rows.ts';

/**
 * `requested`: its performer, a client, has been asked to. `unreachable`: it could not be, for nobody hears of it.
 * `ended`: it had ended before.
 */
export type CancelOutcome = 'cancelled' | 'requested' | 'unreachable' | 'ended';

/**
 * PS3.4 CC.2.2.3: what waits, or is read here, is cancelled; what a client performs is theirs to cancel.
 * @param asked reason and contact, for the performer
 * @returns nothing where there is no such item
 */
export async function cancelOpenItem(
  sql: Sql,
  jobId: string,
  asked: JsonDataSet,
  { queue, now }: { readonly queue: Queue<ReadingJob>; readonly now: () => Date },
): Promise<CancelOutcome | undefined> {
  const item = await itemById(sql, jobId);
  if (item === undefined) return undefined;
  if (item.claimedBy !== undefined && item.state === 'in-progress') {
    if (!(await somebodyHears(sql, jobId))) return 'unreachable';
    await insertEvent(sql, jobId, cancelRequested(asked), now());
    return 'requested';
  }
  if (!(await endItem(sql, jobId, { state: 'cancelled', reason: 'asked' }, now()))) return 'ended';
  await queue.cancel(sql, [jobId]);
  return 'cancelled';
}
