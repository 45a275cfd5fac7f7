import { distance2, dot2, normalise2, subtract2 } from '../../geometry/index.ts';
import type { PlanePoint } from '../outline.ts';
import type { SpineShapes } from './shapes.ts';

/**
 * Name of the level at a place along the spine, for landmarks in the canal: a vertebra (`L1`) where the place lies
 * beside its body, a disc (`L1/L2`) where it lies beside the space below it. Below the last body, `below S1` (or the
 * last body's label); above the first, `undefined`.
 */
export function levelAt(shapes: SpineShapes, place: PlanePoint): string | undefined {
  const bodies = [...shapes.bodies];
  let name: string | undefined;
  for (let i = 0; i < bodies.length; i++) {
    const [label, shape] = bodies[i];
    const down = normalise2(subtract2(shape.corners.inferiorPosterior, shape.corners.superiorPosterior));
    const along = dot2(subtract2(place, shape.corners.superiorPosterior), down);
    if (along < 0) return name;
    const height = distance2(shape.corners.superiorPosterior, shape.corners.inferiorPosterior);
    if (along <= height) return label;
    const next = bodies[i + 1];
    name = next === undefined ? `below ${label}` : `${label}/${next[0]}`;
  }
  return name;
}
