/** A place on the working grid where a centre map is highest. */
export interface Peak {
  readonly x: number;
  readonly y: number;
  readonly score: number;
}

/** Half of the window in which a peak must be the highest pixel. */
const WINDOW = 3;

/** Local maxima of a centre map above `threshold`, the highest first, no two nearer than `apart` pixels. */
export function findPeaks(
  map: Float32Array,
  columns: number,
  rows: number,
  threshold: number,
  apart: number,
): Peak[] {
  const smooth = blur(map, columns, rows);
  const found: Peak[] = [];
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const score = smooth[y * columns + x];
      if (score > threshold && isHighest(smooth, columns, rows, x, y)) found.push({ x, y, score });
    }
  }
  found.sort((a, b) => b.score - a.score || a.y - b.y || a.x - b.x);
  const kept: Peak[] = [];
  for (const peak of found) {
    if (kept.every((k) => Math.hypot(k.x - peak.x, k.y - peak.y) >= apart)) kept.push(peak);
  }
  return kept;
}

function isHighest(map: Float32Array, columns: number, rows: number, x: number, y: number): boolean {
  const value = map[y * columns + x];
  for (let j = Math.max(0, y - WINDOW); j <= Math.min(rows - 1, y + WINDOW); j++) {
    for (let i = Math.max(0, x - WINDOW); i <= Math.min(columns - 1, x + WINDOW); i++) {
      if (map[j * columns + i] > value) return false;
    }
  }
  return true;
}

/** Gaussian of σ = 1 pixel, cut at three; borders are mirrored. */
const KERNEL = [-3, -2, -1, 0, 1, 2, 3].map((t) => Math.exp((-t * t) / 2));
const KERNEL_SUM = KERNEL.reduce((a, b) => a + b, 0);

function blur(map: Float32Array, columns: number, rows: number): Float32Array {
  const along = new Float32Array(map.length);
  const both = new Float32Array(map.length);
  pass(map, along, columns, rows, 1, columns);
  pass(along, both, rows, columns, columns, 1);
  return both;
}

function pass(
  from: Float32Array,
  to: Float32Array,
  length: number,
  lines: number,
  step: number,
  stride: number,
): void {
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (let t = -3; t <= 3; t++) {
        let j = i + t;
        if (j < 0) j = -1 - j;
        if (j >= length) j = 2 * length - 1 - j;
        sum += KERNEL[t + 3] * from[line * stride + Math.min(length - 1, Math.max(0, j)) * step];
      }
      to[line * stride + i * step] = sum / KERNEL_SUM;
    }
  }
}

/** Neighbouring discs lie this far apart, in mm: from a child's to beyond a tall man's. */
const NEIGHBOUR_MM = { least: 14, most: 60 };
/** Cosine of the largest bend from one disc to the next; the sacrum may lie nearly level, so the first step may go far forward. */
const LARGEST_BEND = { first: 0.2, later: 0.7 };
const UPWARD: readonly [number, number] = [0, -1];
/** What a change of the distance between neighbours by a factor e costs, in scores. */
const UNEVEN_COST = 0.5;

interface Chain {
  readonly discs: readonly Peak[];
  /** Scores of the discs beyond the first, less what uneven steps cost. */
  readonly worth: number;
}

/**
 * Discs from `lowest` to the head: the chain of peaks, each ahead of the one before it in its direction, that gathers the
 * highest scores in the evenest steps. A weak place beside the spine cannot lead it astray, since nothing follows there.
 * @param spacingMm pixel size of the peaks' grid
 */
export function climb(peaks: readonly Peak[], lowest: Peak, spacingMm: number): Peak[] {
  const known = new Map<string, Chain>();
  const from = (at: Peak, before: Peak | undefined): Chain => {
    const key = `${peaks.indexOf(at)} ${before === undefined ? '' : peaks.indexOf(before)}`;
    const seen = known.get(key);
    if (seen !== undefined) return seen;
    const last = before && step(before, at);
    let best: Chain = { discs: [at], worth: 0 };
    for (const next of peaks) {
      const { dx, dy, r } = step(at, next);
      // Upward only, so that no chain comes back to where it was.
      if (dy >= 0 || r * spacingMm < NEIGHBOUR_MM.least || r * spacingMm > NEIGHBOUR_MM.most) continue;
      const [ux, uy] = last === undefined ? UPWARD : [last.dx / last.r, last.dy / last.r];
      const bend = last === undefined ? LARGEST_BEND.first : LARGEST_BEND.later;
      if ((dx * ux + dy * uy) / r <= bend) continue;
      const uneven = last === undefined ? 0 : UNEVEN_COST * Math.abs(Math.log(r / last.r));
      const rest = from(next, at);
      const worth = next.score - uneven + rest.worth;
      if (worth > best.worth) best = { discs: [at, ...rest.discs], worth };
    }
    known.set(key, best);
    return best;
  };
  return [...from(lowest, undefined).discs];
}

function step(a: Peak, b: Peak): { dx: number; dy: number; r: number } {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  return { dx, dy, r: Math.hypot(dx, dy) };
}
