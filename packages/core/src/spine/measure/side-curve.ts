import type { Point2 } from '../../geometry/index.ts';
import { fitRobust, type RobustFit } from './robust-curve.ts';
import { type Departure, ENDPLATE_FORMS, ENDPLATE_PITS, HOLLOW_BESIDE_PIT, WALL_FORMS } from './side-form.ts';
import { profileOf, type Side } from './side-profile.ts';

/** One side of a body: its chord, and its outline as a smooth function. Positions and levels in the body's frame. */
export interface SideCurve {
  /** Level of the straight line between the side's ends: rim to rim of an endplate, end to end of a wall. */
  chordAt(position: number): number;
  /** Level of the side itself, its hollow included. */
  at(position: number): number;
}

/** Samples per side; the outline's noise is correlated over millimetres, so more would not help. */
const SAMPLES = 47;
/** Share of a side, between its ends, that is fitted: most of the corners' rounding (about 3 mm) and of spurs is left out. */
const FITTED = 0.88;
/** Half-width, in shares of the length, of the window in which the outline's departure from the form is averaged. */
const WINDOW = 0.15;
/** Size of the residuals against which forms are compared, mm: about what an outline errs. */
const RESIDUAL_MM = 0.3;
/**
 * A pit is believed when it is this deep, mm, and takes away more than half of the loss. Noise offers less: with
 * σ = 0.5 mm the best of all pits takes away about a quarter.
 */
const PIT_MM = 2;
const PIT_KEEPS = 0.4;
const DENT_MM = 0.9;
const DENT_SAMPLES = 3;

/**
 * Fits one side between two frame positions: a straight chord and a hollow over it, the hollow's form being the one
 * that fits best, for an endplate perhaps with a pit on top. So the chord keeps the level of the rims whatever the
 * hollow's depth and form, and does not see rounded corners, spurs and Schmorl's nodes. `undefined` where the side
 * cannot be read.
 */
export function sideCurve(
  polygon: readonly Point2[],
  side: Side,
  from: number,
  to: number,
): SideCurve | undefined {
  const length = to - from;
  if (!(length > 0)) return undefined;
  const margin = ((1 - FITTED) / 2) * length;
  const { positions, values } = profileOf(polygon, side, from + margin, to - margin, SAMPLES);
  if (values.length < SAMPLES / 2) return undefined;
  const shares = values.length === SAMPLES ? SHARES : positions.map((p) => (p - from) / length);
  const fitted = side.along === 0 ? fitEndplate(shares, values, side.outward) : bestOf(shares, values, WALLS);
  if (fitted === undefined) return undefined;
  const { departures, fit } = fitted;
  const chord = (t: number): number => fit.coefficients[0] + fit.coefficients[1] * (t - 0.5);
  const model = (t: number): number =>
    departures.reduce((level, form, k) => level + fit.coefficients[k + 2] * form(t), chord(t));
  const residuals = shares.map((t, i) => values[i] - model(t));
  return {
    chordAt: (position) => chord((position - from) / length),
    at(position) {
      const share = (position - from) / length;
      let [sum, total] = [0, 0];
      for (let i = 0; i < shares.length; i++) {
        const w = Math.max(0, 1 - Math.abs(shares[i] - share) / WINDOW);
        sum += w * residuals[i];
        total += w;
      }
      return model(share) + (total > 1e-6 ? sum / total : 0);
    },
  };
}

interface FittedSide {
  readonly departures: readonly Departure[];
  readonly fit: RobustFit;
}

function fitEndplate(
  shares: readonly number[],
  values: readonly number[],
  outward: 1 | -1,
): FittedSide | undefined {
  const plain = bestOf(shares, values, PLAIN_ENDPLATES);
  if (plain === undefined || !hasDent(plain, shares, values, outward)) return plain;
  const pitted = bestOf(shares, values, PITTED_ENDPLATES);
  if (pitted === undefined) return plain;
  const deep = -outward * pitted.fit.coefficients[3] >= PIT_MM;
  return deep && pitted.fit.loss < PIT_KEEPS * plain.fit.loss ? pitted : plain;
}

/** Whether some of the outline lies deep inside of a fit: only then is a pit looked for. */
function hasDent(
  { departures, fit }: FittedSide,
  shares: readonly number[],
  values: readonly number[],
  outward: 1 | -1,
): boolean {
  const columns = columnsOf(shares, departures);
  let deep = 0;
  for (let i = 0; i < values.length; i++) {
    let model = 0;
    for (let k = 0; k < columns.length; k++) model += fit.coefficients[k] * columns[k][i];
    if (outward * (model - values[i]) > DENT_MM) deep++;
  }
  return deep >= DENT_SAMPLES;
}

type Departures = readonly Departure[];
const PLAIN_ENDPLATES: readonly Departures[] = ENDPLATE_FORMS.map((form) => [form]);
const PITTED_ENDPLATES: readonly Departures[] = ENDPLATE_PITS.map((form) => [HOLLOW_BESIDE_PIT, form]);
const WALLS: readonly Departures[] = WALL_FORMS.map((form) => [form]);

/** The best of several forms by an ordinary fit, then fitted robustly. */
function bestOf(
  shares: readonly number[],
  values: readonly number[],
  candidates: readonly Departures[],
): FittedSide | undefined {
  let best: Departures | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const departures of candidates) {
    const fit = fitRobust(columnsOf(shares, departures), values, { rounds: 0, scale: RESIDUAL_MM });
    if (fit === undefined || fit.loss >= least) continue;
    least = fit.loss;
    best = departures;
  }
  if (best === undefined) return undefined;
  const fit = fitRobust(columnsOf(shares, best), values, { rounds: 3, scale: RESIDUAL_MM });
  return fit === undefined ? undefined : { departures: best, fit };
}

/** Shares of the length at which a side is sampled when nothing of it is missing. */
const SHARES: readonly number[] = Array.from(
  { length: SAMPLES },
  (_, i) => (1 - FITTED) / 2 + (FITTED * i) / (SAMPLES - 1),
);

/** Columns at the usual shares, made once. */
const COLUMNS = new Map<Departure, Float64Array>(
  [...ENDPLATE_FORMS, ...ENDPLATE_PITS, ...WALL_FORMS, HOLLOW_BESIDE_PIT].map((form) => [
    form,
    Float64Array.from(SHARES, form),
  ]),
);
const ONES = new Float64Array(SAMPLES).fill(1);
const CENTRED = Float64Array.from(SHARES, (t) => t - 0.5);

function columnsOf(shares: readonly number[], departures: readonly Departure[]): ArrayLike<number>[] {
  if (shares === SHARES) return [ONES, CENTRED, ...departures.map((form) => COLUMNS.get(form)!)];
  return [shares.map(() => 1), shares.map((t) => t - 0.5), ...departures.map((form) => shares.map(form))];
}
