import type { PlanePoint } from '../spine/index.ts';
import { clamp } from './arithmetic.ts';

/*
 * Lateral extent: how a mid-sagittal outline looks in a plane `x` mm beside the middle of its body. Across, bodies are
 * superellipses; the waist is narrower than the endplates, the back wall hollow in the middle (kidney shape).
 */

/** Share of the depth that is left at relative distance `q` = |x| ÷ half width; blend of exponents 2 and 4, roots only. */
export function lateralShare(q: number): number {
  if (q >= 1) return 0;
  const qq = q * q;
  return 0.6 * Math.sqrt(1 - qq) + 0.4 * Math.sqrt(Math.sqrt(1 - qq * qq));
}

export interface LateralFrame {
  readonly centre: PlanePoint;
  readonly backward: PlanePoint;
  readonly headward: PlanePoint;
  readonly halfWidthMm: number;
  /** Half the height over which the waist narrows; 0 = no waist. */
  readonly halfHeightMm: number;
}

/** The outline as it is `x` mm to the side; empty where the body has ended. */
export function sectionAt(outline: readonly PlanePoint[], frame: LateralFrame, x: number): PlanePoint[] {
  const ax = x < 0 ? -x : x;
  if (ax < 0.01) return outline as PlanePoint[];
  if (ax >= frame.halfWidthMm) return [];
  const { centre, backward, headward } = frame;
  const out: PlanePoint[] = [];
  for (const p of outline) {
    const du = p[0] - centre[0];
    const dv = p[1] - centre[1];
    const depth = du * backward[0] + dv * backward[1];
    const height = du * headward[0] + dv * headward[1];
    const h = frame.halfHeightMm > 0 ? clamp(height / frame.halfHeightMm, -1, 1) : 1;
    const half = frame.halfWidthMm * (0.88 + 0.12 * h * h);
    const q = Math.min(1, ax / half);
    const share = lateralShare(q);
    const qq = q * q;
    // Towards the pedicles the back wall comes 5 % further back before it turns forward.
    const scaled = depth * (depth > 0 ? share + 0.5 * qq * (1 - qq) * 0.55 : share);
    out.push([
      centre[0] + backward[0] * scaled + headward[0] * height,
      centre[1] + backward[1] * scaled + headward[1] * height,
    ]);
  }
  return out;
}
