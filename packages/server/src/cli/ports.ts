import type { CodecPort } from '@promontory/core/pixels';
import type { ModelRunner } from '@promontory/core/reading';
import type { Rasteriser } from '../ports/raster/index.ts';

/** A runner that keeps a process alive until it is closed. */
export interface ClosableRunner extends ModelRunner {
  close(): Promise<void>;
}

/** All that the commands take from outside; main.ts hands it in. What costs time to load is loaded when asked for. */
export interface Ports {
  readonly version: string;
  readonly now: () => Date;
  /** Results. */
  readonly out: (text: string) => void;
  /** Progress and errors. */
  readonly err: (text: string) => void;
  /** Whether `err` is looked at by a person, who can be shown progress. */
  readonly errIsTerminal: boolean;
  readonly codecs: () => Promise<CodecPort>;
  readonly runner: () => Promise<ClosableRunner>;
  readonly rasteriser: () => Promise<Rasteriser>;
  /** Opens a file in the person's viewer; false where there is no display. */
  readonly show: (path: string) => boolean;
}
