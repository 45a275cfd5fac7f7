/** A sum of given columns, fitted so that outliers do not count. */
export interface RobustFit {
  readonly coefficients: readonly number[];
  /** Sum of Tukey's bounded loss over the samples, each between 0 and 1: smaller is better. */
  readonly loss: number;
}

/** Tukey's constant: 95 % efficiency on Gaussian noise. */
const TUKEY = 4.685;
const ROUNDS = 3;

/**
 * Fits y = Σ cₖ · columns[k] with Tukey's biweight for residuals of standard deviation `scale` (iteratively re-weighted
 * least squares, begun from ordinary least squares). `undefined` when the columns do not determine the coefficients.
 */
export function fitRobust(
  columns: readonly ArrayLike<number>[],
  y: ArrayLike<number>,
  scale: number,
): RobustFit | undefined {
  const weights = new Float64Array(y.length).fill(1);
  let c = solve(columns, y, weights);
  if (c === undefined) return undefined;
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < y.length; i++) weights[i] = (1 - outlying(columns, y, c, scale, i)) ** 2;
    c = solve(columns, y, weights) ?? c;
  }
  return { coefficients: c, loss: tukeyLoss(columns, y, c, scale) };
}

/** Tukey's bounded loss of given coefficients, summed over the samples. */
export function tukeyLoss(
  columns: readonly ArrayLike<number>[],
  y: ArrayLike<number>,
  coefficients: readonly number[],
  scale: number,
): number {
  let loss = 0;
  for (let i = 0; i < y.length; i++) loss += 1 - (1 - outlying(columns, y, coefficients, scale, i)) ** 3;
  return loss;
}

/** 0 for a sample on the curve, 1 for one beyond the reach of the biweight. */
function outlying(
  columns: readonly ArrayLike<number>[],
  y: ArrayLike<number>,
  c: readonly number[],
  scale: number,
  i: number,
): number {
  let model = 0;
  for (let k = 0; k < columns.length; k++) model += c[k] * columns[k][i];
  const z = (y[i] - model) / (TUKEY * scale);
  return Math.min(1, z * z);
}

/** Rows that turn samples into least-squares coefficients: c[k] = Σ row[k][i] · y[i]. For columns that are independent. */
export function projectorOf(columns: readonly ArrayLike<number>[]): Float64Array[] {
  const n = columns[0].length;
  const ones = new Float64Array(n).fill(1);
  const rows = columns.map(() => new Float64Array(n));
  for (let i = 0; i < n; i++) {
    const unit = new Float64Array(n);
    unit[i] = 1;
    solve(columns, unit, ones)?.forEach((value, k) => {
      rows[k][i] = value;
    });
  }
  return rows;
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
