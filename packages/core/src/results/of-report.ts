import {
  kindOf,
  LEVEL_PARTS,
  type ReportContent,
  type Statement,
  type TargetGroup,
} from '../review/index.ts';
import { inReadingOrder } from './reading-order.ts';
import type { Result, ResultSet, Standing } from './result.ts';

/** A report as it was signed. */
export function resultsOfReport(
  content: ReportContent,
  signature: Omit<Exclude<Standing, { kind: 'unreviewed' }>, 'kind' | 'version' | 'reason'>,
): ResultSet {
  const statements = [
    ...(content.numbering === undefined ? [] : [content.numbering]),
    ...content.alignment,
    ...content.vertebrae.flatMap((v) => v.statements),
    ...content.conus,
    ...content.levels.flatMap((level) => LEVEL_PARTS.flatMap((part) => level[part])),
  ];
  const { study, subject = {}, measurements, texts, unreviewed, rejected, disagreements, basis } = content;
  return {
    standing: {
      ...signature,
      kind: content.kind,
      version: content.version,
      ...(content.reason !== undefined && { reason: content.reason }),
    },
    study,
    subject,
    results: inReadingOrder(statements.map(resultOf)),
    notAssessable: content.notAssessable.map((absence) => ({
      ...absence,
      group: absence.group as TargetGroup,
    })),
    measurements,
    texts,
    unreviewed,
    rejected,
    disagreements,
    basis,
    warnings: [],
  };
}

function resultOf({ by, byName, at, experimental, ...statement }: Statement): Result {
  return {
    ...statement,
    group: statement.target.split('/')[0] as TargetGroup,
    kind: kindOf(statement.target),
    experimental: experimental === true,
    hand: { by, byName, at },
  };
}
