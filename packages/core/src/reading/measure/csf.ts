import { distance2 } from '../../geometry/index.ts';
import { nearestOnAxis, type PlanePoint, type Polygon, type TubeAxis } from '../../spine/index.ts';
import type { PlaneMap } from '../contours/index.ts';
import { pixelsInside, quantile, quantileError } from './sampling.ts';

/** CSF signal near a level, the reference of every ratio. */
export interface CsfLevel {
  readonly value: number;
  readonly standardError: number;
}

/** Reach along the sac, to either side of the level: long enough to find a bright stretch beside a stenosis, short against coil shading. */
const REACH_MM = 15;
/** The sac holds roots and partial volume, all darker on T2: the 90th percentile is CSF, and not the single brightest pixel. */
const SHARE = 0.9;
const FEWEST_PIXELS = 20;

/** CSF on T2 near a place, as a function, so that the sac's pixels are gathered once. */
export type CsfNear = (place: PlanePoint) => CsfLevel | undefined;

/**
 * CSF on T2 near a place: the 90th percentile of the dural sac's pixels within 15 mm along it; `undefined` with fewer
 * than 20 pixels of it.
 */
export function csfOf(map: PlaneMap, sac: Polygon, axis: TubeAxis): CsfNear {
  const pixels = pixelsInside(map, sac);
  return (place) => {
    const centre = axis.points[nearestOnAxis(axis, place)];
    const values = pixels.filter((p) => distance2(p.place, centre) <= REACH_MM).map((p) => p.value);
    if (values.length < FEWEST_PIXELS) return undefined;
    const value = quantile(values, SHARE);
    return value > 0 ? { value, standardError: quantileError(values, SHARE) } : undefined;
  };
}
