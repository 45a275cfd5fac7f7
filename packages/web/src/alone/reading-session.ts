/** One person's reading on this page: what is under way, and what came of it. */
import type { Engine, Failure, Given, ReadRequest, Result, Stage, Told } from './reading/messages.ts';

export type Reading =
  | { readonly phase: 'idle' }
  | {
      readonly phase: 'reading';
      readonly stage: Stage | undefined;
      readonly done: number;
      readonly total: number;
      readonly startedAt: number;
      readonly input?: { readonly files: number; readonly bytes: number };
      readonly engine?: Engine;
    }
  | { readonly phase: 'done'; readonly result: Result }
  | { readonly phase: 'failed'; readonly failure: Failure };

export type Asked = Pick<ReadRequest, 'source' | 'studyInstanceUid' | 'lumbarCount'>;

/** The part of a worker that is used. */
export interface Thread {
  postMessage(request: ReadRequest): void;
  terminate(): void;
  onmessage: ((event: { readonly data: Told }) => void) | null;
  onerror: ((event: Event) => void) | null;
  onmessageerror: ((event: Event) => void) | null;
}

export interface SessionPorts {
  readonly spawn: () => Thread;
  readonly base: string;
  readonly now: () => number;
}

export class ReadingSession {
  readonly #ports: SessionPorts;
  readonly #listeners = new Set<() => void>();
  #state: Reading = { phase: 'idle' };
  #thread: Thread | undefined;
  #asked: Asked | undefined;

  constructor(ports: SessionPorts) {
    this.#ports = ports;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly state = (): Reading => this.#state;
  /** As the person set it for the reading that stands. */
  get lumbarCount(): 4 | 5 | 6 | undefined {
    return this.#asked?.lumbarCount;
  }

  read(asked: Asked): void {
    if (this.#state.phase === 'reading') this.#end();
    this.#asked = asked;
    this.#thread ??= this.#start();
    this.#change({ phase: 'reading', stage: undefined, done: 0, total: 1, startedAt: this.#ports.now() });
    this.#thread.postMessage({ ...asked, base: this.#ports.base });
  }

  readonly files = (given: Given): void => this.read({ source: given });
  readonly demonstration = (seed: number): void => this.read({ source: { seed } });
  /** The same again, where the person had to choose. */
  readonly choose = (studyInstanceUid: string): void => {
    if (this.#asked !== undefined) this.read({ ...this.#asked, studyInstanceUid });
  };
  /** The same again, with the number of lumbar vertebrae that a person knows; undefined: as found. */
  readonly recount = (lumbarCount: 4 | 5 | 6 | undefined): void => {
    if (this.#asked === undefined) return;
    const { lumbarCount: _, ...asked } = this.#asked;
    this.read(lumbarCount === undefined ? asked : { ...asked, lumbarCount });
  };
  readonly again = (): void => {
    if (this.#asked !== undefined) this.read(this.#asked);
  };

  /** Ends the thread: nothing of what it held stays in memory. */
  readonly cancel = (): void => {
    this.#end();
    this.forget();
  };
  readonly forget = (): void => {
    this.#asked = undefined;
    this.#change({ phase: 'idle' });
  };

  #start(): Thread {
    const thread = this.#ports.spawn();
    thread.onmessage = ({ data }) => this.#hear(data);
    thread.onerror = () => this.#crash();
    thread.onmessageerror = () => this.#crash();
    return thread;
  }

  #end(): void {
    if (this.#thread !== undefined) this.#thread.onmessage = null;
    this.#thread?.terminate();
    this.#thread = undefined;
  }

  #crash(): void {
    this.#end();
    if (this.#state.phase !== 'reading') return;
    this.#change({
      phase: 'failed',
      failure: { code: 'crashed', message: 'The thread that reads has ended.' },
    });
  }

  #hear(told: Told): void {
    const state = this.#state;
    if (state.phase !== 'reading') return;
    if (told.kind === 'progress') {
      const { stage, done, total } = told;
      this.#change({ ...state, stage, done, total });
    } else if (told.kind === 'input') {
      this.#change({ ...state, input: { files: told.files, bytes: told.bytes } });
    } else if (told.kind === 'engine') this.#change({ ...state, engine: told.engine });
    else if (told.kind === 'result') this.#change({ phase: 'done', result: told.result });
    else {
      // Memory that WebAssembly has taken is given back with its thread only.
      if (told.failure.code === 'memory' || told.failure.code === 'defect') this.#end();
      this.#change({ phase: 'failed', failure: told.failure });
    }
  }

  #change(state: Reading): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
