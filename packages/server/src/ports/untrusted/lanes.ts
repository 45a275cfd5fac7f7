/** A queue that serves its lanes in turn, each first come first served: who asks for much does not starve who asks once. */
export class Lanes<T> {
  readonly #lanes = new Map<string, T[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Lanes in which something waits. */
  get count(): number {
    return this.#lanes.size;
  }

  sizeOf(lane: string): number {
    return this.#lanes.get(lane)?.length ?? 0;
  }

  add(lane: string, item: T): void {
    const waiting = this.#lanes.get(lane);
    if (waiting === undefined) this.#lanes.set(lane, [item]);
    else waiting.push(item);
    this.#size += 1;
  }

  /** The first of the lane whose turn it is; the lane then stands last. */
  next(): T | undefined {
    for (const [lane, waiting] of this.#lanes) {
      this.#lanes.delete(lane);
      const item = waiting.shift() as T;
      if (waiting.length > 0) this.#lanes.set(lane, waiting);
      this.#size -= 1;
      return item;
    }
    return undefined;
  }

  /** @returns whether it was waiting */
  remove(lane: string, item: T): boolean {
    const waiting = this.#lanes.get(lane);
    const at = waiting?.indexOf(item) ?? -1;
    if (waiting === undefined || at < 0) return false;
    waiting.splice(at, 1);
    if (waiting.length === 0) this.#lanes.delete(lane);
    this.#size -= 1;
    return true;
  }
}
