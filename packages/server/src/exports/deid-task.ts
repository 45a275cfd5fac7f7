import type { ObjectReport, RefusalReason } from '@promontory/core/deid';
import type { DeidWishes } from './deid-record.ts';

/** What crosses to the worker, and back. */
export interface DeidTask {
  readonly bytes: Uint8Array;
  readonly wishes: DeidWishes;
  /** Of the pseudonyms. */
  readonly key: Uint8Array;
}

export type DeidTaskResult =
  | { readonly path: string; readonly bytes: Uint8Array; readonly report: ObjectReport }
  | { readonly refused: RefusalReason; readonly advice: string };
