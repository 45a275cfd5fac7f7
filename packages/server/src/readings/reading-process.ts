import { type ChildProcess, fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import type { Writable } from 'node:stream';
import type { ModelIdentity } from '@promontory/core/reading';
import { TaskFailed } from '../jobs/index.ts';
import { frameHead } from './frames.ts';
import type { ReadingFile, ReadingMessage, ReadingOutcome } from './reading-messages.ts';

export interface ReadingProcessOptions {
  /** Another process to run, for tests. */
  readonly entry?: URL;
  /** Default 5 minutes, from the start of the process. */
  readonly limitMs?: number;
  /** Resident memory. Default 6 GiB; watched on Linux. */
  readonly memoryBytes?: number;
  /** Folder of the models, where it is not the one that is installed. */
  readonly models?: string;
}

export interface InputFile {
  readonly sizeBytes: number;
  read(): Promise<AsyncIterable<Uint8Array>>;
}

/** Reads one study. @throws TaskFailed with what it failed of */
export type ReadInProcess = (
  files: readonly InputFile[],
  call: {
    readonly signal: AbortSignal;
    readonly progress: (stage: string, done?: number, total?: number) => void;
    /** Told of each model that it reads with, before it does. */
    readonly loaded?: (model: ModelIdentity) => void;
  },
) => Promise<ReadingOutcome>;

export const READING_MAIN = new URL('./reading-main.ts', import.meta.url);
const LIMIT_MS = 5 * 60_000;
const MEMORY_BYTES = 6 * 2 ** 30;
const WATCH_MS = 1_000;
/** The server answers first. */
const NICENESS = 5;
/** The heap of JavaScript; pixels lie outside of it. */
const HEAP_MB = 2048;
/** What a process that has gone wrong may not send beyond. */
const MAX_FILES = 200;
const MAX_RESULT_BYTES = 2 ** 29;
const RESULT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
/** The environment holds secrets (database, keys): the process that parses strangers' bytes gets none of them. */
const ENVIRONMENT = ['PATH', 'SYSTEMROOT', 'TEMP', 'TMP', 'TMPDIR', 'OMP_NUM_THREADS', 'PROMONTORY_MODELS'];

/**
 * Each study in a process of its own, which is killed when its time or memory ends, or nobody wants the result: a crash,
 * a hang or want of memory takes that study's try and nothing else. What it prints is thrown away; it may speak of the
 * patient.
 */
export function readingProcess(options: ReadingProcessOptions = {}): ReadInProcess {
  const { entry = READING_MAIN, limitMs = LIMIT_MS, memoryBytes = MEMORY_BYTES, models } = options;
  return async (files, { signal, progress, loaded = () => {} }) => {
    if (signal.aborted) throw new TaskFailed('cancelled');
    const child = fork(entry, [], {
      serialization: 'advanced',
      stdio: ['pipe', 'ignore', 'ignore', 'ipc'],
      execArgv: ['--disable-warning=ExperimentalWarning', `--max-old-space-size=${HEAP_MB}`],
      env: {
        ...Object.fromEntries(ENVIRONMENT.flatMap((name) => given(name, process.env[name]))),
        ...(models !== undefined && { PROMONTORY_MODELS: models }),
      },
    });
    const ended = outcomeOf(child, progress, loaded);
    const kill = (reason: string) => {
      ended.fail(new TaskFailed(reason));
      child.kill('SIGKILL');
    };
    const abort = () => kill('cancelled');
    signal.addEventListener('abort', abort);
    const timer = setTimeout(() => kill('time-limit'), limitMs);
    const watch = setInterval(async () => {
      if ((await residentBytes(child.pid)) > memoryBytes) kill('memory-limit');
    }, WATCH_MS);
    child.once('spawn', () => beNice(child.pid));
    feed(child.stdin as Writable, files).catch((error: unknown) => {
      if (!(error instanceof PipeClosed)) kill('input-unavailable');
    });
    try {
      return await ended.promise;
    } finally {
      clearTimeout(timer);
      clearInterval(watch);
      signal.removeEventListener('abort', abort);
      child.kill('SIGKILL');
    }
  };
}

const given = (name: string, value: string | undefined): [string, string][] =>
  value === undefined ? [] : [[name, value]];

function beNice(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, NICENESS);
  } catch {
    // It has ended already, or the system has no priorities.
  }
}

async function residentBytes(pid: number | undefined): Promise<number> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return 1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** The process ended while it was being told: it says itself why. */
class PipeClosed extends Error {}

async function feed(pipe: Writable, files: readonly InputFile[]): Promise<void> {
  const closed = new Promise<never>((_, reject) => {
    pipe.on('error', () => reject(new PipeClosed()));
    pipe.on('close', () => reject(new PipeClosed()));
  });
  closed.catch(() => {});
  const write = async (bytes: Uint8Array) => {
    if (pipe.destroyed) throw new PipeClosed();
    if (!pipe.write(bytes))
      await Promise.race([new Promise((resolve) => pipe.once('drain', resolve)), closed]);
  };
  for (const file of files) {
    await write(frameHead(file.sizeBytes));
    let sent = 0;
    for await (const chunk of await file.read()) {
      sent += chunk.length;
      await write(chunk);
    }
    if (sent !== file.sizeBytes) throw new Error('An instance has not the size that the index says.');
  }
  pipe.end();
}

/** The process's messages until its last, or its end without one. */
function outcomeOf(
  child: ChildProcess,
  progress: Parameters<ReadInProcess>[1]['progress'],
  loaded: (model: ModelIdentity) => void,
) {
  const { promise, resolve, reject } = Promise.withResolvers<ReadingOutcome>();
  const files: ReadingFile[] = [];
  let bytes = 0;
  child.on('message', (message: ReadingMessage) => {
    if (message.kind === 'progress') progress(message.stage, message.done, message.total);
    else if (message.kind === 'loaded') loaded(message.model);
    else if (message.kind === 'file') {
      const { name, mediaType } = message;
      bytes += message.bytes.length;
      const known = files.some((file) => file.name === name);
      if (known || !RESULT_NAME.test(name) || files.length >= MAX_FILES || bytes > MAX_RESULT_BYTES)
        reject(new TaskFailed('defect'));
      files.push({ name, mediaType, bytes: message.bytes });
    } else if (message.kind === 'failed') reject(new TaskFailed(message.reason));
    else if (message.kind === 'refused') resolve(message);
    else resolve({ ...message, files });
  });
  child.once('error', () => reject(new TaskFailed('not-started')));
  child.once('close', () => reject(new TaskFailed('crashed')));
  return { promise, fail: reject };
}
