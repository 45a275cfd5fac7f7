import { add2, chordNear, perpendicular2, scale2 } from '../../geometry/index.ts';
import {
  directionAt,
  type Measurement,
  nearestOnAxis,
  type PlanePoint,
  type Polygon,
  type TubeAxis,
} from '../../spine/index.ts';
import type { PlaneMap } from '../contours/index.ts';
import type { CsfLevel } from './csf.ts';
import { pixelAreaMm2, signalAt } from './sampling.ts';

/** As bright as CSF: at least this share of the reference; roots, flavum and disc are below a half on T2. */
const BRIGHT = 0.6;
/** The same for the interval: how much the fraction hangs on the threshold. */
const OTHER_THRESHOLDS = [0.5, 0.7] as const;
/** Half-length of the stretch of sac that is read, mm. */
const HALF_LENGTH_MM = 3;
const STEPS_ALONG = 13;
const STEPS_ACROSS = 40;

/**
 * Share of the dural sac, within 3 mm of a level along it, that is as bright as CSF on T2 (at least 0.6 of the
 * reference). It falls as the sac is squeezed and the roots fill it. Interval: binomial error of independent pixels
 * and half of the spread between thresholds 0.5 and 0.7.
 */
export function csfFraction(
  map: PlaneMap,
  sac: Polygon,
  axis: TubeAxis,
  place: PlanePoint,
  csf: CsfLevel,
): Measurement | undefined {
  const index = nearestOnAxis(axis, place);
  if (index === 0 || index === axis.points.length - 1) return undefined;
  const down = directionAt(axis, index);
  const across = perpendicular2(down);
  const signals: { value: number; weight: number }[] = [];
  let areaMm2 = 0;
  for (let a = 0; a < STEPS_ALONG; a++) {
    const shift = HALF_LENGTH_MM * ((2 * a) / (STEPS_ALONG - 1) - 1);
    const point = add2(axis.points[index], scale2(down, shift));
    const chord = chordNear(sac, { point, direction: across });
    if (chord === undefined) continue;
    const width = chord[1] - chord[0];
    areaMm2 += (width * 2 * HALF_LENGTH_MM) / STEPS_ALONG;
    for (let b = 0; b < STEPS_ACROSS; b++) {
      const at = chord[0] + ((b + 0.5) / STEPS_ACROSS) * width;
      const value = signalAt(map, add2(point, scale2(across, at)));
      if (value !== undefined) signals.push({ value, weight: width });
    }
  }
  if (signals.length < STEPS_ACROSS) return undefined;
  const total = signals.reduce((sum, s) => sum + s.weight, 0);
  const share = (threshold: number): number =>
    signals.reduce((sum, s) => sum + (s.value >= threshold * csf.value ? s.weight : 0), 0) / total;
  const value = share(BRIGHT);
  const [low, high] = OTHER_THRESHOLDS.map(share);
  const independent = Math.max(1, areaMm2 / (4 * pixelAreaMm2(map)));
  const error = 1.96 * Math.sqrt((value * (1 - value)) / independent);
  return { value, unit: 'ratio', uncertainty: Math.hypot(error, (low - high) / 2) };
}
