import type { Polygon } from '../spine/index.ts';

/**
 * The outer boundary of one value in a label image as a closed polygon in pixel units (pixel centres on whole
 * numbers), of the largest connected region; smoothed to sub-pixel by averaging neighbouring boundary points.
 * @returns `undefined` where the value does not occur
 */
export function traceLabel(
  labels: ArrayLike<number>,
  width: number,
  height: number,
  value: number,
): Polygon | undefined {
  const region = largestRegion(labels, width, height, value);
  if (!region) return undefined;
  const at = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && region[y * width + x] === 1;

  // Walk along pixel edges with the region on the right hand, starting at the top edge of its first pixel.
  const first = region.indexOf(1);
  const startX = first % width;
  const startY = (first - startX) / width;
  let x = startX;
  let y = startY;
  let direction = 0;
  const corners: [number, number][] = [];
  do {
    corners.push([x - 0.5, y - 0.5]);
    x += STEPS[direction][0];
    y += STEPS[direction][1];
    const [leftX, leftY, rightX, rightY] = AHEAD[direction];
    // Right before left: regions are connected by edges, so a diagonal neighbour is another region.
    if (!at(x + rightX, y + rightY)) direction = (direction + 1) % 4;
    else if (at(x + leftX, y + leftY)) direction = (direction + 3) % 4;
  } while (x !== startX || y !== startY || direction !== 0);

  const n = corners.length;
  return smooth(
    smooth(
      corners.map((p, k) => [(p[0] + corners[(k + 1) % n][0]) / 2, (p[1] + corners[(k + 1) % n][1]) / 2]),
    ),
  );
}

/** Right, down, left, up. */
const STEPS = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;
/** Seen from a corner after a step: the pixel ahead on the left and the one ahead on the right. */
const AHEAD = [
  [0, -1, 0, 0],
  [0, 0, -1, 0],
  [-1, 0, -1, -1],
  [-1, -1, 0, -1],
] as const;

function smooth(points: readonly (readonly [number, number])[]): [number, number][] {
  const n = points.length;
  return points.map((p, k) => {
    const before = points[(k + n - 1) % n];
    const after = points[(k + 1) % n];
    return [(before[0] + 2 * p[0] + after[0]) / 4, (before[1] + 2 * p[1] + after[1]) / 4];
  });
}

function largestRegion(
  labels: ArrayLike<number>,
  width: number,
  height: number,
  value: number,
): Uint8Array | undefined {
  const seen = new Uint8Array(width * height);
  let best: number[] = [];
  for (let seed = 0; seed < seen.length; seed++) {
    if (seen[seed] || labels[seed] !== value) continue;
    const region = [seed];
    seen[seed] = 1;
    for (let k = 0; k < region.length; k++) {
      const p = region[k];
      const x = p % width;
      for (const q of [x > 0 ? p - 1 : -1, x < width - 1 ? p + 1 : -1, p - width, p + width]) {
        if (q >= 0 && q < seen.length && !seen[q] && labels[q] === value) {
          seen[q] = 1;
          region.push(q);
        }
      }
    }
    if (region.length > best.length) best = region;
  }
  if (best.length === 0) return undefined;
  const mask = new Uint8Array(width * height);
  for (const p of best) mask[p] = 1;
  return mask;
}
