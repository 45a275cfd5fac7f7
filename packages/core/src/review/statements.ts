import type { GivenValue, Target } from './mark.ts';
import type { Statement } from './report-content.ts';
import type { Review } from './review.ts';
import type { Reviewed, ReviewedEntry } from './reviewed.ts';
import type { TargetGroup } from './targets.ts';

/** A statement with what sorts it into the report. */
export interface SortedStatement {
  readonly statement: Statement;
  readonly group: TargetGroup;
}

/**
 * Everything that people stand for: accepted, corrected, or their own. Own values stand where no value of the reading
 * was accepted or corrected, and only where all readers who gave one say the same.
 */
export function statementsOf(reviewed: Reviewed, review: Review): SortedStatement[] {
  return reviewed.entries.flatMap((entry): SortedStatement[] => {
    const statement = accepted(entry, reviewed) ?? own(entry, review);
    return statement === undefined ? [] : [{ statement, group: entry.group }];
  });
}

function accepted(entry: ReviewedEntry, reviewed: Reviewed): Statement | undefined {
  const { status, value, hand, readAs, unit, uncertainty, probability } = entry;
  if ((status !== 'accepted' && status !== 'corrected') || value === undefined || hand === undefined)
    return undefined;
  const also = partsOf(entry, reviewed);
  return {
    ...placeOf(entry),
    value,
    ...(unit !== undefined && { unit }),
    ...(uncertainty !== undefined && { uncertainty }),
    ...(probability !== undefined && { probability }),
    ...(entry.experimental && { experimental: true as const }),
    ...(entry.isBeforeEdit && { beforeEdit: true as const }),
    ...(also !== undefined && { also }),
    // What was measured on what a person drew, or is named anew, is not what the software had said.
    source: status === 'accepted' && readAs === undefined ? 'reading-accepted' : 'corrected',
    ...(readAs !== undefined && { readAs }),
    by: hand.by,
    byName: hand.byName,
    at: hand.at,
  };
}

function own(entry: ReviewedEntry, review: Review): Statement | undefined {
  if (entry.status !== 'unreviewed' && entry.status !== 'rejected') return undefined;
  const slot = review.own(entry.target);
  if (slot.state !== 'set') return undefined;
  const { value, by, byName, at } = slot;
  return {
    ...placeOf(entry),
    value,
    ...(entry.unit !== undefined && { unit: entry.unit }),
    source: 'own',
    by,
    byName,
    at,
  };
}

/** Where a result stands. */
export const placeOf = ({
  target,
  level,
  field,
}: {
  readonly target: Target;
  readonly level?: string;
  readonly field: string;
}) => ({
  target,
  ...(level !== undefined && { level }),
  field,
});

/** What belongs to a value and is not judged for itself. */
function partsOf(
  { group, field, level, status, readAs }: ReviewedEntry,
  { findings }: Reviewed,
): Record<string, GivenValue> | undefined {
  if (group === 'slip') {
    const slip = findings.alignment.slips.find((s) => s.level === level);
    return (
      slip && {
        percent: slip.slipPercent.value,
        direction: slip.direction,
        meyerding: slip.meyerding,
      }
    );
  }
  const isAsMeasured = status === 'accepted' || readAs === undefined;
  if (group === 'vertebra' && field === 'genant' && isAsMeasured) {
    const genant = findings.vertebrae.find((v) => v.label === level)?.genant;
    return genant && { shape: genant.shape };
  }
  return undefined;
}
