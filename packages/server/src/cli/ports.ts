import type { ReadingPorts } from '../reading-run/index.ts';

export type { ClosableRunner } from '../reading-run/index.ts';

/** All that the commands take from outside; main.ts hands it in. What costs time to load is loaded when asked for. */
export interface Ports extends ReadingPorts {
  /** Where this program keeps what belongs to the person and to no result. */
  readonly configFolder: string;
  /** Results. */
  readonly out: (text: string) => void;
  /** Progress and errors. */
  readonly err: (text: string) => void;
  /** Whether `err` is looked at by a person, who can be shown progress. */
  readonly errIsTerminal: boolean;
  /** Opens a file in the person's viewer; false where there is no display. */
  readonly show: (path: string) => boolean;
}
