/** What may become of one file of an upload, and the sums over all of them. */
import type { SkipReason } from './dicom-header.ts';
import { mayMend, type Reason } from './stow.ts';
import type { ZipProblem } from './zip-directory.ts';

export type FileState =
  | { readonly kind: 'waiting' }
  /** Known from before a reload; its bytes are not in this page's hands. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'sending'; readonly part: number }
  | { readonly kind: 'kept'; readonly studyUid?: string; readonly sha256?: string }
  | { readonly kind: 'failed'; readonly reason: Reason }
  | { readonly kind: 'skipped'; readonly why: SkipReason | ZipProblem };

export type FileEvent =
  | { readonly kind: 'found' }
  | { readonly kind: 'taken' }
  | { readonly kind: 'moved'; readonly part: number }
  | { readonly kind: 'kept'; readonly studyUid?: string; readonly sha256?: string }
  | { readonly kind: 'failed'; readonly reason: Reason }
  | { readonly kind: 'skipped'; readonly why: SkipReason | ZipProblem }
  | { readonly kind: 'put-back' }
  | { readonly kind: 'again' }
  /** The archive does not have its study any more. */
  | { readonly kind: 'lost' };

/** An event that does not fit the state changes nothing: late answers of a request that was given up, for one. */
export function afterEvent(state: FileState, event: FileEvent): FileState {
  switch (event.kind) {
    case 'found':
      return state.kind === 'missing' ? { kind: 'waiting' } : state;
    case 'taken':
      return state.kind === 'waiting' ? { kind: 'sending', part: 0 } : state;
    case 'moved':
      return state.kind === 'sending' ? { kind: 'sending', part: Math.min(1, event.part) } : state;
    case 'kept':
    case 'failed':
    case 'skipped':
      return state.kind === 'sending' ? event : state;
    case 'put-back':
      return state.kind === 'sending' ? { kind: 'waiting' } : state;
    case 'again':
      return state.kind === 'failed' && mayMend(state.reason) ? { kind: 'waiting' } : state;
    case 'lost':
      return state.kind === 'kept' ? { kind: 'failed', reason: 'gone' } : state;
  }
}

/** What is written down of it: a file that was on its way is sent again after a reload. */
export const afterReload = (state: FileState): FileState =>
  state.kind === 'waiting' || state.kind === 'sending' ? { kind: 'missing' } : state;

export interface Totals {
  readonly files: number;
  readonly waiting: number;
  readonly missing: number;
  readonly sending: number;
  readonly kept: number;
  readonly failed: number;
  /** Of the failed: what another try may mend. */
  readonly mendable: number;
  readonly skipped: number;
  /** Of files that are to be sent or were; those left out do not count. */
  readonly bytes: number;
  readonly doneBytes: number;
}

export const NO_TOTALS: Totals = {
  files: 0,
  waiting: 0,
  missing: 0,
  sending: 0,
  kept: 0,
  failed: 0,
  mendable: 0,
  skipped: 0,
  bytes: 0,
  doneBytes: 0,
};

function weightOf(state: FileState, bytes: number): Totals {
  const counts = state.kind !== 'skipped';
  const part =
    state.kind === 'sending' ? state.part : state.kind === 'kept' || state.kind === 'failed' ? 1 : 0;
  return {
    ...NO_TOTALS,
    files: 1,
    [state.kind]: 1,
    mendable: state.kind === 'failed' && mayMend(state.reason) ? 1 : 0,
    bytes: counts ? bytes : 0,
    doneBytes: counts ? bytes * part : 0,
  };
}

/** Sums are carried along: 100,000 files are not counted anew at each step. */
export function withChange(
  totals: Totals,
  bytes: number,
  from: FileState | undefined,
  to: FileState | undefined,
): Totals {
  const less = from === undefined ? NO_TOTALS : weightOf(from, bytes);
  const more = to === undefined ? NO_TOTALS : weightOf(to, bytes);
  const keys = Object.keys(NO_TOTALS) as (keyof Totals)[];
  return Object.fromEntries(
    keys.map((key) => [key, totals[key] - less[key] + more[key]]),
  ) as unknown as Totals;
}
