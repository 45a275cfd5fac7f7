import { distance2, normalise2, subtract2, turnDeg } from '../../geometry/index.ts';
import type { PlanePoint } from '../outline.ts';
import type { BodyShape } from './body-shape.ts';

/**
 * Six-point morphometry of a body in its sagittal plane (corners and endplate midpoints; the points of Genant et al.,
 * J Bone Miner Res 1993; 8: 1137). Lengths in the units of the outline, angle in degrees.
 */
export interface BodySize {
  /** Superior to inferior anterior corner. */
  readonly anterior: number;
  /** Between the midpoints of the endplates, on the outline: concavity lowers it. */
  readonly middle: number;
  /** Superior to inferior posterior corner. */
  readonly posterior: number;
  /** Front wall to back wall, each at half its own height. */
  readonly depth: number;
  /** Between the endplates; positive = taller in front. */
  readonly wedgeDeg: number;
  /** Length of the upper endplate, corner to corner. */
  readonly upperEndplate: number;
}

export function bodySize(shape: BodyShape): BodySize {
  const c = shape.corners;
  return {
    anterior: distance2(c.superiorAnterior, c.inferiorAnterior),
    middle: distance2(shape.superiorMiddle, shape.inferiorMiddle),
    posterior: distance2(c.superiorPosterior, c.inferiorPosterior),
    depth: distance2(shape.anteriorMiddle, shape.posteriorMiddle),
    wedgeDeg: openInFrontDeg(upperEndplate(shape), lowerEndplate(shape)),
    upperEndplate: distance2(c.superiorAnterior, c.superiorPosterior),
  };
}

/** Unit direction of the upper endplate from its anterior to its posterior corner. */
export const upperEndplate = (shape: BodyShape): PlanePoint =>
  normalise2(subtract2(shape.corners.superiorPosterior, shape.corners.superiorAnterior));

/** Unit direction of the lower endplate from its anterior to its posterior corner. */
export const lowerEndplate = (shape: BodyShape): PlanePoint =>
  normalise2(subtract2(shape.corners.inferiorPosterior, shape.corners.inferiorAnterior));

/**
 * Cobb's angle between an upper and a lower line, degrees: positive where they part to the front (lordosis, a disc
 * open in front, a body taller in front), negative where they part to the back. Both directions run from front to back.
 */
export const openInFrontDeg = (upper: PlanePoint, lower: PlanePoint): number => turnDeg(lower, upper);

/** Largest loss of a body's three heights against the tallest of them, percent; 0 where all are equal. */
export function heightLossPercent(size: Pick<BodySize, 'anterior' | 'middle' | 'posterior'>): number {
  const heights = [size.anterior, size.middle, size.posterior];
  return 100 * (1 - Math.min(...heights) / Math.max(...heights));
}
