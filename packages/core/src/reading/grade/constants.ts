import { z } from 'zod';
import { BINARY_GRADES } from '../../spine/index.ts';
import { cardConstants } from '../card-constants.ts';
import { FEATURES } from './features.ts';

const Scale = z.object({ mean: z.number(), sd: z.number().positive() });
const Share = z.number().min(0).max(1);

/** What travels with the grader in its card: made by `training/grading`, from cross-validation alone. */
const GraderConstants = z.object({
  featureScales: z.record(z.enum(FEATURES), Scale),
  /** Between which expected grades Pfirrmann's grades change. */
  pfirrmannCuts: z.array(z.number()).length(4),
  /** A grade is in the prediction set from this probability on, per grade: class-conditional conformal, 90 %. */
  pfirrmannSetThresholds: z.array(Share).length(5),
  modicSetThresholds: z.array(Share).length(4),
  /** A set of more grades than this says too little: abstain. */
  pfirrmannLargestSet: z.number().int(),
  binaryThresholds: z.record(z.enum(BINARY_GRADES), Share),
});
export type GraderConstants = z.infer<typeof GraderConstants>;

/** @throws Fault `MODEL_UNAVAILABLE` if the card lacks something. */
export const graderConstants = (value: unknown): GraderConstants =>
  cardConstants(GraderConstants, value, 'disc grader');
