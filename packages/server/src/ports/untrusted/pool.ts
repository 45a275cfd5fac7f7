import { availableParallelism } from 'node:os';
import { type Transferable as NodeTransferable, Worker } from 'node:worker_threads';
import { Fault } from '@promontory/core/fault';
import { PoolBusy, TaskLimitReached, WorkerFailed } from './errors.ts';
import { Lanes } from './lanes.ts';
import { type Answer, failureOf, READY } from './messages.ts';

export interface PoolOptions {
  /** The worker's module: calls `serveTasks`. */
  readonly module: URL;
  /** Default: one less than the processors, at least one. */
  readonly workers?: number;
  /** A task's time from its start in a worker. Default 20 s. */
  readonly timeoutMs?: number;
  /** JavaScript heap of one worker. Array buffers and WebAssembly are not counted in it by Node. Default 512. */
  readonly heapMb?: number;
  /** Tasks that may wait, of those who ask for many. Default 1024. */
  readonly maxWaiting?: number;
}

export interface RunOptions {
  /** Buffers of the payload to hand over instead of copying. */
  readonly transfer?: readonly ArrayBuffer[];
  /** Rejects with the signal's reason. A task that runs already is left to its end or its limit. */
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  /** Whose task it is: lanes are served in turn. */
  readonly lane?: string;
}

/** From the worker's birth to its module being loaded. */
const START_MS = 60_000;

interface Job {
  readonly ticket: number;
  readonly task: string;
  readonly payload: unknown;
  readonly transfer: readonly ArrayBuffer[];
  readonly timeoutMs: number;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

interface Hand {
  readonly worker: Worker;
  ready: boolean;
  job: Job | undefined;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Worker threads for bytes that are not to be trusted (reliability row 6): a task that takes too long or too much is
 * killed with its worker, the next task gets a fresh one.
 */
export class UntrustedPool {
  readonly #options: Required<PoolOptions>;
  readonly #hands = new Set<Hand>();
  readonly #waiting = new Lanes<Job>();
  #ticket = 0;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = {
      workers: Math.max(1, availableParallelism() - 1),
      timeoutMs: 20_000,
      heapMb: 512,
      maxWaiting: 1024,
      ...options,
    };
  }

  /** Starts a worker ahead of the first task: a thread takes longer to start than most tasks do. */
  warm(): void {
    if (!this.#closed && this.#hands.size === 0) this.#hire().worker.unref();
  }

  /**
   * Runs a task in one of the workers.
   * @throws the task's own Fault; TaskLimitReached when its time or memory ended; PoolBusy; WorkerFailed; the
   *   signal's reason
   */
  run<T>(task: string, payload: unknown, options: RunOptions = {}): Promise<T> {
    const { lane = '', signal, transfer = [], timeoutMs = this.#options.timeoutMs } = options;
    return new Promise<T>((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.#closed) throw new WorkerFailed('the pool is closed');
      if (this.#isFull(lane)) throw new PoolBusy('too many tasks wait already');
      const settled = () => signal?.removeEventListener('abort', abort);
      const job: Job = {
        ticket: ++this.#ticket,
        task,
        payload,
        transfer,
        timeoutMs,
        resolve(value) {
          settled();
          resolve(value as T);
        },
        reject(error) {
          settled();
          reject(error);
        },
      };
      const abort = () => {
        this.#waiting.remove(lane, job);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.add(lane, job);
      this.#dispatch();
    });
  }

  /** Where too many wait, who has less than an equal share of them waiting may still come: nobody shuts the others out. */
  #isFull(lane: string): boolean {
    const { maxWaiting } = this.#options;
    const share = maxWaiting / (this.#waiting.count + 1);
    return this.#waiting.size >= maxWaiting && this.#waiting.sizeOf(lane) >= share;
  }

  /** Ends the workers; what runs or waits is rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    const closed = new WorkerFailed('the pool is closed');
    for (let job = this.#waiting.next(); job !== undefined; job = this.#waiting.next()) job.reject(closed);
    await Promise.all([...this.#hands].map((hand) => this.#dismiss(hand, closed)));
  }

  #dispatch(): void {
    while (this.#waiting.size > 0) {
      const idle = [...this.#hands].find((hand) => hand.job === undefined);
      if (idle === undefined && this.#hands.size >= this.#options.workers) return;
      const hand = idle ?? this.#hire();
      const job = this.#waiting.next() as Job;
      hand.job = job;
      hand.worker.ref();
      this.#limit(hand, hand.ready ? job.timeoutMs : START_MS);
      try {
        hand.worker.postMessage(
          { ticket: job.ticket, task: job.task, payload: job.payload },
          job.transfer as unknown as NodeTransferable[],
        );
      } catch (error) {
        this.#free(hand);
        job.reject(error);
      }
    }
  }

  /** A worker sees neither the environment (it holds secrets) nor prints anything (it may speak of the input). */
  #hire(): Hand {
    const worker = new Worker(this.#options.module, {
      env: {},
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: this.#options.heapMb },
    });
    worker.stdout.resume();
    worker.stderr.resume();
    const hand: Hand = { worker, ready: false, job: undefined, timer: undefined };
    worker.on('message', (answer: Answer | typeof READY) => {
      if (answer === READY) this.#started(hand);
      else this.#settle(hand, answer);
    });
    worker.on('error', (error) => this.#lose(hand, causeOf(error)));
    worker.on('exit', () => this.#lose(hand, new WorkerFailed('a worker ended before its task did')));
    this.#hands.add(hand);
    return hand;
  }

  #started(hand: Hand): void {
    hand.ready = true;
    if (hand.job !== undefined) this.#limit(hand, hand.job.timeoutMs);
  }

  #limit(hand: Hand, timeoutMs: number): void {
    clearTimeout(hand.timer);
    hand.timer = setTimeout(() => {
      const late = hand.ready ? new TaskLimitReached('time') : new WorkerFailed('a worker did not start');
      void this.#dismiss(hand, late);
      this.#dispatch();
    }, timeoutMs);
  }

  #free(hand: Hand): void {
    clearTimeout(hand.timer);
    hand.job = undefined;
    hand.worker.unref();
  }

  #settle(hand: Hand, answer: Answer): void {
    const { job } = hand;
    if (job === undefined || job.ticket !== answer.ticket) return;
    this.#free(hand);
    if ('value' in answer) job.resolve(answer.value);
    else if ('fault' in answer)
      job.reject(new Fault(answer.fault.code, answer.fault.message, given(answer.fault)));
    else job.reject(new WorkerFailed('a task failed', answer.failure));
    this.#dispatch();
  }

  /** Drops the worker; its task is rejected and the next ones get others. */
  #lose(hand: Hand, error: Error): void {
    if (!this.#hands.delete(hand)) return;
    const { job } = hand;
    this.#free(hand);
    job?.reject(error);
    if (!this.#closed) this.#dispatch();
  }

  async #dismiss(hand: Hand, error: Error): Promise<void> {
    this.#lose(hand, error);
    await hand.worker.terminate();
  }
}

function causeOf(error: unknown): Error {
  if ((error as { code?: unknown } | null)?.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new TaskLimitReached('memory');
  }
  return new WorkerFailed('a worker broke', failureOf(error));
}

/** The fields that are there: an absent one stays absent. */
const given = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
