/** A data set on its way from the connection to who takes it, one fragment after the other. */

/** A fragment costs its bytes and what holds it: a peer may send very many of one byte. */
const HOLDER_BYTES = 256;
const costOf = (fragment: Buffer): number => fragment.length + HOLDER_BYTES;

export class Fragments implements AsyncIterableIterator<Buffer> {
  /** Resolves when the last fragment has come; rejects when it never will. */
  readonly complete: Promise<void>;
  readonly #account: (change: number) => void;
  #queue: Buffer[] = [];
  #ended = false;
  #unwanted = false;
  #failure: Error | undefined;
  #waiting: { resolve(result: IteratorResult<Buffer>): void; reject(error: Error): void } | undefined;
  #settle!: { resolve(): void; reject(error: Error): void };

  /** @param account is told of what is held: more when it comes, less when it is taken */
  constructor(account: (change: number) => void) {
    this.#account = account;
    this.complete = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.complete.catch(() => {});
  }

  push(fragment: Buffer, isLast: boolean): void {
    if (fragment.length > 0 && !this.#unwanted) {
      if (this.#waiting !== undefined) {
        this.#waiting.resolve({ done: false, value: fragment });
        this.#waiting = undefined;
      } else {
        this.#queue.push(fragment);
        this.#account(costOf(fragment));
      }
    }
    if (!isLast) return;
    this.#ended = true;
    this.#waiting?.resolve({ done: true, value: undefined });
    this.#waiting = undefined;
    this.#settle.resolve();
  }

  /** What has come is dropped: half a data set is none. */
  fail(error: Error): void {
    if (this.#ended) return;
    this.#failure = error;
    this.#drop();
    this.#waiting?.reject(error);
    this.#waiting = undefined;
    this.#settle.reject(error);
  }

  async next(): Promise<IteratorResult<Buffer>> {
    const fragment = this.#queue.shift();
    if (fragment !== undefined) {
      this.#account(-costOf(fragment));
      return { done: false, value: fragment };
    }
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#ended || this.#unwanted) return { done: true, value: undefined };
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  /** The rest is not wanted: it is received and dropped. */
  async return(): Promise<IteratorResult<Buffer>> {
    this.#unwanted = true;
    this.#drop();
    return { done: true, value: undefined };
  }

  /** Receives and drops the rest; resolves when it has all come. @throws what `complete` rejects with */
  async discard(): Promise<void> {
    await this.return();
    await this.complete;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #drop(): void {
    for (const fragment of this.#queue) this.#account(-costOf(fragment));
    this.#queue = [];
  }
}
