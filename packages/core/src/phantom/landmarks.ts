import type { PlanePoint } from '../spine/index.ts';
import type { PlacedDisc } from './spine-shape.ts';

/** Middle of a disc: between the middles of the facing endplates, mm. */
export function middleOfDisc(disc: PlacedDisc): PlanePoint {
  const p = disc.top[Math.round((disc.top.length - 1) / 2)];
  const q = disc.bottom[Math.round((disc.bottom.length - 1) / 2)];
  return [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2];
}
