/** Bounded loading: what is seen first, the rest as it fits; the same thing is loaded once however many wish for it. */

export interface Wish {
  /** Smaller comes first; of equals the one wished for earlier. */
  readonly priority: number;
  readonly signal?: AbortSignal;
}

interface Task<T> {
  readonly key: string;
  readonly load: (signal: AbortSignal) => Promise<T>;
  readonly promise: Promise<T>;
  readonly settle: PromiseWithResolvers<T>;
  readonly abort: AbortController;
  readonly order: number;
  priority: number;
  wishes: number;
  isRunning: boolean;
}

export interface LoadQueueOptions {
  /** How many load at once. Default 6. */
  readonly width?: number;
  /** Whether what failed is worth another try. Default: never. */
  readonly isPassing?: (error: unknown) => boolean;
  /** Waits before each further try, ms; their number is that of tries. Default 300, 1200. */
  readonly pausesMs?: readonly number[];
  readonly pause?: (ms: number) => Promise<void>;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export class LoadQueue<T> {
  readonly #tasks = new Map<string, Task<T>>();
  readonly #options: Required<LoadQueueOptions>;
  #running = 0;
  #order = 0;

  constructor(options: LoadQueueOptions = {}) {
    this.#options = { width: 6, isPassing: () => false, pausesMs: [300, 1200], pause: sleep, ...options };
  }

  /** How many are asked for and not there yet. */
  get waiting(): number {
    return this.#tasks.size;
  }

  /**
   * A wish for what is under way already raises its priority. A wish that is aborted rejects with the signal's reason;
   * what nobody wishes for any more is not loaded, or its loading is broken off.
   */
  load(key: string, load: (signal: AbortSignal) => Promise<T>, { priority, signal }: Wish): Promise<T> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const task = this.#tasks.get(key) ?? this.#add(key, load, priority);
    task.priority = Math.min(task.priority, priority);
    task.wishes++;
    this.#startMore();
    if (signal === undefined) return task.promise;
    return new Promise<T>((resolve, reject) => {
      const drop = () => {
        task.wishes--;
        if (task.wishes === 0) this.#drop(task, signal.reason);
        reject(signal.reason);
      };
      signal.addEventListener('abort', drop, { once: true });
      task.promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', drop));
    });
  }

  /** Breaks everything off. */
  clear(reason: unknown): void {
    for (const task of [...this.#tasks.values()]) this.#drop(task, reason);
  }

  #add(key: string, load: (signal: AbortSignal) => Promise<T>, priority: number): Task<T> {
    const settle = Promise.withResolvers<T>();
    // Whoever wished may be gone when it fails.
    settle.promise.catch(() => {});
    const task: Task<T> = {
      key,
      load,
      promise: settle.promise,
      settle,
      abort: new AbortController(),
      order: this.#order++,
      priority,
      wishes: 0,
      isRunning: false,
    };
    this.#tasks.set(key, task);
    return task;
  }

  #drop(task: Task<T>, reason: unknown): void {
    if (this.#tasks.get(task.key) === task) this.#tasks.delete(task.key);
    task.abort.abort(reason);
    task.settle.reject(reason);
  }

  #startMore(): void {
    while (this.#running < this.#options.width) {
      const next = this.#next();
      if (next === undefined) return;
      next.isRunning = true;
      this.#running++;
      void this.#run(next).finally(() => {
        this.#running--;
        this.#startMore();
      });
    }
  }

  #next(): Task<T> | undefined {
    let best: Task<T> | undefined;
    for (const task of this.#tasks.values()) {
      if (task.isRunning) continue;
      if (best === undefined || task.priority < best.priority) best = task;
      else if (task.priority === best.priority && task.order < best.order) best = task;
    }
    return best;
  }

  async #run(task: Task<T>): Promise<void> {
    const { isPassing, pausesMs, pause } = this.#options;
    const { signal } = task.abort;
    for (let tries = 0; !signal.aborted; tries++) {
      try {
        const value = await task.load(signal);
        this.#tasks.delete(task.key);
        task.settle.resolve(value);
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (tries < pausesMs.length && isPassing(error)) {
          await pause(pausesMs[tries]);
          continue;
        }
        this.#tasks.delete(task.key);
        task.settle.reject(error);
        return;
      }
    }
  }
}
