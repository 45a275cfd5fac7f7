import { distance2, dot2, subtract2 } from '../../geometry/index.ts';
import type { Measurement, SlipFinding } from '../findings.ts';
import { upperEndplate } from './body.ts';
import type { BodyShape } from './body-shape.ts';

export interface Slip {
  /** Positive = the upper body stands forward of the lower. Units of the outline. */
  readonly slip: number;
  /** Of the length of the lower body's upper endplate. */
  readonly percent: number;
}

/**
 * Meyerding's measure (Surg Gynecol Obstet 1932; 54: 371): the posterior-inferior corner of the upper body against
 * the posterior-superior corner of the lower one, both projected on the lower body's upper endplate.
 */
export function slipBetween(above: BodyShape, below: BodyShape): Slip {
  const along = upperEndplate(below);
  const { superiorAnterior, superiorPosterior } = below.corners;
  const slip = dot2(subtract2(superiorPosterior, above.corners.inferiorPosterior), along);
  return { slip, percent: (100 * slip) / distance2(superiorAnterior, superiorPosterior) };
}

/** A slip is reported from here on, and only beyond its own uncertainty. */
export const SMALLEST_SLIP_MM = 3;

/** Direction and Meyerding grade: I to 25 %, II to 50 %, III to 75 %, IV to 100 %, V beyond; 0 where no slip is reported. */
export function gradeSlip(
  slip: Measurement,
  percent: Measurement,
): Pick<SlipFinding, 'direction' | 'meyerding'> {
  const size = Math.abs(slip.value);
  if (size < SMALLEST_SLIP_MM || size <= slip.uncertainty) return { direction: 'none', meyerding: 0 };
  const share = Math.abs(percent.value);
  const meyerding = share > 100 ? 5 : Math.max(1, Math.ceil(share / 25));
  return { direction: slip.value > 0 ? 'anterolisthesis' : 'retrolisthesis', meyerding };
}
