import { add, scale, type Vec3 } from '../../geometry/index.ts';
import type { Measurement } from '../findings.ts';
import type { PlanePoint, SagittalPlane } from '../outline.ts';
import { type MeasureReason, type Outcome, REASONS } from './reason.ts';

/** The quantities of one spine with their intervals, as the findings are assembled from them. */
export interface Ruler {
  readonly millimetresValid: boolean;
  readonly plain: (name: string) => number | undefined;
  readonly measured: (name: string, unit: Measurement['unit']) => Measurement | undefined;
}

/** Fields of a finding under assembly: those that were measured, and why the others were not. */
export interface Gathered<T> {
  readonly fields: Partial<T>;
  readonly notMeasured: Record<string, string>;
}

/** Takes a quantity into a field, or leaves the reason: an implausible spacing first, where the unit is a length. */
export function gather<T>(
  into: Gathered<T>,
  ruler: Ruler,
  field: keyof T & string,
  quantity: string,
  unit: Measurement['unit'],
  otherwise: MeasureReason,
): void {
  const outcome = lengthAllowed(ruler, unit) ? ruler.measured(quantity, unit) : undefined;
  if (outcome !== undefined) into.fields[field] = outcome as T[keyof T & string];
  else into.notMeasured[field] = lengthAllowed(ruler, unit) ? otherwise : REASONS.spacing;
}

export const lengthAllowed = (ruler: Ruler, unit: Measurement['unit']): boolean =>
  ruler.millimetresValid || (unit !== 'mm' && unit !== 'mm2');

/** Takes an outcome that was made elsewhere into a field, or its reason. */
export function gatherOutcome<T, V>(
  into: Gathered<T>,
  field: keyof T & string,
  outcome: Outcome<V>,
  make: (value: V) => T[keyof T & string],
): void {
  if ('found' in outcome) into.fields[field] = make(outcome.found);
  else into.notMeasured[field] = outcome.reason;
}

/** Patient position (LPS mm) of a place in the plane. */
export const placeInPatient = (plane: SagittalPlane, p: PlanePoint): Vec3 =>
  add(plane.originMm, add(scale(plane.uAxis, p[0]), scale(plane.vAxis, p[1])));
