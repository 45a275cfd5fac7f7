import { Fault } from '@promontory/core/fault';
import { type RunOptions, UntrustedPool } from '../untrusted/index.ts';
import type { BulkValue } from './bulk-value.ts';
import { ByteBudget } from './byte-budget.ts';
import type { ExtractedFrames } from './frames.ts';
import type { Rendered, RenderRequest } from './render.ts';

/** A kept file that is to be read whole. */
export interface KeptFile {
  readonly sizeBytes: number;
  open(): Promise<AsyncIterable<Uint8Array>>;
}

/** For whom, and until when. */
export type WorkFor = Pick<RunOptions, 'signal' | 'lane'>;

/**
 * What is done with the pixels of instances, apart from the server's own thread.
 * All throw Fault for what the bytes are guilty of, PoolBusy where too much waits, WorkerFailed, the signal's reason.
 */
export interface ImageWork {
  /** The Part 10 file in another, uncompressed transfer syntax. */
  transcode(file: KeptFile, transferSyntax: string, work?: WorkFor): Promise<Uint8Array>;
  /** @param numbers from 1 */
  frames(
    file: KeptFile,
    numbers: readonly number[],
    form: 'native' | 'stored',
    work?: WorkFor,
  ): Promise<ExtractedFrames>;
  /** @param path tags, and numbers of items from 1 between them */
  bulk(file: KeptFile, path: readonly number[], work?: WorkFor): Promise<BulkValue | undefined>;
  render(file: KeptFile, request: RenderRequest, work?: WorkFor): Promise<Rendered>;
  /** Starts a thread ahead of the first task. */
  warm(): void;
  close(): Promise<void>;
}

export interface ImageWorkOptions {
  /** Worker threads. Default: one less than the processors. */
  readonly workers?: number;
  /** Of one task. Default 30 s. */
  readonly timeoutMs?: number;
  /** The largest file that is read whole. Default 1 GiB. */
  readonly maxFileBytes?: number;
  /** The largest file that pictures are made of. Default 256 MiB. */
  readonly maxRenderedBytes?: number;
  /** All files that are held at a time. Default 1 GiB. */
  readonly maxHeldBytes?: number;
}

/** The instance is larger than this is done with. Nothing was read. */
export class FileTooLarge extends Fault {
  constructor() {
    super('LIMIT_EXCEEDED', 'the instance is larger than is worked on', {
      advice: 'Retrieve it as it is stored.',
    });
  }
}

/** Image work in killable worker threads. Close it. */
export function createImageWork(options: ImageWorkOptions = {}): ImageWork {
  const { workers, timeoutMs = 30_000, maxFileBytes = 2 ** 30, maxHeldBytes = 2 ** 30 } = options;
  const { maxRenderedBytes = 2 ** 28 } = options;
  const pool = new UntrustedPool({
    module: new URL('./image-tasks.ts', import.meta.url),
    timeoutMs,
    ...(workers === undefined ? {} : { workers }),
  });
  const budget = new ByteBudget(maxHeldBytes);

  async function run<T>(task: string, file: KeptFile, payload: object, work: WorkFor = {}): Promise<T> {
    if (file.sizeBytes > (task === 'render' ? Math.min(maxRenderedBytes, maxFileBytes) : maxFileBytes))
      throw new FileTooLarge();
    const giveBack = await budget.take(file.sizeBytes, work.signal, work.lane);
    try {
      const bytes = await readWhole(file);
      return await pool.run<T>(task, { bytes, ...payload }, { ...work, transfer: [bytes.buffer] });
    } finally {
      giveBack();
    }
  }

  return {
    transcode: (file, transferSyntax, work) => run('transcode', file, { transferSyntax }, work),
    frames: (file, numbers, form, work) => run('frames', file, { numbers, form }, work),
    bulk: (file, path, work) => run('bulk', file, { path }, work),
    render: (file, request, work) => run('render', file, { request }, work),
    warm: () => pool.warm(),
    close: () => pool.close(),
  };
}

async function readWhole(file: KeptFile): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(file.sizeBytes);
  let at = 0;
  for await (const chunk of await file.open()) {
    if (at + chunk.length > bytes.length)
      throw new Fault('MALFORMED', 'a kept file is longer than the index says');
    bytes.set(chunk, at);
    at += chunk.length;
  }
  if (at < bytes.length) throw new Fault('TRUNCATED', 'a kept file is shorter than the index says');
  return bytes;
}
