import {
  BINARY_GRADES,
  type BinaryGrade,
  type BinaryGradeName,
  type DiscGrades,
  type DiscLabel,
  type ModicGrade,
  type PfirrmannGrade,
} from '../../spine/index.ts';
import type { ModelRunner } from '../model-runner.ts';
import { type GraderConstants, graderConstants } from './constants.ts';
import { CROP } from './crop.ts';
import { featureVector, VECTOR_LENGTH } from './features.ts';
import type { DiscInput } from './inputs.ts';

/** Model that `training/grading` makes. */
export const GRADER = 'disc-grader';

const CHANNELS = 2;

/** Which kinds of image the study offers; a grade that needs another is abstained from. */
export interface GradeBasis {
  /** A T2-weighted image without fat suppression (T2, SPACE). */
  readonly t2: boolean;
  readonly t1: boolean;
  /** Why nothing may be graded, where the images are not to be trusted at all. */
  readonly refuse?: string | undefined;
}

/** Grades all discs of a study in one run of the grader. */
export async function gradeDiscs(
  inputs: readonly DiscInput[],
  basis: GradeBasis,
  runner: ModelRunner,
): Promise<Map<DiscLabel, DiscGrades>> {
  const grades = new Map<DiscLabel, DiscGrades>();
  if (inputs.length === 0) return grades;
  const constants = graderConstants(await runner.constants(GRADER));
  const pixels = CROP.rows * CROP.columns;
  const crops = new Float32Array(inputs.length * CHANNELS * pixels);
  const features = new Float32Array(inputs.length * VECTOR_LENGTH);
  inputs.forEach((input, i) => {
    if (input.t2 !== undefined) crops.set(input.t2, i * CHANNELS * pixels);
    if (input.t1 !== undefined) crops.set(input.t1, (i * CHANNELS + 1) * pixels);
    features.set(featureVector(input, constants.featureScales), i * VECTOR_LENGTH);
  });
  const outputs = await runner.run(GRADER, {
    crops: { dims: [inputs.length, CHANNELS, CROP.rows, CROP.columns], data: crops },
    features: { dims: [inputs.length, VECTOR_LENGTH], data: features },
  });
  const row = (name: string, i: number, width: number): number[] => [
    ...outputs[name].data.subarray(i * width, (i + 1) * width),
  ];
  inputs.forEach((input, i) => {
    const binary = row('binary', i, BINARY_GRADES.length);
    const own = input.cutByImageEdge ? { ...basis, refuse: basis.refuse ?? 'cut-by-image-edge' } : basis;
    grades.set(input.label, {
      pfirrmann: pfirrmann(row('pfirrmann', i, 5), constants, own),
      modic: modic(row('modic', i, 4), constants, own),
      ...(Object.fromEntries(
        BINARY_GRADES.map((name, b) => [name, binaryGrade(name, binary[b], constants, own)]),
      ) as Record<BinaryGradeName, BinaryGrade>),
    });
  });
  return grades;
}

function pfirrmann(p: readonly number[], constants: GraderConstants, basis: GradeBasis): PfirrmannGrade {
  const probabilities = normalised(p);
  const expected = probabilities.reduce((sum, q, i) => sum + q * (i + 1), 0);
  const value = 1 + constants.pfirrmannCuts.filter((cut) => expected >= cut).length;
  const set = setOf(probabilities, constants.pfirrmannSetThresholds, 1, value);
  const reason =
    basis.refuse ??
    (basis.t2 ? (set.length > constants.pfirrmannLargestSet ? 'too-uncertain' : undefined) : 'needs-T2');
  return reason === undefined
    ? { value, probabilities, set, abstained: false }
    : { probabilities, set, abstained: true, reason };
}

function modic(p: readonly number[], constants: GraderConstants, basis: GradeBasis): ModicGrade {
  const probabilities = normalised(p);
  const value = probabilities.indexOf(Math.max(...probabilities));
  const set = setOf(probabilities, constants.modicSetThresholds, 0, value);
  const reason = basis.refuse ?? (basis.t1 && basis.t2 ? undefined : 'needs-T1-and-T2');
  return reason === undefined
    ? { value, probabilities, set, abstained: false, experimental: true }
    : { probabilities, set, abstained: true, reason, experimental: true };
}

/** Too few examples to be sure of: 62 herniated and 33 slipped discs in all. */
const EXPERIMENTAL: readonly BinaryGradeName[] = ['herniation', 'spondylolisthesis'];

function binaryGrade(
  name: BinaryGradeName,
  probability: number,
  constants: GraderConstants,
  basis: GradeBasis,
): BinaryGrade {
  const p = Math.min(1, Math.max(0, probability));
  const experimental = EXPERIMENTAL.includes(name) ? ({ experimental: true } as const) : {};
  if (basis.refuse !== undefined)
    return { probability: p, abstained: true, reason: basis.refuse, ...experimental };
  // A rare finding seldom gets likely: between the threshold and one half it is neither named nor denied.
  if (p < 0.5 && p >= constants.binaryThresholds[name]) {
    return { probability: p, abstained: true, reason: 'too-uncertain', ...experimental };
  }
  return { value: p >= 0.5, probability: p, abstained: false, ...experimental };
}

/** Grades whose probability reaches their threshold; the chosen grade is always among them. */
function setOf(p: readonly number[], thresholds: readonly number[], first: number, value: number): number[] {
  return p.map((q, i) => (q >= thresholds[i] || i + first === value ? i + first : -1)).filter((g) => g >= 0);
}

/** float32 probabilities sum to 1 only nearly. */
function normalised(p: readonly number[]): number[] {
  const sum = p.reduce((a, b) => a + b, 0);
  return p.map((q) => q / sum);
}
