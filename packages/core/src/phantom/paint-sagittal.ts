import { paintBodies } from './paint-body.ts';
import { paintCanal } from './paint-canal.ts';
import { paintDiscs } from './paint-disc.ts';
import { paintPosterior } from './paint-posterior.ts';
import { paintSacrum } from './paint-sacrum.ts';
import { paintBlobs, paintFront, paintTrunk } from './paint-soft.ts';
import type { PhantomShape } from './phantom-shape.ts';
import type { Target } from './raster.ts';

/**
 * Paints the sagittal section `x` mm to the left of the middle plane into `target`, painter's order: trunk, belly, back,
 * canal, posterior elements, discs, bodies.
 */
export function paintSagittal(shape: PhantomShape, x: number, target: Target): void {
  paintTrunk(shape, x, target);
  paintBlobs(shape, x, target);
  paintFront(shape, x, target);
  paintPosterior(shape, x, target);
  paintCanal(shape, x, target);
  paintDiscs(shape, x, target);
  paintBodies(shape, x, target);
  paintSacrum(shape, x, target);
}
