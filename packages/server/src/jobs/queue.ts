import type { Sql } from '../ports/database/index.ts';

/** How a queue treats its jobs. Times in seconds, as pg-boss counts them. */
export interface QueueRules {
  readonly name: string;
  /** Tries after the first; then the job is a dead letter. */
  readonly retryLimit: number;
  /** Before the second try; doubled, with some chance, at each further one. */
  readonly retryDelaySeconds: number;
  readonly retryDelayMaxSeconds: number;
  /** A job that is held longer is taken away from its worker, whatever that says. */
  readonly expireSeconds: number;
  /** A worker that is not heard of for so long is gone; 10 at least. */
  readonly heartbeatSeconds: number;
  /** How often a worker says that it lives, and learns whether its job is still its own. */
  readonly heartbeatEverySeconds: number;
  /** How often jobs of dead workers are looked for. */
  readonly superviseSeconds: number;
}

/** One try of a job, held by one worker. */
export interface Task<Data extends object> {
  readonly id: string;
  readonly data: Data;
  /** From 0. */
  readonly attempt: number;
  /** Aborted when the job is cancelled, has expired or has been given to another worker, and when the worker stops. */
  readonly signal: AbortSignal;
  /**
   * Marks the job as done within the transaction of the deed.
   * @returns false where the job is no longer this worker's: the deed must be rolled back
   */
  settle(sql: Sql): Promise<boolean>;
}

/** A job that failed at every try. */
export interface DeadLetter<Data extends object> {
  /** Of the job that failed. */
  readonly id: string;
  readonly data: Data;
  readonly attempts: number;
  /** The code that the last try failed with; absent where its worker died. */
  readonly reason?: string;
  /** Takes the letter away within the transaction that records it. @returns false where another worker has */
  settle(sql: Sql): Promise<boolean>;
}

/** What a try fails with: the code is kept with the job, the rest of an error is not (it may hold anything). */
export class TaskFailed extends Error {
  override readonly name = 'TaskFailed';
  readonly reason: string;
  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

export interface Queue<Data extends object> {
  /**
   * Adds a job within the caller's transaction. Of one key at most one job waits and at most one is worked on.
   * @returns its id, or nothing where one with this key waits already
   */
  add(
    sql: Sql,
    job: {
      readonly key: string;
      readonly data: Data;
      readonly priority: number;
      /** It waits until then. */
      readonly startAfter?: Date | undefined;
    },
  ): Promise<string | undefined>;
  /** The job of a key that waits for its first try. */
  waiting(sql: Sql, key: string): Promise<string | undefined>;
  /** Gives jobs that wait another priority, the higher is taken first; and another time to wait for. */
  raise(sql: Sql, id: string, priority: number, start?: Date | 'now'): Promise<void>;
  /** Within the caller's transaction. A worker that has one learns of it with its next heartbeat. */
  cancel(sql: Sql, ids: readonly string[]): Promise<void>;
  /** Takes jobs, the highest priority and then the oldest first. A handler that throws fails the try. */
  work(handle: (task: Task<Data>) => Promise<void>, options: { readonly concurrency: number }): Promise<void>;
  /** Takes what failed at every try. */
  bury(handle: (letter: DeadLetter<Data>) => Promise<void>): Promise<void>;
  /** Aborts what is being worked on, which goes back to the queue, and ends. The database stays open. */
  close(): Promise<void>;
}
