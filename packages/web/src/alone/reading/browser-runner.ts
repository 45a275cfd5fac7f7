import { Fault } from '@promontory/core/fault';
import type { ModelIdentity, ModelRunner, Tensor } from '@promontory/core/reading';
import type { ModelFile } from './model-files.ts';
import type { OpenedModel, Provider, Tensors } from './provider.ts';

/** `ModelRunner` over one way of running networks; if that fails on the way, over the one that always is. */
export class BrowserRunner implements ModelRunner {
  readonly #fetch: (modelId: string) => Promise<ModelFile>;
  readonly #fallback: Provider;
  readonly #files = new Map<string, Promise<ModelFile>>();
  readonly #opened = new Map<string, Promise<OpenedModel>>();
  #provider: Provider;

  constructor(fetchModel: (modelId: string) => Promise<ModelFile>, provider: Provider, fallback: Provider) {
    this.#fetch = fetchModel;
    this.#provider = provider;
    this.#fallback = fallback;
  }

  /** The one in use now. */
  get provider(): Provider {
    return this.#provider;
  }

  async identify(modelId: string): Promise<ModelIdentity> {
    const { card } = await this.#file(modelId);
    return { id: card.id, version: card.version, sha256: card.sha256 };
  }

  async constants(modelId: string): Promise<unknown> {
    return (await this.#file(modelId)).card.constants;
  }

  async run(modelId: string, inputs: Tensors): Promise<Record<string, Tensor>> {
    const used = this.#provider;
    try {
      return await (await this.#open(modelId)).run(inputs);
    } catch (cause) {
      if (cause instanceof Fault) throw cause;
      if (used === this.#fallback) throw unrunnable(cause);
      // Another run may have gone over already.
      if (this.#provider === used) this.#goOver();
      return this.run(modelId, inputs);
    }
  }

  #goOver(): void {
    this.#provider = this.#fallback;
    this.#opened.clear();
  }

  /** One that failed is asked for again the next time: the connection may be back. */
  #file(modelId: string): Promise<ModelFile> {
    let file = this.#files.get(modelId);
    if (file === undefined) {
      file = this.#fetch(modelId);
      this.#files.set(modelId, file);
      file.catch(() => this.#files.delete(modelId));
    }
    return file;
  }

  #open(modelId: string): Promise<OpenedModel> {
    let model = this.#opened.get(modelId);
    if (model === undefined) {
      const provider = this.#provider;
      model = this.#file(modelId).then(({ bytes }) => provider.open(bytes));
      this.#opened.set(modelId, model);
    }
    return model;
  }
}

function unrunnable(cause: unknown): Fault {
  return new Fault('MODEL_UNAVAILABLE', 'A model could not be run.', {
    advice: 'Close other pages and programs, open this page again, and try once more.',
    cause,
  });
}
