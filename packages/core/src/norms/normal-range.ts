import type { VertebraLabel } from '../spine/index.ts';
import { BODY_MASKS, CANAL_LOWER_LIMITS, type Citation, RECUMBENT_LORDOSIS } from './citation.ts';

export const RANGED_MEASURES = [
  'lordosisL1S1',
  'lordosisL4S1',
  'bodyHeightAnterior',
  'bodyHeightMiddle',
  'bodyHeightPosterior',
  'bodyDepth',
  'canalDiameter',
] as const;
export type RangedMeasure = (typeof RANGED_MEASURES)[number];

/** Reference interval for people like those of the citation. A bound that the source does not give is absent. */
export interface NormalRange {
  readonly measure: RangedMeasure;
  readonly low?: number;
  readonly high?: number;
  readonly unit: 'mm' | 'deg';
  /** How the bounds follow from what was read, in words for the reader. */
  readonly basis: string;
  readonly citation: Citation;
}

type Spread = readonly [centre: number, sd: number];
type LumbarBody = 'L1' | 'L2' | 'L3' | 'L4' | 'L5';

/** Lying in the scanner. Standing norms (about 13° more) exist and are never to be used for an MRI. */
const LORDOSIS_DEG: Readonly<Record<'lordosisL1S1' | 'lordosisL4S1', Spread>> = {
  lordosisL1S1: [36.8, 13.2],
  lordosisL4S1: [29.8, 8.0],
};

type BodyMeasure = 'bodyHeightAnterior' | 'bodyHeightMiddle' | 'bodyHeightPosterior' | 'bodyDepth';
const BODY_MM: Readonly<Record<BodyMeasure, Readonly<Record<LumbarBody, Spread>>>> = {
  bodyHeightAnterior: { L1: [26.7, 2.3], L2: [28.3, 1.9], L3: [29.2, 1.9], L4: [28.7, 1.8], L5: [27.9, 4.1] },
  bodyHeightMiddle: { L1: [25.7, 1.7], L2: [25.6, 2.0], L3: [26.1, 1.9], L4: [25.5, 1.8], L5: [26.7, 2.2] },
  bodyHeightPosterior: {
    L1: [27.3, 1.8],
    L2: [27.6, 1.9],
    L3: [28.3, 1.9],
    L4: [26.6, 1.9],
    L5: [24.6, 2.0],
  },
  bodyDepth: { L1: [30.2, 3.0], L2: [31.6, 2.8], L3: [32.7, 2.5], L4: [32.5, 2.7], L5: [32.3, 2.4] },
};

/** Lower 95 % limits, mm. Only the ends of the row (L1 and S1) were read; the levels between have no figure here. */
const CANAL_LOWER_LIMIT_MM: Readonly<Record<'F' | 'M', Partial<Record<VertebraLabel, number>>>> = {
  M: { L1: 14.5, S1: 10.1 },
  F: { L1: 15.0, S1: 9.9 },
};

/** 95 % of a normal distribution. */
const Z_95 = 1.96;
const oneDecimal = (x: number): number => Math.round(x * 10) / 10;

/**
 * The range that 95 % of the cited people fall into, where a checked figure exists.
 * @param level the vertebra that was measured; not used for lordosis
 * @param sex needed for the canal, whose limits differ
 * @returns `undefined` where no checked figure exists: disc heights, sac diameters, thoracic bodies, L6, most canal levels
 */
export function normalRange(
  measure: RangedMeasure,
  level?: VertebraLabel,
  sex?: 'F' | 'M' | 'O',
): NormalRange | undefined {
  if (measure === 'lordosisL1S1' || measure === 'lordosisL4S1') {
    return spread(measure, LORDOSIS_DEG[measure], 'deg', 'mean ± 1.96 SD, lying', RECUMBENT_LORDOSIS);
  }
  if (measure === 'canalDiameter') {
    const low =
      level === undefined || sex === undefined || sex === 'O' ? undefined : CANAL_LOWER_LIMIT_MM[sex][level];
    if (low === undefined) return undefined;
    return { measure, low, unit: 'mm', basis: 'lower 95 % limit', citation: CANAL_LOWER_LIMITS };
  }
  const body = BODY_MM[measure][level as LumbarBody];
  return body && spread(measure, body, 'mm', 'median ± 1.96 SD', BODY_MASKS);
}

function spread(
  measure: RangedMeasure,
  [centre, sd]: Spread,
  unit: 'mm' | 'deg',
  basis: string,
  citation: Citation,
): NormalRange {
  const half = Z_95 * sd;
  return { measure, low: oneDecimal(centre - half), high: oneDecimal(centre + half), unit, basis, citation };
}

/**
 * Where a value with its uncertainty stands against a range: `within`, `below` or `above` only when the whole
 * 95 % interval lies outside, else `borderline`.
 */
export function compareWithRange(
  value: number,
  uncertainty: number,
  range: NormalRange,
): 'within' | 'borderline' | 'below' | 'above' {
  if (range.low !== undefined && value + uncertainty < range.low) return 'below';
  if (range.high !== undefined && value - uncertainty > range.high) return 'above';
  const outside =
    (range.low !== undefined && value < range.low) || (range.high !== undefined && value > range.high);
  return outside ? 'borderline' : 'within';
}

/** Published cut-points of the bony canal's mid-sagittal diameter, mm (CT); shown as context, never used to grade. */
export const CANAL_CUT_POINTS_MM = { relative: 12, absolute: 10 } as const;
