/** Memory for instances that are read whole: who asks for more than is left waits for his turn. */
export class ByteBudget {
  readonly #most: number;
  #taken = 0;
  readonly #waiting: { readonly bytes: number; readonly go: () => void }[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /**
   * @returns gives the bytes back; harmless when called twice
   * @throws the signal's reason
   */
  async take(bytes: number, signal?: AbortSignal): Promise<() => void> {
    // What is larger than the whole budget goes alone.
    const wanted = Math.min(bytes, this.#most);
    signal?.throwIfAborted();
    if (this.#waiting.length > 0 || this.#taken + wanted > this.#most) await this.#turn(wanted, signal);
    else this.#taken += wanted;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#taken -= wanted;
      this.#admit();
    };
  }

  #turn(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        const at = this.#waiting.indexOf(waiter);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(signal?.reason);
        this.#admit();
      };
      const waiter = {
        bytes,
        go: () => {
          signal?.removeEventListener('abort', leave);
          this.#taken += bytes;
          resolve();
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiter);
    });
  }

  #admit(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (this.#taken + first.bytes > this.#most) return;
      this.#waiting.shift();
      first.go();
    }
  }
}
