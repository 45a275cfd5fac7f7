import { type InPlaneGrid, inPlaneGridAt, resampleSlice, type SliceImage } from '../../geometry/index.ts';
import type { ModelRunner } from '../model-runner.ts';

/** Model that `training/segmentation` makes. */
export const SEGMENTER = 'sagittal-segmenter';

/** Classes of the segmenter, in the order of its output channels. */
export const CLASS = { background: 0, body: 1, disc: 2, s1: 3, sac: 4 } as const;
export const CLASS_COUNT = 5;

/** The segmenter sees slices at this pixel size. */
export const WORKING_SPACING_MM = 1;

/** The network halves the slice four times. */
const SIDE_MULTIPLE = 16;

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
  const lattice = inPlaneGridAt(slice.inPlane, WORKING_SPACING_MM);
  const image = stretchContrast(resampleSlice(slice.data, slice.inPlane, lattice));
  const { columns, rows } = lattice;
  const width = Math.ceil(columns / SIDE_MULTIPLE) * SIDE_MULTIPLE;
  const height = Math.ceil(rows / SIDE_MULTIPLE) * SIDE_MULTIPLE;
  const padded = new Float32Array(width * height);
  for (let y = 0; y < rows; y++) padded.set(image.subarray(y * columns, (y + 1) * columns), y * width);
  const { scores } = await runner.run(SEGMENTER, { image: { dims: [1, 1, height, width], data: padded } });
  const plane = (channel: number, into: Float32Array): Float32Array => {
    for (let y = 0; y < rows; y++) {
      const from = channel * width * height + y * width;
      into.set(scores.data.subarray(from, from + columns), y * columns);
    }
    return into;
  };
  const n = columns * rows;
  const classes = new Float32Array(CLASS_COUNT * n);
  for (let c = 0; c < CLASS_COUNT; c++) plane(c, classes.subarray(c * n, (c + 1) * n));
  return {
    lattice,
    classes,
    discCentre: plane(CLASS_COUNT, new Float32Array(n)),
    lowestDiscCentre: plane(CLASS_COUNT + 1, new Float32Array(n)),
  };
}

/** Percentiles 0.5 and 99.5 become 0 and 1; a constant slice becomes 0. The training data are stretched alike. */
export function stretchContrast(image: Float32Array): Float32Array {
  const sorted = Float32Array.from(image).sort();
  const low = quantile(sorted, 0.005);
  const range = Math.max(quantile(sorted, 0.995) - low, 1e-6);
  return image.map((v) => Math.min(1, Math.max(0, (v - low) / range)));
}

function quantile(sorted: Float32Array, q: number): number {
  const at = q * (sorted.length - 1);
  const i = Math.floor(at);
  const next = Math.min(i + 1, sorted.length - 1);
  return sorted[i] + (at - i) * (sorted[next] - sorted[i]);
}
