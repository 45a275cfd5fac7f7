import { Fault } from '@promontory/core/fault';
import type { FailureRecord } from './messages.ts';

/** The task's time or memory ended: that may be the input's fault, or that of a machine with too much to do. */
export class TaskLimitReached extends Fault {
  constructor(what: 'time' | 'memory') {
    super('LIMIT_EXCEEDED', `the input took more ${what} than is allowed`);
  }
}

/** Too many tasks wait already. A retry helps once some are done. */
export class PoolBusy extends Error {
  override readonly name = 'PoolBusy';
}

/**
 * A worker could not do its task for a reason that is not the input's as far as we know: a bug, a worker that ended,
 * the pool closed. Carries where it rose, never the error's words, which may speak of the input.
 */
export class WorkerFailed extends Error {
  override readonly name = 'WorkerFailed';
  readonly failure: FailureRecord | undefined;
  constructor(message: string, failure?: FailureRecord) {
    super(message);
    this.failure = failure;
  }
}
