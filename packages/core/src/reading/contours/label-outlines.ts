import { type Contour, type PlaneMap, traceContours } from './marching-squares.ts';

/** Standard deviation, in pixels, of the smoothing that turns a mask's steps into a line; 0 leaves the steps. */
const SMOOTHING_PIXELS = 0.7;

/**
 * Outlines of the labels of a label map: per label its regions, the largest first, holes left out. Each mask is
 * smoothed by a Gaussian before it is traced at one half, which moves a straight border by nothing, rounds a corner by
 * about half the smoothing, and gives slanted borders below a pixel's error. For sub-pixel work trace the
 * probabilities instead.
 *
 * @param labels whole numbers, 0 = nothing
 */
export function outlinesOfLabels(
  labels: PlaneMap,
  smoothingPixels: number = SMOOTHING_PIXELS,
): Map<number, Contour[]> {
  const { columns, rows } = labels.inPlane;
  const boxes = new Map<number, Box>();
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      const label = labels.data[i + columns * j];
      if (label === 0) continue;
      const box = boxes.get(label);
      if (box === undefined) boxes.set(label, { i0: i, i1: i, j0: j, j1: j });
      else {
        box.i0 = Math.min(box.i0, i);
        box.i1 = Math.max(box.i1, i);
        box.j1 = j;
      }
    }
  }
  const outlines = new Map<number, Contour[]>();
  for (const [label, box] of [...boxes].sort((a, b) => a[0] - b[0])) {
    const regions = traceContours(maskOf(labels, label, box, smoothingPixels), 0.5).filter((c) => !c.hole);
    if (regions.length > 0) outlines.set(label, regions);
  }
  return outlines;
}

interface Box {
  i0: number;
  i1: number;
  j0: number;
  j1: number;
}

/** One label's smoothed mask, cut to its surroundings; the cut stays at the image's edge where the label touches it. */
function maskOf(labels: PlaneMap, label: number, box: Box, sigma: number): PlaneMap {
  const { columns, rows, spacingMm, originMm } = labels.inPlane;
  const margin = Math.ceil(3 * sigma) + 1;
  const i0 = Math.max(0, box.i0 - margin);
  const j0 = Math.max(0, box.j0 - margin);
  const width = Math.min(columns - 1, box.i1 + margin) - i0 + 1;
  const height = Math.min(rows - 1, box.j1 + margin) - j0 + 1;
  const mask = new Float32Array(width * height);
  for (let j = 0; j < height; j++) {
    for (let i = 0; i < width; i++) {
      if (labels.data[i0 + i + columns * (j0 + j)] === label) mask[i + width * j] = 1;
    }
  }
  return {
    inPlane: {
      columns: width,
      rows: height,
      spacingMm,
      originMm: [originMm[0] + i0 * spacingMm[0], originMm[1] + j0 * spacingMm[1]],
    },
    data: sigma > 0 ? blurred(mask, width, height, sigma) : mask,
  };
}

/** Separable Gaussian; beyond the edge the outer pixel is repeated. */
export function blurred(data: Float32Array, width: number, height: number, sigma: number): Float32Array {
  const reach = Math.ceil(3 * sigma);
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, k) => Math.exp(-0.5 * ((k - reach) / sigma) ** 2));
  const total = kernel.reduce((sum, w) => sum + w, 0);
  const clamp = (x: number, n: number): number => Math.max(0, Math.min(n - 1, x));
  const pass = (from: Float32Array, along: 0 | 1): Float32Array => {
    const to = new Float32Array(from.length);
    for (let j = 0; j < height; j++) {
      for (let i = 0; i < width; i++) {
        let sum = 0;
        for (let k = -reach; k <= reach; k++) {
          const at = along === 0 ? clamp(i + k, width) + width * j : i + width * clamp(j + k, height);
          sum += kernel[k + reach] * from[at];
        }
        to[i + width * j] = sum / total;
      }
    }
    return to;
  };
  return pass(pass(data, 0), 1);
}
