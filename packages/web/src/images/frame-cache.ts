import type { PixelFrame } from './study-images.ts';

/** Frames that were loaded, the least lately used of them dropped when together they take more than `maxBytes`. */
export class FrameCache {
  readonly #frames = new Map<string, PixelFrame>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(key: string): PixelFrame | undefined {
    const frame = this.#frames.get(key);
    if (frame === undefined) return undefined;
    // A map keeps the order in which it was filled: the last is the latest used.
    this.#frames.delete(key);
    this.#frames.set(key, frame);
    return frame;
  }

  put(key: string, frame: PixelFrame): void {
    const replaced = this.#frames.get(key);
    if (replaced !== undefined) this.#bytes -= bytesOf(replaced);
    this.#frames.delete(key);
    this.#frames.set(key, frame);
    this.#bytes += bytesOf(frame);
    for (const [oldest, old] of this.#frames) {
      // The newest stays, however large it is.
      if (this.#bytes <= this.#maxBytes || oldest === key) break;
      this.#frames.delete(oldest);
      this.#bytes -= bytesOf(old);
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  clear(): void {
    this.#frames.clear();
    this.#bytes = 0;
  }
}

const bytesOf = ({ values, rgb }: PixelFrame): number => values.byteLength + (rgb?.byteLength ?? 0);
