/** Blocks are of these sizes: a report, a slice, a volume. */
const BLOCK_BYTES = [2 ** 16, 2 ** 20, 2 ** 23];
/** Free blocks beyond this are given back to the system: a server that idles is small. */
const KEPT_FREE_BYTES = 32 * 2 ** 20;

export type Block = Uint8Array<SharedArrayBuffer>;

/**
 * Memory in which received bytes wait, bounded for all connections together. Blocks are used again and again: fresh
 * memory for each instance made the collector mark the whole heap every dozen instances. They are shared with the
 * threads that read them, which therefore copy nothing and must change nothing.
 */
export class StagingMemory {
  readonly #most: number;
  readonly #free = new Map<number, Block[]>(BLOCK_BYTES.map((bytes) => [bytes, []]));
  /** Taken and free together. */
  #held = 0;
  #freeBytes = 0;

  /** @param most bytes of all blocks together */
  constructor(most: number) {
    this.#most = most;
  }

  /** @returns a block of so many bytes or more, with anything in it; undefined where none is left or so large */
  take(bytes: number): Block | undefined {
    const size = BLOCK_BYTES.find((fits) => fits >= bytes);
    if (size === undefined) return undefined;
    const used = this.#free.get(size)?.pop();
    if (used !== undefined) {
      this.#freeBytes -= size;
      return used;
    }
    this.#makeRoom(size);
    if (this.#held + size > this.#most) return undefined;
    this.#held += size;
    return new Uint8Array(new SharedArrayBuffer(size));
  }

  /** Whoever gives a block back reads it no more: others write into it. */
  give(block: Block): void {
    if (this.#freeBytes + block.length > KEPT_FREE_BYTES) {
      this.#held -= block.length;
      return;
    }
    this.#free.get(block.length)?.push(block);
    this.#freeBytes += block.length;
  }

  /** Free blocks of other sizes go where one of this size would not fit beside them. */
  #makeRoom(size: number): void {
    for (const free of this.#free.values())
      while (this.#held + size > this.#most) {
        const block = free.pop();
        if (block === undefined) break;
        this.#held -= block.length;
        this.#freeBytes -= block.length;
      }
  }
}
