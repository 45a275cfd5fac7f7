import type { FaultCode } from '@promontory/core/fault';

/** What passes between the pool and its workers. */
export interface Request {
  readonly ticket: number;
  readonly task: string;
  readonly payload: unknown;
}

/** A Fault's fields: a thrown error loses its class and fields on the way between threads. */
export interface FaultRecord {
  readonly code: FaultCode;
  readonly message: string;
  readonly offset?: number | undefined;
  readonly tag?: string | undefined;
  readonly advice?: string | undefined;
  readonly choices?: readonly string[] | undefined;
}

/** An error that is no Fault: its message may speak of the input, so only its name and where it rose are told. */
export interface FailureRecord {
  readonly name: string;
  readonly frames: readonly string[];
}

export type Answer =
  | { readonly ticket: number; readonly value: unknown }
  | { readonly ticket: number; readonly fault: FaultRecord }
  | { readonly ticket: number; readonly failure: FailureRecord };

/** Sent once, when the worker's module is loaded: a task's time starts after it. */
export const READY = 'ready';

export function failureOf(error: unknown): FailureRecord {
  if (!(error instanceof Error)) return { name: typeof error, frames: [] };
  const lines = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { name: error.name, frames: lines.slice(0, 8).map((line) => line.trim()) };
}
