import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { Fault } from '@promontory/core/fault';
import type { ModelIdentity, ModelRunner, Tensor } from '@promontory/core/reading';
import { type ModelFile, readModel } from './card.ts';
import type { Answer, Request } from './onnx-worker.ts';

type Outputs = Record<string, Tensor>;
type Unticketed<R> = R extends { ticket: number } ? Omit<R, 'ticket'> : never;

/** More threads than this gain nothing on slices of this size. */
const MOST_THREADS = 4;

/** `ModelRunner` over ONNX Runtime in one worker thread. Close it, or the process stays. */
export class OnnxRunner implements ModelRunner {
  readonly #folder: string;
  readonly #worker: Worker;
  readonly #models = new Map<string, Promise<ModelFile>>();
  readonly #loaded = new Map<string, Promise<Outputs>>();
  readonly #waiting = new Map<number, { resolve: (o: Outputs) => void; reject: (e: Error) => void }>();
  #ticket = 0;

  /** @param folder holds `<id>.onnx` and `<id>.json` for each model */
  constructor(folder: string, threads = Math.min(MOST_THREADS, availableParallelism())) {
    this.#folder = folder;
    this.#worker = new Worker(new URL('./onnx-worker.ts', import.meta.url), { workerData: { threads } });
    this.#worker.on('message', (reply: Answer) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.unref();
  }

  async identify(modelId: string): Promise<ModelIdentity> {
    const { card } = await this.#model(modelId);
    return { id: card.id, version: card.version, sha256: card.sha256 };
  }

  async constants(modelId: string): Promise<unknown> {
    return (await this.#model(modelId)).card.constants;
  }

  async run(modelId: string, inputs: Readonly<Record<string, Tensor>>): Promise<Outputs> {
    await this.#load(modelId);
    return this.#ask({ kind: 'run', modelId, inputs });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #model(modelId: string): Promise<ModelFile> {
    let model = this.#models.get(modelId);
    if (model === undefined) {
      model = readModel(this.#folder, modelId);
      this.#models.set(modelId, model);
    }
    return model;
  }

  #load(modelId: string): Promise<Outputs> {
    let loaded = this.#loaded.get(modelId);
    if (loaded === undefined) {
      loaded = this.#model(modelId).then(({ bytes }) => this.#ask({ kind: 'load', modelId, bytes }));
      this.#loaded.set(modelId, loaded);
    }
    return loaded;
  }

  #ask(request: Unticketed<Request>): Promise<Outputs> {
    const ticket = ++this.#ticket;
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.set(ticket, { resolve, reject });
      this.#worker.postMessage({ ...request, ticket });
    });
  }

  #settle(reply: Answer): void {
    const waiter = this.#waiting.get(reply.ticket);
    this.#waiting.delete(reply.ticket);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ('failure' in reply) waiter?.reject(this.#fault(reply.failure));
    else waiter?.resolve(reply.outputs);
  }

  #fail(error: Error): void {
    for (const waiter of this.#waiting.values()) waiter.reject(this.#fault(error.message));
    this.#waiting.clear();
  }

  #fault(cause: string): Fault {
    return new Fault('MODEL_UNAVAILABLE', 'A model could not be run.', {
      advice: 'Check that models/ is complete and that memory is free.',
      cause,
    });
  }
}
