import { type InPlaneGrid, inPlaneGridAt, resampleSlice } from '../../geometry/index.ts';

/** What the pixels of a sagittal spine slice look like. */
export interface ContrastGuess {
  readonly contrast: 't1' | 't2';
  /** How much better the chosen contrast explains the picture; 0 = undecided, typical 0.02–0.06 on clear images. */
  readonly margin: number;
}

/** Rows that a slice is brought to: about 2 mm a pixel for a lumbar field of view. */
const HEIGHT = 160;
/** From the middle of the vertebral bodies back to the middle of the dural sac, in these pixels. */
const BODY_TO_SAC = 8;
const FLANK = 5;
/** The part of the picture that is searched: below it lies the sacrum, beside it skin and air. */
const SEARCH = { top: 0.03, bottom: 0.72, left: 0.15, right: 0.95 };
/** Steeper edges than this count no more, in units of log intensity per pixel. */
const EDGE_AT_MOST = 0.3;
/** Contrast beyond this counts no more, in units of log intensity: one bright vessel must not decide. */
const CONTRAST_AT_MOST = 0.4;
const CONTRAST_WEIGHT = 0.1;
const SMOOTH_WEIGHT = 0.3;

/**
 * T1 or T2 by the look of one sagittal slice (head up, front on the left). Looks for a path from top to bottom with a
 * striped column before it (bodies and discs) that is itself smooth and either brighter (CSF on T2) or darker (CSF on
 * T1) than what flanks it, and says which of the two paths is the better one. No absolute intensity is used.
 *
 * @param data Row by row.
 * @param grid Only its size and the ratio of its spacings matter.
 * @returns `undefined` for images that are constant or too small.
 */
export function guessContrast(data: Float32Array, grid: InPlaneGrid): ContrastGuess | undefined {
  const spacing = (grid.rows * grid.spacingMm[1]) / HEIGHT;
  const small = inPlaneGridAt(grid, spacing);
  if (small.columns < 40 || grid.rows < 40) return undefined;
  const size: Size = { columns: small.columns, rows: small.rows };
  const picture = resampleSlice(data, grid, small);
  const bright = percentile(picture, 0.98);
  const dark = percentile(picture, 0.02);
  // Resampling a constant leaves rounding behind.
  if (!(bright - dark > 1e-4 * Math.abs(bright))) return undefined;
  const shift = Math.min(0, dark);
  const log = box(picture, size, 3, 3).map((v) => Math.log(Math.max(0, v - shift) + 0.05 * (bright - shift)));
  const { along, across } = edges(log, size);

  const striped = box(
    along.map((v, i) => v - 0.5 * across[i]),
    size,
    13,
    25,
  );
  const marrow = box(log, size, 11, 25);
  const centre = box(log, size, 3, 7);
  const flank = box(log, size, 5, 7);
  const rough = box(along, size, 3, 9);

  const first = Math.round(SEARCH.left * size.columns) + BODY_TO_SAC;
  const last = Math.min(size.columns - FLANK, Math.round(SEARCH.right * size.columns));
  if (last - first < 5) return undefined;
  const top = Math.round(SEARCH.top * size.rows);
  const bottom = Math.round(SEARCH.bottom * size.rows);
  const base = new Float32Array(size.columns * size.rows);
  const contrast = new Float32Array(size.columns * size.rows);
  for (let y = top; y < bottom; y++) {
    for (let x = first; x < last; x++) {
      const at = y * size.columns + x;
      const toMarrow = centre[at] - marrow[at - BODY_TO_SAC];
      const toFlanks = centre[at] - 0.5 * (flank[at - FLANK] + flank[at + FLANK]);
      const both = 0.5 * (toMarrow + toFlanks);
      contrast[at] = CONTRAST_WEIGHT * Math.max(-CONTRAST_AT_MOST, Math.min(CONTRAST_AT_MOST, both));
      base[at] = striped[at - BODY_TO_SAC] - SMOOTH_WEIGHT * rough[at];
    }
  }
  const range = { first, last, top, bottom };
  const asT2 = bestPath((at) => base[at] + contrast[at], size, range);
  const asT1 = bestPath((at) => base[at] - contrast[at], size, range);
  const score = asT2 - asT1;
  return { contrast: score > 0 ? 't2' : 't1', margin: Math.abs(score) };
}

interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Mean score per row of the best path that moves by at most one column a row. */
function bestPath(
  score: (at: number) => number,
  size: Size,
  range: { first: number; last: number; top: number; bottom: number },
): number {
  const width = range.last - range.first;
  let sums = new Float64Array(width);
  for (let y = range.top; y < range.bottom; y++) {
    const next = new Float64Array(width);
    for (let n = 0; n < width; n++) {
      const before = Math.max(sums[n], sums[Math.max(0, n - 1)], sums[Math.min(width - 1, n + 1)]);
      next[n] = before + score(y * size.columns + range.first + n);
    }
    sums = next;
  }
  return Math.max(...sums) / (range.bottom - range.top);
}

/** Size of the change from row to row and from column to column. */
function edges(values: Float32Array, { columns, rows }: Size): { along: Float32Array; across: Float32Array } {
  const along = new Float32Array(values.length);
  const across = new Float32Array(values.length);
  for (let y = 0; y < rows; y++) {
    const up = Math.max(0, y - 1) * columns;
    const down = Math.min(rows - 1, y + 1) * columns;
    for (let x = 0; x < columns; x++) {
      const at = y * columns + x;
      along[at] = Math.min(EDGE_AT_MOST, Math.abs(values[down + x] - values[up + x]) / 2);
      const left = y * columns + Math.max(0, x - 1);
      const right = y * columns + Math.min(columns - 1, x + 1);
      across[at] = Math.min(EDGE_AT_MOST, Math.abs(values[right] - values[left]) / 2);
    }
  }
  return { along, across };
}

/** Mean over `width × height` pixels about each; at the border over those that are there. */
function box(values: Float32Array, { columns, rows }: Size, width: number, height: number): Float32Array {
  const alongRows = new Float32Array(values.length);
  for (let y = 0; y < rows; y++) slide(values, alongRows, y * columns, 1, columns, width);
  const result = new Float32Array(values.length);
  for (let x = 0; x < columns; x++) slide(alongRows, result, x, columns, rows, height);
  return result;
}

function slide(
  from: Float32Array,
  to: Float32Array,
  start: number,
  stride: number,
  count: number,
  width: number,
): void {
  const half = (width - 1) / 2;
  const sums = new Float64Array(count + 1);
  for (let n = 0; n < count; n++) sums[n + 1] = sums[n] + from[start + n * stride];
  for (let n = 0; n < count; n++) {
    const low = Math.max(0, n - half);
    const high = Math.min(count, n + half + 1);
    to[start + n * stride] = (sums[high] - sums[low]) / (high - low);
  }
}

function percentile(values: Float32Array, share: number): number {
  const sorted = Float32Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
