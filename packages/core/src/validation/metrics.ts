/** Figures of agreement and their intervals. */

export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

/** Quadratic-weighted kappa of grades 0 … classes − 1. */
export function quadraticKappa(truth: readonly number[], said: readonly number[], classes: number): number {
  const observed = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  truth.forEach((t, i) => {
    observed[t][said[i]]++;
  });
  const rows = observed.map((r) => r.reduce((a, b) => a + b, 0));
  const columns = observed[0].map((_, c) => observed.reduce((a, r) => a + r[c], 0));
  let seen = 0;
  let expected = 0;
  for (let t = 0; t < classes; t++) {
    for (let s = 0; s < classes; s++) {
      const weight = (t - s) ** 2;
      seen += weight * observed[t][s];
      expected += (weight * rows[t] * columns[s]) / truth.length;
    }
  }
  return expected === 0 ? Number.NaN : 1 - seen / expected;
}

/** Area under the ROC curve, ties counted half; NaN without both kinds. */
export function auc(truth: readonly boolean[], score: readonly number[]): number {
  const order = score.map((s, i) => ({ s, t: truth[i] })).sort((a, b) => a.s - b.s);
  let rankSum = 0;
  for (let i = 0; i < order.length; ) {
    let j = i;
    while (j < order.length && order[j].s === order[i].s) j++;
    const rank = (i + j + 1) / 2;
    for (let k = i; k < j; k++) if (order[k].t) rankSum += rank;
    i = j;
  }
  const positive = truth.filter(Boolean).length;
  const negative = truth.length - positive;
  return positive === 0 || negative === 0
    ? Number.NaN
    : (rankSum - (positive * (positive + 1)) / 2) / (positive * negative);
}

/** Spearman's rank correlation, ties ranked by their mean; NaN where one side is constant. */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranks(a), ranks(b)];
  const [mx, my] = [mean(x), mean(y)];
  const sum = (f: (i: number) => number): number => x.reduce((total, _, i) => total + f(i), 0);
  const covariance = sum((i) => (x[i] - mx) * (y[i] - my));
  return covariance / Math.sqrt(sum((i) => (x[i] - mx) ** 2) * sum((i) => (y[i] - my) ** 2));
}

const ranks = (values: readonly number[]): number[] =>
  values.map((v) => {
    const lower = values.filter((w) => w < v).length;
    return lower + (values.filter((w) => w === v).length + 1) / 2;
  });

/** Deterministic uniform numbers (mulberry32), so that intervals are reproducible. */
export function randomFrom(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * A figure with its 95 % percentile bootstrap interval, whole patients drawn with replacement.
 * @param figure of a list of rows; NaN where it has no value
 */
export function byPatient<R extends { readonly patient: string }>(
  rows: readonly R[],
  figure: (rows: readonly R[]) => number,
  draws = 1000,
): Interval {
  const patients = [...Map.groupBy(rows, (r) => r.patient).values()];
  const random = randomFrom(1);
  const values: number[] = [];
  for (let d = 0; d < draws; d++) {
    const drawn: R[] = [];
    for (let i = 0; i < patients.length; i++) drawn.push(...patients[Math.floor(random() * patients.length)]);
    const value = figure(drawn);
    if (Number.isFinite(value)) values.push(value);
  }
  values.sort((a, b) => a - b);
  const at = (q: number) => values[Math.min(values.length - 1, Math.floor(q * values.length))] ?? Number.NaN;
  return { value: figure(rows), low: at(0.025), high: at(0.975), n: rows.length };
}

/** Exact (Clopper–Pearson) 95 % interval of a share, by bisection on the binomial tail. */
export function exactShare(successes: number, n: number): Interval {
  const tail = (p: number, from: number): number => {
    let sum = 0;
    for (let k = from; k <= n; k++) sum += Math.exp(logChoose(n, k) + xlog(k, p) + xlog(n - k, 1 - p));
    return sum;
  };
  const solve = (below: (p: number) => boolean): number => {
    let low = 0;
    let high = 1;
    for (let i = 0; i < 60; i++) {
      const mid = (low + high) / 2;
      if (below(mid)) low = mid;
      else high = mid;
    }
    return (low + high) / 2;
  };
  return {
    value: successes / n,
    low: successes === 0 ? 0 : solve((p) => tail(p, successes) < 0.025),
    high: successes === n ? 1 : solve((p) => 1 - tail(p, successes + 1) > 0.025),
    n,
  };
}

const xlog = (k: number, p: number): number => (k === 0 ? 0 : k * Math.log(p));

function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i++) sum += Math.log(n - k + i) - Math.log(i);
  return sum;
}

export function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** The value below which the worst tenth lies. */
export function worstDecile(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 10)];
}
