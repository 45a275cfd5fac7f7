import { Lanes } from '../untrusted/index.ts';

interface Waiter {
  readonly bytes: number;
  readonly go: () => void;
}

/** Memory for instances that are read whole: who asks for more than is left waits for his turn, each lane in its own. */
export class ByteBudget {
  readonly #most: number;
  #taken = 0;
  readonly #waiting = new Lanes<Waiter>();
  /** Whose turn it is; the others wait behind. */
  #first: Waiter | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  /**
   * @returns gives the bytes back; harmless when called twice
   * @throws the signal's reason
   */
  async take(bytes: number, signal?: AbortSignal, lane = ''): Promise<() => void> {
    // What is larger than the whole budget goes alone.
    const wanted = Math.min(bytes, this.#most);
    signal?.throwIfAborted();
    if (this.#first !== undefined || this.#taken + wanted > this.#most)
      await this.#turn(wanted, signal, lane);
    else this.#taken += wanted;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#taken -= wanted;
      this.#admit();
    };
  }

  #turn(bytes: number, signal: AbortSignal | undefined, lane: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        if (this.#first === waiter) this.#first = undefined;
        else this.#waiting.remove(lane, waiter);
        reject(signal?.reason);
        this.#admit();
      };
      const waiter: Waiter = {
        bytes,
        go: () => {
          signal?.removeEventListener('abort', leave);
          this.#taken += bytes;
          resolve();
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.add(lane, waiter);
      this.#admit();
    });
  }

  #admit(): void {
    for (;;) {
      this.#first ??= this.#waiting.next();
      const first = this.#first;
      if (first === undefined || this.#taken + first.bytes > this.#most) return;
      this.#first = undefined;
      first.go();
    }
  }
}
