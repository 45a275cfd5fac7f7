import { fitRobust, projectorOf, type RobustFit, tukeyLoss } from './robust-curve.ts';
import { type Departure, ENDPLATE_FORMS, ENDPLATE_PITS, HOLLOW_BESIDE_PIT, WALL_FORMS } from './side-form.ts';

/** Samples per side; the outline's noise is correlated over millimetres, so more would not help. */
const SAMPLES = 47;
/** Share of a side, between its ends, that is fitted: most of the corners' rounding (about 3 mm) and of spurs is left out. */
export const FITTED = 0.88;
/** Shares of the length at which a side is sampled. */
export const SHARES: readonly number[] = Array.from(
  { length: SAMPLES },
  (_, i) => (1 - FITTED) / 2 + (FITTED * i) / (SAMPLES - 1),
);
/** Size of the residuals against which forms are compared, mm: about what an outline errs. */
const RESIDUAL_MM = 0.3;
/** A dent is looked for where this many samples lie this deep, mm, inside of the plain fit … */
const DENT_SAMPLES = 3;
const DENT_MM = 0.9;
/** … and a pit is believed when it is this deep, mm, and leaves less than this share of the loss; noise offers less. */
const PIT_MM = 2;
const PIT_KEEPS = 0.4;

/** A side's chord (coefficients 0 and 1: level at half the length, slope over the length) and departures from it. */
export interface FittedSide {
  readonly departures: readonly Departure[];
  readonly coefficients: readonly number[];
}

/** A wall: the chord and an even waist. `values` are levels at `SHARES`. */
export const fitWall = (values: readonly number[]): FittedSide | undefined => bestOf(values, WALLS);

/**
 * An endplate: the chord and the hollow of the form that fits best, with a pit on top where the outline has a dent.
 * @param outward sign of the direction in which levels leave the body
 */
export function fitEndplate(values: readonly number[], outward: 1 | -1): FittedSide | undefined {
  const plain = bestOf(values, PLAIN);
  if (plain === undefined || !hasDent(plain, values, outward)) return plain;
  const pitted = bestOf(values, PITTED);
  if (pitted === undefined) return plain;
  const deep = -outward * pitted.coefficients[3] >= PIT_MM;
  return deep && pitted.loss < PIT_KEEPS * plain.loss ? pitted : plain;
}

/** One model of a side: its columns at `SHARES`, and the matrix that gives the least-squares coefficients at once. */
interface Model {
  readonly departures: readonly Departure[];
  readonly columns: readonly Float64Array[];
  readonly projector: readonly Float64Array[];
}

function modelOf(departures: readonly Departure[]): Model {
  const columns = [() => 1, (t: number) => t - 0.5, ...departures].map((f) => Float64Array.from(SHARES, f));
  return { departures, columns, projector: projectorOf(columns) };
}

const PLAIN = ENDPLATE_FORMS.map((form) => modelOf([form]));
const PITTED = ENDPLATE_PITS.map((form) => modelOf([HOLLOW_BESIDE_PIT, form]));
const WALLS = WALL_FORMS.map((form) => modelOf([form]));

interface Fitted extends FittedSide, RobustFit {
  readonly columns: readonly Float64Array[];
}

/** The model with the least loss by ordinary least squares, then fitted robustly. */
function bestOf(values: readonly number[], models: readonly Model[]): Fitted | undefined {
  let best = models[0];
  if (models.length > 1) {
    let least = Number.POSITIVE_INFINITY;
    for (const model of models) {
      const loss = tukeyLoss(model.columns, values, project(model, values), RESIDUAL_MM);
      if (loss < least) {
        least = loss;
        best = model;
      }
    }
  }
  const fit = fitRobust(best.columns, values, RESIDUAL_MM);
  return fit === undefined ? undefined : { ...fit, departures: best.departures, columns: best.columns };
}

function project({ projector }: Model, values: readonly number[]): number[] {
  return projector.map((row) => {
    let sum = 0;
    for (let i = 0; i < row.length; i++) sum += row[i] * values[i];
    return sum;
  });
}

/** Whether some of the outline lies deep inside of a fit. */
function hasDent({ columns, coefficients }: Fitted, values: readonly number[], outward: 1 | -1): boolean {
  let deep = 0;
  for (let i = 0; i < values.length; i++) {
    let level = 0;
    for (let k = 0; k < columns.length; k++) level += coefficients[k] * columns[k][i];
    if (outward * (level - values[i]) > DENT_MM) deep++;
  }
  return deep >= DENT_SAMPLES;
}
