import type { Findings } from '../spine/index.ts';
import type { GivenValue, Target } from './mark.ts';
import type { Review } from './review.ts';
import { targetsOf } from './targets.ts';

/** A reader's own value beside another one of the reading. Both are kept. */
export interface Disagreement {
  readonly target: Target;
  /** As the reading named it. */
  readonly level?: string;
  readonly field: string;
  readonly own: GivenValue;
  /** Absent where the reading abstained. */
  readonly given?: GivenValue;
  readonly probability?: number;
  readonly by: string;
  readonly byName: string;
  readonly at: string;
}

/**
 * Where readers who graded before they saw the reading came to another value; what the reading abstained from is none.
 * Values given after the reading was shown to their author do not count.
 */
export function disagreements(findings: Findings, review: Review): Disagreement[] {
  return targetsOf(findings).flatMap((entry): Disagreement[] => {
    const own = review.own(entry.target);
    if (own.state === 'none' || entry.value === undefined) return [];
    return own.claims.flatMap(({ value, by, byName, at, markId }): Disagreement[] => {
      if (value === undefined || value === entry.value || review.isLate(markId)) return [];
      const { target, level, field, value: given, probability } = entry;
      return [
        {
          target,
          ...(level !== undefined && { level }),
          field,
          own: value,
          ...(given !== undefined && { given }),
          ...(probability !== undefined && { probability }),
          by,
          byName,
          at,
        },
      ];
    });
  });
}
