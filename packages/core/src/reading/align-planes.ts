import { add2, distance2, type Point2, polygonCentroid, scale2, subtract2 } from '../geometry/index.ts';
import type { SpineOutline } from '../spine/index.ts';
import type { PlaneMap } from './contours/index.ts';
import type { PlaneReading } from './segment/index.ts';

/** Discs that, after the shift, lie farther apart than this on the whole do not show the same plane. */
const LARGEST_RESIDUAL_MM = 3.5;
const FEWEST_DISCS = 3;

/**
 * Brings another series' slice of the same spine into the plane of the reference, by the discs that both show: patients
 * move between series, and a picture without a position has none to compare. A pure shift; the discs are matched in
 * order from the sacrum, or one level off where that fits clearly better.
 * @returns the other slice with its positions in the reference's (u, v); `undefined` where the two do not fit.
 */
export function alignPlane(reference: PlaneReading, other: PlaneReading): PlaneMap | undefined {
  const here = discCentres(reference.outline);
  const there = discCentres(other.outline);
  let best: { shift: Point2; residual: number } | undefined;
  for (const offset of [0, 1, -1]) {
    const fit = fitShift(here, there, offset);
    // A level off has to be much better than the plain order, or it is chance.
    if (fit !== undefined && (best === undefined || fit.residual < best.residual * 0.5)) best = fit;
  }
  if (best === undefined || best.residual > LARGEST_RESIDUAL_MM) return undefined;
  const { inPlane, data } = other.slice;
  return {
    data,
    inPlane: {
      ...inPlane,
      originMm: add2([inPlane.originMm[0], inPlane.originMm[1]], best.shift),
    },
  };
}

/** Lowest first. */
function discCentres(outline: SpineOutline): Point2[] {
  return outline.discs
    .map((d) => polygonCentroid(d.outline))
    .filter((c) => c !== undefined)
    .reverse();
}

function fitShift(
  here: readonly Point2[],
  there: readonly Point2[],
  offset: number,
): { shift: Point2; residual: number } | undefined {
  const pairs = here
    .map((h, i) => [h, there[i + offset]] as const)
    .filter((p): p is readonly [Point2, Point2] => p[1] !== undefined);
  if (pairs.length < FEWEST_DISCS) return undefined;
  const differences = pairs.map(([h, t]) => subtract2(h, t));
  const shift = scale2(
    differences.reduce((a, b) => add2(a, b)),
    1 / pairs.length,
  );
  const residual = Math.sqrt(
    differences.reduce((sum, d) => sum + distance2(d, shift) ** 2, 0) / pairs.length,
  );
  return { shift, residual };
}
