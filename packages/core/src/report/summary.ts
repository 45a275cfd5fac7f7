import { compareWithRange, normalRange, type Prevalence } from '../norms/index.ts';
import type { Findings } from '../spine/index.ts';
import { commonnessOf } from './commonness.ts';
import { type LevelReading, type Remark, readLevels } from './level-reading.ts';
import { countInWords, listInWords, measurementInWords, sentenceCase } from './words.ts';

/** The report in few sentences: what stands out, ranked, in calm words. */
export interface Summary {
  readonly lead: string;
  /** One per level that stands out, the most important first. */
  readonly levels: readonly { readonly level: string; readonly remarks: readonly Remark[] }[];
  /** Levels, alignment and vertebrae that deserve a sentence but not a picture. */
  readonly also: readonly string[];
  /** How common the findings are at this age, each finding once. */
  readonly common: readonly Prevalence[];
}

/** Words for the top of the report. Says nothing reassuring about what was not assessed. */
export function summarise(findings: Findings): Summary {
  const readings = readLevels(findings);
  const standing = readings.filter((r) => r.standing === 'stands-out');
  const common = new Map<string, Prevalence>();
  for (const reading of standing) {
    for (const p of commonnessOf(reading, findings.study.patientAgeYears)) common.set(p.finding, p);
  }
  return {
    lead: lead(readings.length, standing.length),
    levels: standing.map(({ disc, found }) => ({ level: disc.label, remarks: found })),
    also: [...otherLevels(readings), ...vertebrae(findings), ...lordosis(findings)],
    common: [...common.values()],
  };
}

function lead(levels: number, standing: number): string {
  if (levels === 0) return 'No disc could be read.';
  if (standing === 0) return 'Nothing stands out in what could be assessed.';
  const verb = standing === 1 ? 'stands' : 'stand';
  return `${sentenceCase(countInWords(standing))} of ${countInWords(levels)} disc levels ${verb} out.`;
}

function otherLevels(readings: readonly LevelReading[]): string[] {
  const headFirst = (names: string[]): string => listInWords(names.toReversed(), 'and');
  const unclear = readings.filter((r) => r.standing === 'unclear').map((r) => r.disc.label);
  const grey = readings
    .filter((r) => r.standing === 'unremarkable' && r.disc.grades.pfirrmann.value === 3)
    .map((r) => r.disc.label);
  return [
    ...(unclear.length > 0
      ? [
          `${headFirst(unclear)}: the software could not decide; please look at ${unclear.length === 1 ? 'it' : 'them'}.`,
        ]
      : []),
    ...(grey.length > 0 ? [`${headFirst(grey)}: grey disc (Pfirrmann 3 of 5), no other finding.`] : []),
  ];
}

function vertebrae(findings: Findings): string[] {
  return findings.vertebrae.flatMap(({ label, genant, heightLoss }) => {
    if (!genant || genant.value === 0) return [];
    const loss = heightLoss ? `, height loss ${measurementInWords(heightLoss)}` : '';
    return [
      `${label}: ${genant.shape} shape, Genant ${genant.value}${loss} (experimental; age of the change unknown).`,
    ];
  });
}

function lordosis({ alignment }: Findings): string[] {
  const range = normalRange('lordosisL1S1');
  const measured = alignment.lordosisL1S1;
  if (!range || !measured) return [];
  const place = compareWithRange(measured.value, measured.uncertainty, range);
  if (place !== 'below' && place !== 'above') return [];
  return [
    `Lordosis L1–S1 ${measurementInWords(measured)} lies ${place} the range of volunteers lying in the scanner (${range.low}–${range.high}°).`,
  ];
}
