import type { PGlite } from '@electric-sql/pglite';
import type pg from 'pg';
import { type ConstructorOptions, type Db, type JobAttempt, type JobWithMetadata, PgBoss } from 'pg-boss';
import type { Database, Sql } from '../ports/database/index.ts';
import { type Log, placeOf } from '../ports/log/index.ts';
import { embeddedBoss } from './embedded-boss.ts';
import { type Queue, type QueueRules, TaskFailed } from './queue.ts';

/** What `openPglite` and `openPostgres` give. */
export type QueueDatabase = Database & ({ readonly pglite: PGlite } | { readonly pool: pg.Pool });

export interface QueuePorts {
  /** Told that the queue's upkeep or a worker's call failed; it goes on by itself. */
  readonly log: Log;
}

/** pg-boss keeps its tables apart from ours, and migrates them itself. */
const SCHEMA = 'promontory_queue';
/** Beside the pool of the index: two for the workers, one for upkeep. */
const CONNECTIONS = 3;
/** A new job wakes a worker; one whose delay before the next try is over does not, so it looks by itself. */
const POLL_SECONDS = 1;
/** pg-boss drops a job that nobody takes for two weeks; an archive may be without a worker for longer. */
const WAIT_SECONDS = 365 * 86_400;
/** Of a job that has ended, the work item tells. */
const KEEP_SECONDS = 86_400;
/** What a worker that is told to end may take to notice. */
const STOP_MS = 5_000;

/**
 * Opens one queue over the index's database: pg-boss, with its jobs added, cancelled and settled in our own
 * transactions. Migrations of the index are the caller's; those of the queue are made here.
 */
export async function openQueue<Data extends object>(
  database: QueueDatabase,
  rules: QueueRules,
  { log }: QueuePorts,
): Promise<Queue<Data>> {
  const boss = new PgBoss({
    ...connection(database),
    schema: SCHEMA,
    useListenNotify: true,
    schedule: false,
    registerInstance: false,
    persistWarnings: false,
    openTelemetry: { enabled: false },
    superviseIntervalSeconds: rules.superviseSeconds,
    monitorIntervalSeconds: rules.superviseSeconds,
  });
  boss.on('error', (error) => log({ event: 'queue.error', level: 'error', ...placeOf(error) }));
  boss.on('warning', () => log({ event: 'queue.warning', level: 'warning' }));
  await boss.start();
  const { name } = rules;
  const dead = `${name}-dead`;
  const limits = {
    retryLimit: rules.retryLimit,
    retryDelay: rules.retryDelaySeconds,
    retryDelayMax: rules.retryDelayMaxSeconds,
    retryBackoff: true,
    expireInSeconds: rules.expireSeconds,
    heartbeatSeconds: rules.heartbeatSeconds,
    retentionSeconds: WAIT_SECONDS,
    deleteAfterSeconds: KEEP_SECONDS,
    notify: true,
  };
  await boss.createQueue(dead, { ...limits, policy: 'standard' });
  await boss.createQueue(name, { ...limits, policy: 'stately', deadLetter: dead });
  for (const queue of [name, dead]) await boss.updateQueue(queue, limits);
  const ending = new AbortController();
  const polling = {
    pollingIntervalSeconds: POLL_SECONDS,
    notifyPollingIntervalSeconds: POLL_SECONDS,
    heartbeatRefreshSeconds: rules.heartbeatEverySeconds,
    includeMetadata: true,
  } as const;
  /** Held against the try that was taken: what another worker has since is left alone. */
  const settled = async (queue: string, { id, retryCount }: JobAttempt, sql: Sql): Promise<boolean> => {
    const done = await boss.complete(queue, { id, retryCount }, undefined, { db: within(sql) });
    return (done as { affected: number }).affected === 1;
  };

  return {
    add: async (sql, { key, data, priority, startAfter }) =>
      (await boss.send(name, data, {
        singletonKey: key,
        priority,
        ...(startAfter !== undefined && { startAfter }),
        db: within(sql),
      })) ?? undefined,
    waiting: async (sql, key) =>
      (await boss.findJobs<Data>(name, { key, queued: true, db: within(sql) })).find(
        ({ state }) => state === 'created',
      )?.id,
    raise: async (sql, id, priority, start) =>
      void (await boss.update(name, undefined, {
        id,
        priority,
        ...(start !== undefined && { startAfter: start === 'now' ? 0 : start }),
        db: within(sql),
      })),
    async cancel(sql, ids) {
      if (ids.length > 0) await boss.cancel(name, [...ids], { db: within(sql) });
    },
    async work(handle, { concurrency }) {
      await boss.work(name, { ...polling, localConcurrency: concurrency }, async ([job]) => {
        const { id, data, retryCount, signal } = job as JobWithMetadata<Data>;
        await only(() =>
          handle({
            id,
            data,
            attempt: retryCount,
            signal: AbortSignal.any([signal, ending.signal]),
            settle: (sql) => settled(name, { id, retryCount }, sql),
          }),
        );
      });
    },
    async bury(handle) {
      await boss.work(dead, polling, async ([job]) => {
        const { id, data, retryCount, sourceId, sourceRetryCount, sourceOutput } =
          job as JobWithMetadata<Data>;
        const { reason } = (sourceOutput ?? {}) as { reason?: unknown };
        await only(() =>
          handle({
            id: sourceId ?? id,
            data,
            attempts: (sourceRetryCount ?? 0) + 1,
            ...(typeof reason === 'string' && { reason }),
            settle: (sql) => settled(dead, { id, retryCount }, sql),
          }),
        );
      });
    },
    async close() {
      ending.abort();
      await boss.stop({ graceful: true, timeout: STOP_MS });
    },
  };
}

function connection(database: QueueDatabase): ConstructorOptions {
  // Nothing vacuums PGlite, nor would it matter to so few rows: what pg-boss looks after there only takes time.
  if ('pglite' in database)
    return { db: embeddedBoss(database.pglite), backend: 'pglite', reindex: false, monitorVacuum: false };
  const { connectionString } = database.pool.options;
  return {
    ...(connectionString !== undefined && { connectionString }),
    max: CONNECTIONS,
    application_name: 'promontory-queue',
  };
}

/** Statements of pg-boss in a transaction of ours. */
const within = (sql: Sql): Db => ({
  executeSql: async (text, values = []) => ({ rows: await sql.query(text, values) }),
});

/** pg-boss keeps the error of a failed try, message, stack and cause: only a code of ours is let through. */
async function only(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const failure = new TaskFailed(error instanceof TaskFailed ? error.reason : 'defect');
    failure.stack = '';
    throw failure;
  }
}
