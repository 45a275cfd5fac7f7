import { absencesOf, targetsOf } from '../review/index.ts';
import type { Findings } from '../spine/index.ts';
import { inReadingOrder } from './reading-order.ts';
import type { AbsentResult, Result, ResultSet } from './result.ts';

/** A reading that nobody has reviewed. `subject` is told by whoever holds the images. */
export function resultsOfFindings(
  findings: Findings,
  subject: ResultSet['subject'] = {},
  readingId?: string,
): ResultSet {
  const { study, provenance, quality } = findings;
  const entries = targetsOf(findings);
  const results = entries.flatMap((entry): Result[] => {
    const { importance: _, probabilities: __, abstained: ___, value, ...rest } = entry;
    if (value === undefined) return [];
    const also = partsOf(findings, entry);
    return [{ ...rest, value, ...(also !== undefined && { also }), source: 'unreviewed' }];
  });
  const abstained = entries.flatMap(({ group, level, field, value, abstained: reason }): AbsentResult[] =>
    value === undefined && reason !== undefined
      ? [{ group, ...(level !== undefined && { level }), field, reason }]
      : [],
  );
  return {
    standing: { kind: 'unreviewed' },
    study: {
      ...(study.studyInstanceUid !== undefined && { studyInstanceUid: study.studyInstanceUid }),
      ...(study.patientSex !== undefined && { patientSex: study.patientSex }),
      ...(study.patientAgeYears !== undefined && { patientAgeYears: study.patientAgeYears }),
    },
    subject,
    results: inReadingOrder(results),
    notAssessable: [...abstained, ...absencesOf(findings).map(({ target: _, ...absence }) => absence)],
    measurements: [],
    texts: [],
    unreviewed: [],
    rejected: [],
    disagreements: [],
    basis: {
      sequence: 0,
      ...(readingId !== undefined && { readingId }),
      software: { name: provenance.software.name, version: provenance.software.version },
      models: provenance.models,
      inputs: provenance.inputs,
      readAt: provenance.createdAt,
    },
    warnings: quality.warnings,
  };
}

/** What belongs to a value and is no result of its own. */
function partsOf(
  { alignment, vertebrae }: Findings,
  { group, field, level }: { readonly group: string; readonly field: string; readonly level?: string },
): Result['also'] {
  if (group === 'slip') {
    const slip = alignment.slips.find((s) => s.level === level);
    return slip && { percent: slip.slipPercent.value, direction: slip.direction, meyerding: slip.meyerding };
  }
  if (group === 'vertebra' && field === 'genant') {
    const genant = vertebrae.find((v) => v.label === level)?.genant;
    return genant && { shape: genant.shape };
  }
  return undefined;
}
