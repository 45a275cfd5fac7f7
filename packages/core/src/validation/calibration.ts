import { byPatient, type Interval, randomFrom } from './metrics.ts';

/** A probability that was given, and what was so. */
export interface Forecast {
  readonly patient: string;
  readonly p: number;
  readonly truth: boolean;
}

export interface Calibration {
  readonly n: number;
  /** Of the logistic regression of the truth on the log-odds of the forecast: 1 is right, below 1 over-confident. */
  readonly slope: number;
  readonly intercept: number;
  /** Expected calibration error, ten equal bins. */
  readonly ece: Interval;
  /** What a model that is exactly right would show by chance at this n with these forecasts. */
  readonly eceOfPerfect: number;
  readonly bins: readonly CalibrationBin[];
}

export interface CalibrationBin {
  readonly n: number;
  /** Mean forecast, and share that came true. */
  readonly said: number;
  readonly came: number;
}

const BINS = 10;

export function calibration(forecasts: readonly Forecast[]): Calibration {
  return {
    n: forecasts.length,
    ...recalibration(forecasts),
    ece: byPatient(forecasts, expectedError),
    eceOfPerfect: errorOfPerfect(forecasts),
    bins: binsOf(forecasts).map(({ n, p, t }) => ({ n, said: p / n, came: t / n })),
  };
}

/** Expected calibration error over ten equal bins of probability. */
export function expectedError(forecasts: readonly Pick<Forecast, 'p' | 'truth'>[]): number {
  return binsOf(forecasts).reduce((sum, b) => sum + Math.abs(b.p - b.t) / forecasts.length, 0);
}

function binsOf(forecasts: readonly Pick<Forecast, 'p' | 'truth'>[]) {
  const bins = Array.from({ length: BINS }, () => ({ n: 0, p: 0, t: 0 }));
  for (const { p, truth } of forecasts) {
    const bin = bins[Math.min(BINS - 1, Math.floor(p * BINS))];
    bin.n++;
    bin.p += p;
    bin.t += truth ? 1 : 0;
  }
  return bins.filter((b) => b.n > 0);
}

const DRAWS = 200;

function errorOfPerfect(forecasts: readonly Forecast[]): number {
  const random = randomFrom(2);
  let sum = 0;
  for (let d = 0; d < DRAWS; d++) {
    sum += expectedError(forecasts.map(({ p }) => ({ p, truth: random() < p })));
  }
  return sum / DRAWS;
}

/** Forecasts of 0 and 1 have no log-odds. */
const LEAST = 1e-4;
const logOdds = (p: number): number => {
  const held = Math.min(1 - LEAST, Math.max(LEAST, p));
  return Math.log(held / (1 - held));
};

/** Intercept and slope by Newton's method; NaN where the truth never differs. */
function recalibration(forecasts: readonly Forecast[]): { intercept: number; slope: number } {
  const x = forecasts.map((f) => logOdds(f.p));
  let [intercept, slope] = [0, 0];
  for (let step = 0; step < 50; step++) {
    let [g0, g1, h00, h01, h11] = [0, 0, 0, 0, 0];
    forecasts.forEach(({ truth }, i) => {
      const q = 1 / (1 + Math.exp(-(intercept + slope * x[i])));
      const rest = (truth ? 1 : 0) - q;
      const w = q * (1 - q);
      g0 += rest;
      g1 += rest * x[i];
      h00 += w;
      h01 += w * x[i];
      h11 += w * x[i] * x[i];
    });
    const determinant = h00 * h11 - h01 * h01;
    if (!(Math.abs(determinant) > 1e-9)) return { intercept: Number.NaN, slope: Number.NaN };
    const [d0, d1] = [(g0 * h11 - g1 * h01) / determinant, (g1 * h00 - g0 * h01) / determinant];
    intercept += d0;
    slope += d1;
    if (Math.abs(d0) + Math.abs(d1) < 1e-9) break;
  }
  return { intercept, slope };
}
