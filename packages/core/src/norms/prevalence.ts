import { BRINJIKJI_2015, type Citation } from './citation.ts';

export const PREVALENCE_FINDINGS = [
  'disc-degeneration',
  'signal-loss',
  'height-loss',
  'bulge',
  'protrusion',
  'annular-fissure',
  'facet-degeneration',
  'spondylolisthesis',
] as const;
export type PrevalenceFinding = (typeof PREVALENCE_FINDINGS)[number];

/**
 * Percent of people without back pain who show the finding at any lumbar level, by age in years (Brinjikji 2015,
 * table 1 and abstract). Only ages whose figure was read in the source stand here: the missing decades are gaps
 * on purpose.
 */
const PERCENT_BY_AGE: Readonly<
  Record<PrevalenceFinding, readonly (readonly [ageYears: number, percent: number])[]>
> = {
  'disc-degeneration': [
    [20, 37],
    [30, 52],
    [40, 68],
    [50, 80],
    [80, 96],
  ],
  'signal-loss': [
    [20, 17],
    [30, 33],
    [40, 54],
    [50, 73],
  ],
  'height-loss': [
    [20, 24],
    [30, 34],
    [40, 45],
    [50, 56],
  ],
  bulge: [
    [20, 30],
    [30, 40],
    [40, 50],
    [50, 60],
    [80, 84],
  ],
  protrusion: [
    [20, 29],
    [30, 31],
    [40, 33],
    [50, 36],
    [80, 43],
  ],
  'annular-fissure': [
    [20, 19],
    [30, 20],
    [40, 22],
    [50, 23],
    [80, 29],
  ],
  'facet-degeneration': [
    [20, 4],
    [30, 9],
    [40, 18],
    [50, 32],
  ],
  spondylolisthesis: [
    [20, 3],
    [30, 5],
    [40, 8],
    [50, 14],
    [60, 23],
  ],
};

/** Below this age the source itself rests on few subjects for these two findings. */
const FEW_SUBJECTS_BELOW_YEARS: Partial<Record<PrevalenceFinding, number>> = {
  'facet-degeneration': 40,
  spondylolisthesis: 40,
};

export interface Prevalence {
  readonly finding: PrevalenceFinding;
  readonly ageYears: number;
  /** The two known ages that enclose this one (equal when it is one of them, or beyond the last known age). */
  readonly knownAgesYears: readonly [number, number];
  /** Percent at those two ages. The true figure lies between them if prevalence grows with age, as every row does. */
  readonly rangePercent: readonly [number, number];
  /** Linear between neighbouring decades; absent where the known ages lie further apart or do not enclose this one. */
  readonly percent?: number;
  /** True where the age lies beyond the last age with a figure: then `rangePercent` holds that last figure. */
  readonly beyondKnownAges: boolean;
  readonly fewSubjects: boolean;
  readonly citation: Citation;
}

/**
 * How common a finding is among people of this age who have no back pain, per person and any level — never the
 * probability that it causes pain.
 * @returns `undefined` under 20 years or without a usable age (the source begins at 20).
 * @example prevalence('bulge', 45)?.percent // 55
 */
export function prevalence(finding: PrevalenceFinding, ageYears: number | undefined): Prevalence | undefined {
  const rows = PERCENT_BY_AGE[finding];
  if (ageYears === undefined || !Number.isFinite(ageYears) || ageYears < rows[0][0]) return undefined;
  const upper = rows.findIndex(([age]) => age >= ageYears);
  const beyondKnownAges = upper === -1;
  const after = beyondKnownAges ? rows[rows.length - 1] : rows[upper];
  const before = beyondKnownAges || after[0] === ageYears ? after : rows[upper - 1];
  const gapYears = after[0] - before[0];
  const share = gapYears === 0 ? 0 : (ageYears - before[0]) / gapYears;
  return {
    finding,
    ageYears,
    knownAgesYears: [before[0], after[0]],
    rangePercent: [before[1], after[1]],
    ...(!beyondKnownAges && gapYears <= 10
      ? { percent: Math.round(before[1] + share * (after[1] - before[1])) }
      : {}),
    beyondKnownAges,
    fewSubjects: ageYears < (FEW_SUBJECTS_BELOW_YEARS[finding] ?? 0),
    citation: BRINJIKJI_2015,
  };
}
