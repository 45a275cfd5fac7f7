import { type InPlaneGrid, inPlaneGridAt, resampleSlice, type SliceImage } from '../geometry/index.ts';
import type { ModelRunner } from './model-runner.ts';

/** The networks halve the slice four times. */
const SIDE_MULTIPLE = 16;

/** A network's output on a slice. */
export interface ImageScores {
  /** Pixels of the network's size that cover the slice; mm from the centre of the slice's first pixel. */
  readonly lattice: InPlaneGrid;
  /** Channels, one plane of `columns × rows` after the other. */
  readonly data: Float32Array;
}

/**
 * Runs a segmenter on a slice brought to its pixel size, its contrast stretched.
 * @throws Fault `MODEL_UNAVAILABLE` by the runner.
 */
export async function scoreImage(
  slice: SliceImage,
  modelId: string,
  spacingMm: number,
  runner: ModelRunner,
): Promise<ImageScores> {
  const lattice = inPlaneGridAt(slice.inPlane, spacingMm);
  const image = stretchContrast(resampleSlice(slice.data, slice.inPlane, lattice));
  const { columns, rows } = lattice;
  const width = Math.ceil(columns / SIDE_MULTIPLE) * SIDE_MULTIPLE;
  const height = Math.ceil(rows / SIDE_MULTIPLE) * SIDE_MULTIPLE;
  const padded = new Float32Array(width * height);
  for (let y = 0; y < rows; y++) padded.set(image.subarray(y * columns, (y + 1) * columns), y * width);
  const { scores } = await runner.run(modelId, { image: { dims: [1, 1, height, width], data: padded } });
  const channels = scores.data.length / (width * height);
  const data = new Float32Array(channels * columns * rows);
  for (let line = 0; line < channels * rows; line++) {
    const from = (Math.floor(line / rows) * height + (line % rows)) * width;
    data.set(scores.data.subarray(from, from + columns), line * columns);
  }
  return { lattice, data };
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
