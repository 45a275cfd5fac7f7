import { angleDeg } from './plane.ts';
import { cross, length, normalise, type Vec3 } from './vec3.ts';

export type AnatomicalPlane = 'sagittal' | 'coronal' | 'axial';

/** The anatomical plane that a slice is nearest to, and by how much it leaves it. */
export interface PlaneOrientation {
  readonly plane: AnatomicalPlane;
  /** Angle between the slice and the anatomical plane, 0 to about 54.7° (equally far from all three). */
  readonly obliquityDeg: number;
}

const PLANES: readonly AnatomicalPlane[] = ['sagittal', 'coronal', 'axial'];

/** Class of a slice by its normal (LPS, any length): nearest to left-right is sagittal, to front-back coronal, to head-foot axial. */
export function classifyNormal(normal: Vec3): PlaneOrientation {
  const n = normalise(normal);
  let axis = 0;
  for (let a = 1; a < 3; a++) if (Math.abs(n[a]) > Math.abs(n[axis])) axis = a;
  const unit: Vec3 = [axis === 0 ? 1 : 0, axis === 1 ? 1 : 0, axis === 2 ? 1 : 0];
  const angle = angleDeg(n, unit);
  return { plane: PLANES[axis], obliquityDeg: Math.min(angle, 180 - angle) };
}

/** Cosines may leave perpendicular by this much (rounded decimal strings) before they are called malformed. */
const PERPENDICULAR_TOLERANCE = 0.01;
const UNIT_TOLERANCE = 0.05;

/**
 * Unit row and column directions and the slice normal from the six values of ImageOrientationPatient
 * (PS3.3 C.7.6.2.1.1), made exactly orthonormal. `undefined` where the values are absent, not finite, not of unit
 * length or not perpendicular.
 */
export function readOrientation(cosines: readonly number[] | undefined): [Vec3, Vec3, Vec3] | undefined {
  if (cosines?.length !== 6 || !cosines.every(Number.isFinite)) return undefined;
  const row: Vec3 = [cosines[0], cosines[1], cosines[2]];
  const column: Vec3 = [cosines[3], cosines[4], cosines[5]];
  if (Math.abs(length(row) - 1) > UNIT_TOLERANCE || Math.abs(length(column) - 1) > UNIT_TOLERANCE)
    return undefined;
  const i = normalise(row);
  const normal = cross(i, normalise(column));
  if (length(normal) < 1 - PERPENDICULAR_TOLERANCE) return undefined;
  const k = normalise(normal);
  return [i, cross(k, i), k];
}
