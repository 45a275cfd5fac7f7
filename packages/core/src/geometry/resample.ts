import { Fault } from '../fault/index.ts';
import type { VoxelArray } from './grid.ts';
import type { InPlaneGrid } from './in-plane.ts';

export type Resampling = 'bilinear' | 'area' | 'nearest';

/** For each output index the inputs it is made of: `weights[o * width + t]` of input `first[o] + t`. */
interface Taps {
  readonly first: Int32Array;
  readonly width: number;
  readonly weights: Float32Array;
}

/**
 * Resamples one slice from a grid to another in the same plane.
 *
 * `bilinear` interpolates between pixel centres, and holds the border value for half a pixel beyond the outermost
 * centres; `area` averages what each output pixel covers, each axis by itself, and is right when pixels grow;
 * `nearest` is for labels. Where no method is given each axis takes `area` if its pixels grow, `bilinear` otherwise.
 * Outside the source the result is `outside` (0).
 *
 * @param data `from.columns × from.rows` values, row by row.
 * @returns `to.columns × to.rows` values, row by row.
 * @throws Fault `PIXELS_INCONSISTENT` if `data` does not fit `from`.
 */
export function resampleSlice(
  data: VoxelArray,
  from: InPlaneGrid,
  to: InPlaneGrid,
  method?: Resampling,
  outside = 0,
): Float32Array {
  if (data.length !== from.columns * from.rows) {
    throw new Fault(
      'PIXELS_INCONSISTENT',
      `A slice of ${from.columns} × ${from.rows} has ${data.length} values.`,
    );
  }
  const x = tapsAlong(from.columns, to.columns, from, to, 0, method);
  const y = tapsAlong(from.rows, to.rows, from, to, 1, method);
  const result = new Float32Array(to.columns * to.rows);
  if (outside !== 0) result.fill(outside);
  // Rows are reduced first, and only those that some output row needs.
  const reduced = new Float32Array(to.columns * from.rows);
  const done = new Uint8Array(from.rows);
  for (let row = 0; row < to.rows; row++) {
    const firstRow = y.first[row];
    if (firstRow < 0) continue;
    for (let column = 0; column < to.columns; column++) {
      if (x.first[column] >= 0) result[row * to.columns + column] = 0;
    }
    for (let t = 0; t < y.width; t++) {
      const weight = y.weights[row * y.width + t];
      if (weight === 0) continue;
      const source = firstRow + t;
      if (done[source] === 0) {
        reduceRow(data, source * from.columns, x, reduced, source * to.columns, to.columns);
        done[source] = 1;
      }
      for (let column = 0; column < to.columns; column++) {
        if (x.first[column] < 0) continue;
        result[row * to.columns + column] += weight * reduced[source * to.columns + column];
      }
    }
  }
  return result;
}

function reduceRow(
  data: VoxelArray,
  start: number,
  taps: Taps,
  out: Float32Array,
  outStart: number,
  count: number,
): void {
  for (let column = 0; column < count; column++) {
    const first = taps.first[column];
    if (first < 0) continue;
    let sum = 0;
    for (let t = 0; t < taps.width; t++) {
      const weight = taps.weights[column * taps.width + t];
      if (weight !== 0) sum += weight * data[start + first + t];
    }
    out[outStart + column] = sum;
  }
}

/** `first` is −1 where the output pixel lies outside the source. */
function tapsAlong(
  inputs: number,
  outputs: number,
  from: InPlaneGrid,
  to: InPlaneGrid,
  axis: 0 | 1,
  method: Resampling | undefined,
): Taps {
  const ratio = to.spacingMm[axis] / from.spacingMm[axis];
  const start = (to.originMm[axis] - from.originMm[axis]) / from.spacingMm[axis];
  const chosen = method ?? (ratio > 1 ? 'area' : 'bilinear');
  const width = chosen === 'nearest' ? 1 : chosen === 'bilinear' ? 2 : Math.ceil(ratio) + 1;
  const first = new Int32Array(outputs).fill(-1);
  const weights = new Float32Array(outputs * width);
  for (let o = 0; o < outputs; o++) {
    const centre = start + o * ratio;
    if (chosen === 'area') {
      // In edge coordinates input i covers [i, i + 1].
      const low = Math.max(0, centre + 0.5 - ratio / 2);
      const high = Math.min(inputs, centre + 0.5 + ratio / 2);
      if (high - low <= 1e-9) continue;
      const f = Math.min(inputs - 1, Math.floor(low + 1e-9));
      first[o] = f;
      for (let t = 0; t < width && f + t < inputs; t++) {
        const overlap = Math.min(high, f + t + 1) - Math.max(low, f + t);
        if (overlap > 0) weights[o * width + t] = overlap / (high - low);
      }
      continue;
    }
    if (centre < -0.5 - 1e-6 || centre > inputs - 0.5 + 1e-6) continue;
    if (chosen === 'nearest') {
      first[o] = Math.min(inputs - 1, Math.max(0, Math.round(centre)));
      weights[o] = 1;
      continue;
    }
    const held = Math.min(inputs - 1, Math.max(0, centre));
    const f = Math.min(Math.floor(held), Math.max(0, inputs - 2));
    first[o] = f;
    weights[o * width] = 1 - (held - f);
    if (inputs > 1) weights[o * width + 1] = held - f;
  }
  return { first, width, weights };
}
