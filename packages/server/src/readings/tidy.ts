/** What becomes of work items with time: claims that were abandoned, items that ended long ago. */
import type { JsonDataSet } from '@promontory/core/dicom';
import { appendAudit } from '../audit/index.ts';
import type { Queue } from '../jobs/index.ts';
import type { Database, Sql } from '../ports/database/index.ts';
import { type Log, placeOf } from '../ports/log/index.ts';
import { abandonedItems, endClaimed, lockAbandoned } from './claim-rows.ts';
import { codeItemJson, UNSPECIFIED_REASON } from './codes.ts';
import { stateReport } from './event-reports.ts';
import { deleteOldEvents, insertEvent } from './event-rows.ts';
import { missingFor, withCancellationTime } from './final-state.ts';
import type { ReadingJob, WorkItem } from './reading.ts';
import { lockStudy } from './reading-rows.ts';
import { rounds } from './rounds.ts';
import { add } from './schedule.ts';
import { itemsOf } from './step-attributes.ts';
import { stepUid } from './step-uids.ts';
import { forgetEndedSubscriptions } from './subscription-rows.ts';
import { dateTime } from './unified-procedure-step.ts';
import { deleteEndedItems, openItems } from './work-item-rows.ts';

export interface TidyPorts {
  readonly database: Database;
  readonly queue: Queue<ReadingJob>;
  readonly now: () => Date;
  readonly log: Log;
}

/** Long enough for a person who reads, short enough for a patient who waits: a performer that is at work says so. */
export const CLAIM_MS = 3_600_000;
/** A year and some weeks, for whoever counts by the year. */
export const KEEP_ITEMS_MS = 400 * 86_400_000;
/** Those that listen have had them. */
const KEEP_EVENTS_MS = 600_000;
const EVERY_MS = 60_000;
const BATCH = 500;

/**
 * Whose performer has not been heard of for so long is cancelled, for no step becomes SCHEDULED again (C303), and another
 * is scheduled in its place, unless one waits or runs already.
 * @returns how many
 */
export async function releaseClaims(ports: TidyPorts, claimMs: number): Promise<number> {
  const { database, now } = ports;
  const heardBefore = new Date(now().getTime() - claimMs);
  let released = 0;
  for (const { jobId, studyUid } of await abandonedItems(database, heardBefore, BATCH)) {
    const isReleased = await database.transaction(async (sql) => {
      const owner = await lockStudy(sql, studyUid);
      const locked = owner && (await lockAbandoned(sql, jobId, heardBefore));
      if (owner === undefined || locked === undefined) return false;
      await release(sql, locked, ports);
      await appendAudit(sql, now(), {
        action: 'reading',
        outcome: 'failed',
        actor: 'system',
        studyUid,
        patientKey: owner.patientKey,
        detail: { abandoned: jobId, performer: locked.item.claimedBy ?? '' },
      });
      return true;
    });
    if (isReleased) released += 1;
  }
  return released;
}

async function release(
  sql: Sql,
  { item, transactionHash }: { readonly item: WorkItem; readonly transactionHash: string },
  { queue, now }: TidyPorts,
): Promise<void> {
  const { jobId, studyUid, origin, requestedBy, indication, priority } = item;
  const step = abandoned(item.step ?? {}, dateTime(now()));
  await endClaimed(sql, jobId, transactionHash, { state: 'cancelled', reason: 'abandoned', step }, now());
  await insertEvent(sql, jobId, stateReport('CANCELED', 'abandoned'), now());
  if ((await openItems(sql, studyUid)).length > 0) return;
  const { '00741002': _, '00741216': __, ...ordered } = item.step ?? {};
  await add(
    sql,
    queue,
    {
      studyUid,
      origin,
      requestedBy,
      indication,
      priority,
      replacesUid: stepUid(item),
      ...(Object.keys(ordered).length > 0 && { step: ordered }),
    },
    now(),
  );
}

/** With what table CC.2.5-3 demands of a step that is cancelled. */
function abandoned(said: JsonDataSet, at: string): JsonDataSet {
  const step = withCancellationTime(said, at);
  const [progress = {}] = itemsOf(step, '00741002');
  const reason =
    missingFor('CANCELED', step).length === 0
      ? {}
      : { '0074100E': { vr: 'SQ', Value: [codeItemJson(UNSPECIFIED_REASON)] } };
  const words = { '00741238': { vr: 'LT', Value: ['abandoned'] } };
  return { ...step, '00741002': { vr: 'SQ', Value: [{ ...progress, ...reason, ...words }] } };
}

/** @returns how many work items went; their readings and the audit stay */
export async function pruneItems({ database, now }: TidyPorts, keepMs: number): Promise<number> {
  const before = new Date(now().getTime() - keepMs);
  for (let gone = 0; ; ) {
    const some = await deleteEndedItems(database, before, BATCH);
    gone += some;
    if (some < BATCH) return gone;
  }
}

/** Again and again; what fails (the database is away) is done the next time. Any number of servers may do so at once. */
export function tidyUp(
  ports: TidyPorts,
  { claimMs = CLAIM_MS, keepMs = KEEP_ITEMS_MS, everyMs = EVERY_MS },
): { stop(): Promise<void> } {
  const round = async () => {
    await releaseClaims(ports, claimMs);
    await pruneItems(ports, keepMs);
    const told = new Date(ports.now().getTime() - KEEP_EVENTS_MS);
    await deleteOldEvents(ports.database, told);
    await forgetEndedSubscriptions(ports.database, told);
  };
  const work = rounds(
    () =>
      round().catch((error: unknown) =>
        ports.log({ event: 'readings.tidy', level: 'error', ...placeOf(error) }),
      ),
    everyMs,
  );
  work.begin();
  return { stop: work.stop };
}
