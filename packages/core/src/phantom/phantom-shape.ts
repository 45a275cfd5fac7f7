import type { Vec3 } from '../geometry/index.ts';
import type { PlanePoint } from '../spine/index.ts';
import type { Anatomy } from './anatomy.ts';
import { bump } from './arithmetic.ts';
import { type CanalShape, canalShape } from './canal-shape.ts';
import { type LevelTissues, levelTissues } from './level-tissue.ts';
import { type Root, roots } from './roots.ts';
import { type SoftShape, softShape } from './soft-shape.ts';
import { type SpineShape, spineShape } from './spine-shape.ts';

/** Everything that is drawn, derived once from the anatomy. */
export interface PhantomShape {
  readonly anatomy: Anatomy;
  readonly spine: SpineShape;
  readonly canal: CanalShape;
  readonly soft: SoftShape;
  readonly roots: readonly Root[];
  readonly tissues: LevelTissues;
  /** The point of the middle plane that lies in the isocentre of the scanner: middle of the lumbar spine. */
  readonly isocentre: PlanePoint;
}

/** Frame of the phantom (x left, u backwards, v towards the feet) to patient coordinates, LPS mm. */
export function toPatientMm(shape: PhantomShape, x: number, [u, v]: PlanePoint): Vec3 {
  return [x, u - shape.isocentre[0], shape.isocentre[1] - v];
}

export function phantomShape(anatomy: Anatomy): PhantomShape {
  const spine = spineShape(anatomy);
  const canal = canalShape(anatomy, spine);
  return {
    anatomy,
    spine,
    canal,
    soft: softShape(anatomy, spine, canal),
    roots: roots(anatomy, canal),
    tissues: levelTissues(anatomy),
    isocentre: spine.bodies[Math.floor(anatomy.lumbarCount / 2)].centre,
  };
}

/** Sideways displacement of the spine at height `v`, mm: a single lumbar curve with its apex near L2/3. */
export function sidewaysMm(anatomy: Anatomy, v: number): number {
  return anatomy.scoliosisMm === 0 ? 0 : anatomy.scoliosisMm * bump((v + 95) / 150);
}
