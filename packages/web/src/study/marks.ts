/** The marks of a study: those that the server keeps, and those that this browser still holds. */
import type { KeptMark } from '@promontory/core/review';
import { getJson } from '../server/index.ts';

export interface MarksState {
  /** In the order of their sequence, each once. */
  readonly kept: readonly KeptMark[];
  /** Up to which all of them are known here: what a mark made now has seen. */
  readonly sequence: number;
  readonly loading: 'loading' | 'loaded' | 'failed';
}

export const NO_MARKS: MarksState = { kept: [], sequence: 0, loading: 'loading' };

/** Marks arrive by answer, by event and from other tabs, twice and out of order: the sequence says which and where. */
export function withKept(state: MarksState, arrived: readonly KeptMark[]): MarksState {
  const bySequence = new Map(state.kept.map((mark) => [mark.sequence, mark]));
  const fresh = arrived.filter(({ sequence }) => !bySequence.has(sequence));
  if (fresh.length === 0) return state;
  for (const mark of fresh) bySequence.set(mark.sequence, mark);
  let sequence = state.sequence;
  while (bySequence.has(sequence + 1)) sequence += 1;
  const kept = [...bySequence.values()].sort((a, b) => a.sequence - b.sequence);
  return { ...state, kept, sequence };
}

/** Some mark before one that is here has not come. */
export const hasGap = ({ kept, sequence }: MarksState): boolean => (kept.at(-1)?.sequence ?? 0) > sequence;

export const marksAfter = (
  study: string,
  sequence: number,
): Promise<{ readonly marks: readonly KeptMark[]; readonly sequence: number }> =>
  getJson(`/api/studies/${encodeURIComponent(study)}/marks?after=${sequence}`);
