import type { InPlaneGrid, SliceImage } from '../../geometry/index.ts';
import type { ModelRunner } from '../model-runner.ts';
import { scoreImage } from '../score-image.ts';

/** Model that `training/segmentation` makes. */
export const SEGMENTER = 'sagittal-segmenter';

/** Classes of the segmenter, in the order of its output channels. */
export const CLASS = {
  background: 0,
  body: 1,
  disc: 2,
  s1: 3,
  sac: 4,
  /** Sacral bodies below S1. */
  sacrum: 5,
  /** Laminae, articular and spinous processes, median sacral crest. */
  posterior: 6,
} as const;
export const CLASS_COUNT = 7;

/** The segmenter sees slices at this pixel size. */
export const WORKING_SPACING_MM = 1;

/** What the segmenter says of one sagittal slice, on its working grid. */
export interface SliceScores {
  /** Pixels of about 1 mm that cover the slice; mm from the centre of the slice's first pixel. */
  readonly lattice: InPlaneGrid;
  /** Probability of each class, one plane of `columns × rows` after the other. */
  readonly classes: Float32Array;
  /** How much each pixel is the centre of a disc, 0…1. */
  readonly discCentre: Float32Array;
  /** How much each pixel is the centre of the lowest disc, 0…1. */
  readonly lowestDiscCentre: Float32Array;
}

/** One class's probabilities of a scored slice. */
export function classPlane(scores: SliceScores, index: number): Float32Array {
  const n = scores.lattice.columns * scores.lattice.rows;
  return scores.classes.subarray(index * n, (index + 1) * n);
}

/**
 * Runs the segmenter on a sagittal slice (head up, front on the left).
 * @throws Fault `MODEL_UNAVAILABLE` by the runner.
 */
export async function scoreSlice(slice: SliceImage, runner: ModelRunner): Promise<SliceScores> {
  const { lattice, data } = await scoreImage(slice, SEGMENTER, WORKING_SPACING_MM, runner);
  const n = lattice.columns * lattice.rows;
  const planes = (from: number, to: number): Float32Array => data.subarray(from * n, to * n);
  return {
    lattice,
    classes: planes(0, CLASS_COUNT),
    discCentre: planes(CLASS_COUNT, CLASS_COUNT + 1),
    lowestDiscCentre: planes(CLASS_COUNT + 1, CLASS_COUNT + 2),
  };
}
