import { PFIRRMANN_2001, SAC_AREA_CUT_POINTS } from '../norms/index.ts';
import type { Findings, Measurement } from '../spine/index.ts';

/**
 * The order in which people look at studies. It orders a list and says why; it is no diagnosis, and a low rank says
 * nothing about a patient: what was not measured, not read or not seen has no rank of its own.
 */
export interface Urgency {
  /** 3 is looked at first. */
  readonly rank: UrgencyRank;
  /** What the rank rests on, the weightiest first; empty where nothing changes the order. */
  readonly reasons: readonly UrgencyReason[];
}
export type UrgencyRank = 0 | 1 | 2 | 3;

export const URGENCY_CODES = [
  'suspected-cauda-equina',
  'sac-area-small',
  'sac-diameter-small',
  'slip',
  'vertebral-height-loss',
  'herniation',
  'pfirrmann-5-with-modic',
  'not-readable',
] as const;
export type UrgencyCode = (typeof URGENCY_CODES)[number];

export interface UrgencyReason {
  readonly code: UrgencyCode;
  /** Disc or vertebra, as the reading names it. */
  readonly level?: string;
  /** In `unit`; a grade or a probability where there is none. */
  readonly value?: number;
  readonly unit?: Measurement['unit'];
  /** The figure is not validated on real images yet. */
  readonly experimental?: true;
}

export interface UrgencyRule {
  readonly rank: UrgencyRank;
  /** In words, for the documentation. */
  readonly when: string;
  readonly limit?: number;
  readonly unit?: Measurement['unit'];
  /** Where limit or scale come from. */
  readonly source?: string;
}

/** Every rule, by its reason's code. Limits are those of the literature; none of them was tuned here. */
export const URGENCY_RULES: Readonly<Record<UrgencyCode, UrgencyRule>> = {
  'suspected-cauda-equina': {
    rank: 3,
    when: 'whoever asked for the reading suspects cauda equina compression',
  },
  'sac-area-small': {
    rank: 2,
    when: 'the cross-section of the dural sac is below the commonest cut-point by more than its own uncertainty',
    limit: 70,
    unit: 'mm2',
    source: SAC_AREA_CUT_POINTS.full,
  },
  'sac-diameter-small': {
    rank: 2,
    when: 'the mid-sagittal diameter of the dural sac at a disc is below the commonest cut-point by more than its own uncertainty',
    limit: 10,
    unit: 'mm',
    source: SAC_AREA_CUT_POINTS.full,
  },
  slip: {
    rank: 2,
    when: 'a slip of this Meyerding grade or more',
    limit: 2,
    source: 'Meyerding: quarters of the end plate below; grade 2 is more than 25 %.',
  },
  'vertebral-height-loss': {
    rank: 2,
    when: 'a vertebra of this Genant grade or more',
    limit: 2,
    source:
      'Genant HK et al. J Bone Miner Res 1993;8:1137; grade 2 is 25 to 40 % of the height, grade 3 more.',
  },
  herniation: {
    rank: 1,
    when: 'the probability of a herniation reaches the cut of the shipped model: it is named, or too uncertain to be denied',
  },
  'pfirrmann-5-with-modic': {
    rank: 1,
    when: 'a disc of Pfirrmann grade 5 beside a Modic change',
    limit: 5,
    source: PFIRRMANN_2001.full,
  },
  'not-readable': { rank: 0, when: 'the study could not be read: it keeps its place by arrival' },
};

/** Why a reading was asked for, where it changes the order. */
export type UrgentIndication = 'suspected-cauda-equina';

/** What changes the order of a study that was read. Pure; a document of any schema version. */
export function urgencyOf(findings: Findings, indication?: UrgentIndication): Urgency {
  return withIndication(
    urgencyFrom([
      ...narrowSacs(findings),
      ...slips(findings),
      ...lowVertebrae(findings),
      ...herniations(findings),
      ...wornDiscs(findings),
    ]),
    indication,
  );
}

/** Of a study that could not be read: nothing is known that would change its place. */
export const NOT_READABLE: Urgency = { rank: 0, reasons: [{ code: 'not-readable' }] };

/** What whoever asks suspects goes before everything that was measured. */
export const withIndication = (urgency: Urgency, indication: UrgentIndication | undefined): Urgency =>
  indication === undefined || urgency.reasons.some(({ code }) => code === indication)
    ? urgency
    : urgencyFrom([{ code: indication }, ...urgency.reasons]);

/** Within a rank the order of the rules stands. */
function urgencyFrom(reasons: readonly UrgencyReason[]): Urgency {
  const rankOf = ({ code }: UrgencyReason): UrgencyRank => URGENCY_RULES[code].rank;
  const sorted = [...reasons].sort((a, b) => rankOf(b) - rankOf(a));
  const [first] = sorted;
  return { rank: first === undefined ? 0 : rankOf(first), reasons: sorted };
}

const marked = (experimental: boolean | undefined): { readonly experimental?: true } =>
  experimental === true ? { experimental: true } : {};

function* narrowSacs(findings: Findings): Generator<UrgencyReason> {
  for (const { level, sacArea } of findings.axial ?? []) yield* small('sac-area-small', level, sacArea);
  for (const { level, sacDiameter } of findings.canal) yield* small('sac-diameter-small', level, sacDiameter);
}

function* small(
  code: 'sac-area-small' | 'sac-diameter-small',
  level: string,
  measured: Measurement | undefined,
): Generator<UrgencyReason> {
  const { limit = 0, unit } = URGENCY_RULES[code];
  if (measured === undefined || measured.unit !== unit || measured.value + measured.uncertainty >= limit)
    return;
  const { value, experimental } = measured;
  yield { code, level, value, unit, ...marked(experimental) };
}

function* slips({ alignment }: Findings): Generator<UrgencyReason> {
  for (const { level, meyerding, slip } of alignment.slips)
    if (meyerding >= (URGENCY_RULES.slip.limit ?? 0))
      yield { code: 'slip', level, value: meyerding, ...marked(slip.experimental) };
}

function* lowVertebrae({ vertebrae }: Findings): Generator<UrgencyReason> {
  const code = 'vertebral-height-loss';
  for (const { label, genant } of vertebrae)
    if (genant !== undefined && genant.value >= (URGENCY_RULES[code].limit ?? 0))
      yield { code, level: label, value: genant.value, experimental: true };
}

/** Why the grader names and denies nothing although its cut is reached. */
const BETWEEN_CUT_AND_HALF = 'too-uncertain';

function* herniations({ discs }: Findings): Generator<UrgencyReason> {
  for (const { label, grades } of discs) {
    const { value, abstained, reason, probability, experimental } = grades.herniation;
    if (abstained ? reason !== BETWEEN_CUT_AND_HALF : value !== true) continue;
    yield {
      code: 'herniation',
      level: label,
      ...(probability !== undefined && { value: probability }),
      ...marked(experimental),
    };
  }
}

function* wornDiscs({ discs }: Findings): Generator<UrgencyReason> {
  for (const { label, grades } of discs) {
    const { pfirrmann, modic } = grades;
    if (pfirrmann.abstained || modic.abstained || pfirrmann.value !== 5 || (modic.value ?? 0) === 0) continue;
    const experimental = pfirrmann.experimental === true || modic.experimental === true;
    yield { code: 'pfirrmann-5-with-modic', level: label, value: 5, ...marked(experimental) };
  }
}
