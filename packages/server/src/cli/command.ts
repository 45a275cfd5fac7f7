import type { ParseArgsOptionsConfig } from 'node:util';
import type { Ports } from './ports.ts';

/** Options as `parseArgs` gives them. */
export type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

export interface Arguments {
  readonly paths: readonly string[];
  readonly values: Values;
}

/** One command of the command line. */
export interface Command {
  /** Beside `--help` and `--json`, which all have. */
  readonly options: ParseArgsOptionsConfig;
  /** Whether paths may follow. */
  readonly paths: 'none' | 'some';
  /** @throws Fault; anything else is a defect */
  run(given: Arguments, ports: Ports): Promise<void>;
}
