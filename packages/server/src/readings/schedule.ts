import { createHash } from 'node:crypto';
import type { Queue } from '../jobs/index.ts';
import type { Sql } from '../ports/database/index.ts';
import { cancelRequested } from './event-reports.ts';
import { insertEvent } from './event-rows.ts';
import { createItem, endItem } from './item-changes.ts';
import { ARRIVAL_PRIORITY, type Indication, requestPriority } from './priorities.ts';
import type { ReadingJob, WorkItem } from './reading.ts';
import { openItems, raiseItem } from './work-item-rows.ts';

/*
 * Of one study at most one reading waits and at most one runs. Both functions are called within a transaction that
 * holds the study (`lockStudy`, or an update of its row), so that they take turns.
 */

/**
 * The study is complete, anew or again: what is being read now lacks what has come since, so that it is ended and the
 * newest arrival takes its place, with its priority where that was higher. What a client performs is theirs to end: they
 * are asked to, and the newest arrival is read beside it.
 */
export async function scheduleArrival(
  sql: Sql,
  queue: Queue<ReadingJob>,
  studyUid: string,
  now: Date,
): Promise<void> {
  const open = await openItems(sql, studyUid);
  for (const { jobId, claimedBy } of open)
    if (claimedBy !== undefined) await insertEvent(sql, jobId, cancelRequested(GROWN), now);
  const running = open.filter(({ state, claimedBy }) => state === 'in-progress' && claimedBy === undefined);
  for (const { jobId } of running)
    await endItem(sql, jobId, { state: 'cancelled', reason: 'superseded' }, now);
  await queue.cancel(
    sql,
    running.map(({ jobId }) => jobId),
  );
  const asked = running.find(({ indication }) => indication !== undefined)?.indication;
  const priority = Math.max(ARRIVAL_PRIORITY, ...running.map((item) => item.priority));
  // Its images are looked up when its turn comes: one that waits already will find all of them.
  const waiting = open.find(({ state }) => state === 'scheduled');
  if (waiting !== undefined) await raise(sql, queue, waiting, priority, asked, now);
  else
    await add(
      sql,
      queue,
      { studyUid, origin: 'arrival', requestedBy: 'system', indication: asked, priority },
      now,
    );
}

/** Reason For Cancellation. */
const GROWN = { '00741238': { vr: 'LT', Value: ['superseded'] } };

/** A person asks: what waits already is brought forward, what runs already is the answer. */
export async function scheduleRequest(
  sql: Sql,
  queue: Queue<ReadingJob>,
  request: {
    readonly studyUid: string;
    readonly requestedBy: string;
    readonly indication?: Indication | undefined;
  },
  now: Date,
): Promise<WorkItem> {
  const priority = requestPriority(request.indication);
  const open = await openItems(sql, request.studyUid);
  const running = open.find(({ state }) => state === 'in-progress');
  if (running !== undefined) return running;
  const [waiting] = open;
  if (waiting !== undefined) return raise(sql, queue, waiting, priority, request.indication, now);
  return add(sql, queue, { ...request, origin: 'request', priority }, now);
}

async function raise(
  sql: Sql,
  queue: Queue<ReadingJob>,
  item: WorkItem,
  priority: number,
  indication: Indication | undefined,
  now: Date,
): Promise<WorkItem> {
  const isLater = item.startAt !== undefined && item.startAt > now;
  if (priority <= item.priority && !isLater) return item;
  const to = { priority: Math.max(priority, item.priority), indication };
  await queue.raise(sql, item.jobId, to.priority, 'now');
  return (await raiseItem(sql, item.jobId, to, now)) ?? item;
}

/** A work item and its job, in one transaction that holds the study. */
export async function add(
  sql: Sql,
  queue: Queue<ReadingJob>,
  item: Omit<Parameters<typeof createItem>[1], 'jobId'>,
  now: Date,
): Promise<WorkItem> {
  const { studyUid, priority, startAt } = item;
  // The UID itself is not left with the queue: see `ReadingJob`.
  const key = createHash('sha256').update(studyUid).digest('hex');
  const jobId = await queue.add(sql, { key, data: {}, priority, startAfter: startAt });
  // A job of a study that was deleted and has come again may still wait: it is taken for this one.
  const id = jobId ?? (await queue.waiting(sql, key));
  if (id === undefined) throw new Error('The queue takes no job, and has none.');
  return createItem(sql, { ...item, jobId: id }, now);
}
