import type { ReportContent } from '@promontory/core/review';

/**
 * All that a signer attests, for telling whether it is the same still: marks of others come while somebody reads. How
 * many marks there are does not count, for own ones get their numbers a moment after they were made; nor does the reason,
 * which is the signer's own.
 */
export function whatIsSigned({ basis, reason: _, ...content }: ReportContent): string {
  const { sequence: __, ...ground } = basis;
  return JSON.stringify([content, ground]);
}
