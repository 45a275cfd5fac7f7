import { type Identity, systemIdentity } from '../access/index.ts';
import type { Records } from '../archive/index.ts';
import { openQueue, type QueueDatabase, type QueueRules } from '../jobs/index.ts';
import type { Blobs, StageOptions } from '../ports/blobs/index.ts';
import { type Log, placeOf } from '../ports/log/index.ts';
import { QUIET_MS, watchForQuiet } from './completeness.ts';
import { eventFeed } from './event-feed.ts';
import { performReading, type WorkerPorts } from './perform.ts';
import { progressFeed } from './progress-feed.ts';
import type { ReadingJob } from './reading.ts';
import type { ReadInProcess } from './reading-process.ts';
import { buryReading } from './settle.ts';
import { type Readings, StudyReadings } from './study-readings.ts';
import { type Subscriptions, WorklistSubscriptions } from './subscriptions.ts';
import { tidyUp } from './tidy.ts';
import { StudyWorklist, type Worklist } from './worklist.ts';

export interface OpenReadingsPorts {
  readonly database: QueueDatabase;
  readonly blobs: Blobs;
  readonly staging: StageOptions;
  readonly records: { recordsFor(identity: Identity): Records };
  readonly softwareVersion: string;
  readonly now: () => Date;
  readonly log: Log;
}

export interface WorkOptions {
  readonly read: ReadInProcess;
  /** Studies at a time. Default 1: a reading uses all processors. */
  readonly concurrency?: number;
}

export interface ReadingsRoom {
  readingsFor(identity: Identity): Readings;
  worklistFor(identity: Identity): Worklist;
  subscriptionsFor(identity: Identity): Subscriptions;
  /** Reads what is queued, in this process's children. Where only other machines read, it is not called. */
  work(options: WorkOptions): Promise<void>;
  /** Completes studies after the quiet period and queues them. Any number of servers may do so at once. */
  watch(options?: { readonly quietMs?: number; readonly everyMs?: number }): void;
  /** Releases what clients claimed and abandoned, and forgets what ended long ago. Any number of servers may do so. */
  tidy(options?: { readonly claimMs?: number; readonly keepMs?: number; readonly everyMs?: number }): void;
  /** What is being read goes back to the queue. */
  close(): Promise<void>;
}

const MINUTE = 60;

/** A reading takes seconds to minutes; a study that kills its worker is not tried for ever. */
export const READING_RULES: QueueRules = {
  name: 'reading',
  retryLimit: 3,
  retryDelaySeconds: 10,
  retryDelayMaxSeconds: 10 * MINUTE,
  expireSeconds: 20 * MINUTE,
  heartbeatSeconds: 15,
  heartbeatEverySeconds: 2,
  superviseSeconds: 5,
};

/** Readings over the archive. The schema must be up to date (`migrate`); the queue's own is made here. */
export async function openReadings(
  ports: OpenReadingsPorts,
  rules: QueueRules = READING_RULES,
): Promise<ReadingsRoom> {
  const { database, blobs, now, log } = ports;
  const queue = await openQueue<ReadingJob>(database, rules, { log });
  const feed = progressFeed({ database, now });
  const events = eventFeed({ database, now });
  const watches: { stop(): Promise<void> }[] = [];
  return {
    readingsFor: (identity) => new StudyReadings(identity, { database, blobs, queue, feed, now }),
    worklistFor: (identity) => new StudyWorklist(identity, { database, queue, now }),
    subscriptionsFor: (identity) => new WorklistSubscriptions(identity, { database, events, now }),
    async work({ read, concurrency = 1 }) {
      const worker: WorkerPorts = {
        ...ports,
        read,
        records: ports.records.recordsFor(systemIdentity('worker')),
      };
      await queue.bury((letter) => buryReading(letter, worker));
      await queue.work(
        async (task) => {
          const start = performance.now();
          try {
            await performReading(task, worker);
            log({ event: 'reading.end', ms: Math.round(performance.now() - start), count: task.attempt + 1 });
          } catch (error) {
            log({
              event: 'reading.try-failed',
              level: 'warning',
              count: task.attempt + 1,
              ...placeOf(error),
              code: (error as Error).message,
            });
            throw error;
          }
        },
        { concurrency },
      );
    },
    watch(options = {}) {
      watches.push(watchForQuiet({ database, queue, now, log }, { quietMs: QUIET_MS, ...options }));
    },
    tidy(options = {}) {
      watches.push(tidyUp({ database, queue, now, log }, options));
    },
    async close() {
      feed.close();
      events.close();
      for (const watch of watches) await watch.stop();
      await queue.close();
    },
  };
}
