/** A sum of given columns, fitted so that outliers do not count. */
export interface RobustFit {
  readonly coefficients: readonly number[];
  /** Sum of Tukey's bounded loss over the samples, each between 0 and 1: smaller is better. */
  readonly loss: number;
  /** Robust standard deviation of the residuals, 1.4826 × their median size. */
  readonly scale: number;
}

export interface RobustOptions {
  /** Rounds of re-weighting. */
  readonly rounds?: number;
  /** Size of the residuals, given instead of found, so that the losses of several fits to the same samples compare. */
  readonly scale?: number;
}

/** Tukey's constant: 95 % efficiency on Gaussian noise. */
const TUKEY = 4.685;
/** Residuals below this, mm, are rounding: without a floor, exact data would call its own last digits outliers. */
const LEAST_SCALE = 0.02;

/**
 * Fits y = Σ cₖ · columns[k] with Tukey's biweight (iteratively re-weighted least squares, begun from ordinary least
 * squares). `undefined` with fewer than two samples per column or when they do not determine the coefficients.
 */
export function fitRobust(
  columns: readonly ArrayLike<number>[],
  y: ArrayLike<number>,
  { rounds = 4, scale }: RobustOptions = {},
): RobustFit | undefined {
  const n = y.length;
  if (n < 2 * columns.length) return undefined;
  const weights = new Float64Array(n).fill(1);
  const sizes = new Float64Array(n);
  let c = solve(columns, y, weights);
  if (c === undefined) return undefined;
  let spread = 0;
  let loss = 0;
  for (let round = 0; round <= rounds; round++) {
    for (let i = 0; i < n; i++) {
      let model = 0;
      for (let k = 0; k < columns.length; k++) model += c[k] * columns[k][i];
      sizes[i] = Math.abs(y[i] - model);
    }
    spread = scale ?? 1.4826 * Float64Array.from(sizes).sort()[n >> 1];
    const reach = TUKEY * Math.max(spread, LEAST_SCALE);
    loss = 0;
    for (let i = 0; i < n; i++) {
      const z = Math.min(1, (sizes[i] / reach) ** 2);
      weights[i] = (1 - z) ** 2;
      loss += 1 - (1 - z) ** 3;
    }
    if (round < rounds) c = solve(columns, y, weights) ?? c;
  }
  return { coefficients: c, loss, scale: spread };
}

/** Weighted normal equations by Gaussian elimination (they are symmetric and positive: no pivoting). */
function solve(
  columns: readonly ArrayLike<number>[],
  y: ArrayLike<number>,
  w: Float64Array,
): number[] | undefined {
  const k = columns.length;
  const rows: number[][] = [];
  for (let a = 0; a < k; a++) {
    const row = new Array<number>(k + 1).fill(0);
    const left = columns[a];
    for (let b = 0; b <= k; b++) {
      if (b < a) {
        row[b] = rows[b][a];
        continue;
      }
      const right = b === k ? y : columns[b];
      let sum = 0;
      for (let i = 0; i < y.length; i++) sum += w[i] * left[i] * right[i];
      row[b] = sum;
    }
    rows.push(row);
  }
  const size = Math.max(...rows.map((row, a) => row[a]));
  for (let a = 0; a < k; a++) {
    if (!(rows[a][a] > 1e-9 * size)) return undefined;
    for (let below = a + 1; below < k; below++) {
      const factor = rows[below][a] / rows[a][a];
      for (let b = a; b <= k; b++) rows[below][b] -= factor * rows[a][b];
    }
  }
  const c = new Array<number>(k).fill(0);
  for (let a = k - 1; a >= 0; a--) {
    let sum = rows[a][k];
    for (let b = a + 1; b < k; b++) sum -= rows[a][b] * c[b];
    c[a] = sum / rows[a][a];
  }
  return c;
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
