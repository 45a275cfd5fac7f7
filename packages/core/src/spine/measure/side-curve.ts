import type { Point2 } from '../../geometry/index.ts';
import { FITTED, fitEndplate, fitWall, SHARES } from './side-fit.ts';
import { profileOf, type Side } from './side-profile.ts';

/** One side of a body: its chord, and its outline as a smooth function. Positions and levels in the body's frame. */
export interface SideCurve {
  /** Level of the straight line between the side's ends: rim to rim of an endplate, end to end of a wall. */
  chordAt(position: number): number;
  /** Level of the side itself, its hollow included. */
  at(position: number): number;
}

/** Half-width, in shares of the length, of the window in which the outline's departure from the fit is averaged. */
const WINDOW = 0.15;
/** Fewer samples than this share of all, and the side is not there. */
const ENOUGH = 0.8;

/**
 * Fits one side between two frame positions (see `side-fit.ts`): a straight chord and a hollow over it. So the chord
 * keeps the level of the rims whatever the hollow's depth and form, and does not see rounded corners, spurs and
 * Schmorl's nodes. `undefined` where the side cannot be read.
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
  const profile = profileOf(polygon, side, from + margin, to - margin, SHARES.length);
  if (profile.values.length < ENOUGH * SHARES.length) return undefined;
  const values = filled(profile.positions, profile.values, from + margin, FITTED * length);
  const fit = side.along === 0 ? fitEndplate(values, side.outward) : fitWall(values);
  if (fit === undefined) return undefined;
  const [level, slope, ...depths] = fit.coefficients;
  const chord = (share: number): number => level + slope * (share - 0.5);
  const model = (share: number): number =>
    fit.departures.reduce((sum, form, k) => sum + depths[k] * form(share), chord(share));
  return {
    chordAt: (position) => chord((position - from) / length),
    at(position) {
      const share = (position - from) / length;
      let [sum, total] = [0, 0];
      for (let i = 0; i < SHARES.length; i++) {
        const w = Math.max(0, 1 - Math.abs(SHARES[i] - share) / WINDOW);
        if (w === 0) continue;
        sum += w * (values[i] - model(SHARES[i]));
        total += w;
      }
      return model(share) + (total > 1e-6 ? sum / total : 0);
    },
  };
}

/** Values at all samples; where the outline has none (a rough corner lay beyond it), the last one before. */
function filled(
  positions: readonly number[],
  values: readonly number[],
  from: number,
  length: number,
): readonly number[] {
  if (values.length === SHARES.length) return values;
  const all: number[] = [];
  let next = 0;
  for (let i = 0; i < SHARES.length; i++) {
    const position = from + (length * i) / (SHARES.length - 1);
    while (next + 1 < positions.length && positions[next] < position - 1e-9) next++;
    all.push(values[next]);
  }
  return all;
}
