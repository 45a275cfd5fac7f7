import type { Random } from './random.ts';

/*
 * Published sizes by level. Index 0…4 = L1…L5, extended upward for T9…T12.
 * Sources: LMG spine model (Taylor; Tibbetts; Kunkel, Schmidt, Wilke, J Anat 2010;216:320; Shao 2002), Panjabi 1992,
 * Masharawi 2009, the recumbent lordosis of 627 volunteers, and medians of published manual masks.
 */

/** Posterior body heights as a share of 0.7 × the length of the thoracolumbar column (LMG). */
const HEIGHT_SHARE = [0.0555, 0.056, 0.0566, 0.0563, 0.0571] as const;
/** Mean posterior height of L1…L5 in MRI masks over what the stature equation gives: masks include cortex and endplate. */
const MASK_TO_EQUATION = 1.165;
/** The same for depths and widths, front waist included. */
const MASK_TO_EQUATION_ACROSS = 1.075;

/** Size of a thoracic body against L1: T12, T11, T10, T9. */
const THORACIC_HEIGHT = [0.95, 0.9, 0.86, 0.83] as const;
const THORACIC_DEPTH = [0.95, 0.93, 0.9, 0.88] as const;
const THORACIC_DISC = [0.82, 0.68, 0.6, 0.55] as const;

const DEPTH_BY_LEVEL = [0.94, 0.98, 1.0, 1.0, 0.995] as const;
/** Endplate widths against L3 (Panjabi). */
const WIDTH_BY_LEVEL = [0.92, 0.96, 1.0, 1.04, 1.06] as const;
/** Posterior against mean height of the lumbar bodies; L5 is wedge-shaped. */
const POSTERIOR_BY_LEVEL = [1.02, 1.02, 1.01, 0.97, 0.91] as const;
/** Body wedge, degrees, positive = taller in front; Masharawi 2009, women and men averaged, against the masks. */
const WEDGE_BY_LEVEL = [-2, -0.5, 1.2, 2.8, 7.2] as const;
/**
 * Segmental angles L1–2 … L5–S1 of standing people, the upper three lowered and the lower two raised so that L4–S1 has
 * its share (29.8 of 36.8°) of the recumbent lordosis. Scaled to the lordosis drawn; their sum is `SEGMENTS_DEG`.
 */
export const SEGMENT_DEG = [0.7, 3.6, 5.6, 14.9, 25.7] as const;
export const SEGMENTS_DEG = 50.5;
/** Mid-sagittal canal, mm. */
const CANAL_DEPTH = [16.6, 16.0, 15.6, 15.6, 15.8] as const;
const CANAL_WIDTH = [22.5, 23, 24, 25.5, 28] as const;
const SPINOUS_LENGTH = [27, 30, 31, 29, 22] as const;
const SPINOUS_HEIGHT = [22, 24, 24, 21, 15] as const;
export const FLAVUM_MM = [2.9, 3.2, 3.4, 3.8, 3.7] as const;

/** Which row of the tables stands for vertebra `fromSacrum` (0 = lowest) of a spine with `lumbarCount`. Negative = thoracic. */
export function tableRow(fromSacrum: number, lumbarCount: number): number {
  const fromTop = lumbarCount - 1 - fromSacrum;
  if (fromTop < 0) return fromTop;
  return Math.round((fromTop * 4) / (lumbarCount - 1));
}

/** `table` at `row`; thoracic rows take `thoracic` × the first lumbar value. */
function at(table: readonly number[], row: number, thoracic: readonly number[]): number {
  return row >= 0 ? table[row] : table[0] * thoracic[Math.min(thoracic.length, -row) - 1];
}

/** Height of a body by the stature equation, mm (before the mask correction). */
export function equationHeightMm(statureCm: number, row: number): number {
  const columnCm = (statureCm - 47.258) / 2.069;
  return at(HEIGHT_SHARE, row, THORACIC_HEIGHT) * 0.7 * columnCm * 10;
}

export interface BodySize {
  readonly posteriorHeightMm: number;
  readonly upperDepthMm: number;
  readonly lowerDepthMm: number;
  readonly widthMm: number;
}

/** Usual size of the body at `row` for a stature and sex; the caller varies it. */
export function bodySize(statureCm: number, sex: 'F' | 'M', row: number): BodySize {
  const h3 = equationHeightMm(statureCm, 2);
  const build = sex === 'M' ? 1.02 : 0.985;
  const depth = build * MASK_TO_EQUATION_ACROSS * at(DEPTH_BY_LEVEL, row, THORACIC_DEPTH);
  return {
    posteriorHeightMm:
      equationHeightMm(statureCm, row) * MASK_TO_EQUATION * (row >= 0 ? POSTERIOR_BY_LEVEL[row] : 1.02),
    upperDepthMm: (1.2326 * h3 + 2.838) * depth,
    lowerDepthMm: (1.1348 * h3 + 5.391) * depth,
    widthMm:
      (1.7 * h3 - 1) *
      build *
      at(WIDTH_BY_LEVEL, row, [0.97, 0.93, 0.88, 0.84]) *
      MASK_TO_EQUATION_ACROSS *
      1.05,
  };
}

export const bodyWedgeDeg = (row: number): number => (row >= 0 ? WEDGE_BY_LEVEL[row] : -2.5);
export const canalDepthMm = (row: number): number => at(CANAL_DEPTH, row, [1, 0.98, 0.96, 0.95]);
export const canalWidthMm = (row: number): number => at(CANAL_WIDTH, row, [0.97, 0.92, 0.88, 0.86]);
export const spinousLengthMm = (row: number): number => at(SPINOUS_LENGTH, row, [0.95, 0.95, 1, 1.05]);
export const spinousHeightMm = (row: number): number => at(SPINOUS_HEIGHT, row, [0.85, 0.7, 0.6, 0.55]);
export const flavumMm = (row: number): number => at(FLAVUM_MM, row, [0.95, 0.9, 0.85, 0.85]);

/** Mid-height of a healthy disc, mm, by age (Shao 2002, through LMG). */
export function discHeightMm(ageYears: number, sex: 'F' | 'M', row: number): number {
  const men = [
    [6.8, 0.06201],
    [8.32, 0.06687],
    [11.05, 0.05455],
    [10.76, 0.06952],
    [9.73, 0.0863],
  ];
  const women = [
    [6.27, 0.0484],
    [8.17, 0.04771],
    [9.85, 0.04982],
    [10.51, 0.05052],
    [9.26, 0.0817],
  ];
  const table = (sex === 'M' ? men : women).map(([a, b]) => a + b * ageYears);
  return at(table, row, THORACIC_DISC);
}

/** Counts of Pfirrmann 1–5 in 179 patients with back pain (SPIDER), rows L1/2 … L5/S1. */
const PFIRRMANN_COUNTS = [
  [41, 57, 42, 25, 14],
  [32, 46, 58, 25, 18],
  [29, 39, 55, 36, 20],
  [19, 25, 57, 47, 31],
  [20, 27, 49, 37, 46],
] as const;
/** Age at which the counts hold, and change of the latent grade per year (from Brinjikji 2015: 37 → 96 % in 60 years). */
const REFERENCE_AGE = 52;
/** Ages differ by 16 years (SD) among the people drawn: the latent value is narrowed so that the counts hold over all. */
const NARROWING = 1.13;
const LATENT_PER_YEAR = 0.032;

/** Pfirrmann grade of a disc from a standard-normal latent value (shared in part between the discs of a person). */
export function pfirrmannOf(latent: number, ageYears: number, row: number): 1 | 2 | 3 | 4 | 5 {
  const counts = PFIRRMANN_COUNTS[row >= 0 ? row : 0];
  const total = counts.reduce((a, b) => a + b, 0);
  const shifted = (latent + LATENT_PER_YEAR * (ageYears - REFERENCE_AGE)) / NARROWING - (row < 0 ? 0.25 : 0);
  let sum = 0;
  for (let g = 0; g < 4; g++) {
    sum += counts[g];
    if (shifted < normalQuantile(sum / total)) return (g + 1) as 1 | 2 | 3 | 4;
  }
  return 5;
}

/** Standard normal quantile by Tukey's lambda distribution, λ = 1/8 so that roots suffice; within 0.02 for 0.02 < p < 0.98. */
export function normalQuantile(p: number): number {
  const eighthRoot = (x: number) => Math.sqrt(Math.sqrt(Math.sqrt(x)));
  return (eighthRoot(p) - eighthRoot(1 - p)) * 5.4;
}

/** Multiplies by 1 + SD·z with z within ±2. */
export const vary = (random: Random, value: number, sd: number): number =>
  value * (1 + random.normalWithin(0, sd, -2 * sd, 2 * sd));
