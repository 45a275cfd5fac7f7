import type { Claim, Conflict, Decision, Deed, OutlineValue, PointMm } from '@promontory/core/review';

/**
 * The deed by which one of two claims is taken: it has seen both, so that it stands alone.
 * @returns undefined where the claim cannot be made again
 */
export function settlingDeed(
  { slot }: Conflict,
  claim: Claim<unknown>,
  readingId: string | undefined,
): Deed | undefined {
  const { value } = claim;
  if (slot.kind === 'text') return { kind: 'text', section: slot.section, text: (value ?? '') as string };
  if (slot.kind === 'measurement')
    return value === undefined
      ? { kind: 'remove', mark: slot.markId }
      : { kind: 'restore', mark: value as string };
  if (readingId === undefined) return undefined;
  if (slot.kind === 'decision') return decisionDeed(readingId, slot.target, value as Decision | undefined);
  if (slot.kind === 'landmark')
    return {
      kind: 'landmark',
      readingId,
      name: slot.name,
      ...(value !== undefined && { positionMm: value as PointMm }),
    };
  if (value === undefined) return undefined;
  switch (slot.kind) {
    case 'outline': {
      const { structure, label } = slot;
      const outline = value as OutlineValue;
      return { kind: 'outline', readingId, structure, ...(label !== undefined && { label }), outline };
    }
    case 'renumber':
      return { kind: 'renumber', readingId, lowestDisc: value as string };
  }
}

export function decisionDeed(readingId: string, target: string, decision: Decision | undefined): Deed {
  if (decision === undefined) return { kind: 'judge', readingId, target, verdict: 'unreviewed' };
  return decision.verdict === 'correct'
    ? { kind: 'correct', readingId, target, value: decision.value }
    : { kind: 'judge', readingId, target, verdict: decision.verdict };
}
