import type { CodecPort } from '@promontory/core/pixels';
import type { ModelRunner } from '@promontory/core/reading';
import type { Rasteriser } from '../ports/raster/index.ts';

/** A runner that keeps a process alive until it is closed. */
export interface ClosableRunner extends ModelRunner {
  close(): Promise<void>;
}

/** What a reading takes from outside. What costs time to load is loaded when asked for. */
export interface ReadingPorts {
  readonly version: string;
  readonly now: () => Date;
  readonly codecs: () => Promise<CodecPort>;
  readonly runner: () => Promise<ClosableRunner>;
  readonly rasteriser: () => Promise<Rasteriser>;
}

/** Told which step begins, and how far it is. */
export interface Steps {
  step(what: string, done?: number, total?: number): void;
}
