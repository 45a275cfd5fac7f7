import { boundsOf, midpoint2, polygonCentroid } from '../../geometry/index.ts';
import type { DiscLabel, VertebraLabel } from '../levels.ts';
import type { PlanePoint, SpineOutline } from '../outline.ts';
import { type BodyShape, bodyShape } from './body-shape.ts';
import { type TubeAxis, tubeAxis } from './sac.ts';

/** The outlines read as shapes: what every measurement starts from. */
export interface SpineShapes {
  readonly outline: SpineOutline;
  /** Bodies that could be read and are not cut by the image's edge. */
  readonly bodies: ReadonlyMap<VertebraLabel, BodyShape>;
  readonly sacAxis?: TubeAxis;
}

export function spineShapes(outline: SpineOutline): SpineShapes {
  const bodies = new Map<VertebraLabel, BodyShape>();
  const centres = outline.bodies.map((b) => polygonCentroid(b.outline));
  outline.bodies.forEach((body, i) => {
    if (body.cutByImageEdge === true) return;
    const down = directionOfSpine(centres, i);
    const shape = bodyShape(body.outline, down, body.label === 'S1' ? 'upper' : 'both');
    if (shape !== undefined) bodies.set(body.label, shape);
  });
  const sacAxis = outline.sac === undefined ? undefined : tubeAxis(outline.sac);
  return { outline, bodies, ...(sacAxis === undefined ? {} : { sacAxis }) };
}

/** From the body above to the body below; straight down for a single body. */
function directionOfSpine(centres: readonly (PlanePoint | undefined)[], i: number): PlanePoint {
  const above = centres[i - 1] ?? centres[i];
  const below = centres[i + 1] ?? centres[i];
  if (above === undefined || below === undefined || above === below) return [0, 1];
  return [below[0] - above[0], below[1] - above[1]];
}

/** `L4/L5` → `['L4', 'L5']`. */
export function neighboursOf(disc: DiscLabel): readonly [VertebraLabel, VertebraLabel] {
  const [above, below] = disc.split('/');
  return [above as VertebraLabel, below as VertebraLabel];
}

/** The shapes above and below a disc, where both could be read. */
export function facingBodies(
  shapes: SpineShapes,
  disc: DiscLabel,
): { above: BodyShape; below: BodyShape } | undefined {
  const [upper, lower] = neighboursOf(disc);
  const above = shapes.bodies.get(upper);
  const below = shapes.bodies.get(lower);
  return above === undefined || below === undefined ? undefined : { above, below };
}

/** Every pair of neighbouring bodies as a disc's label, head to feet, whether or not the disc itself is outlined. */
export function levelsOf(outline: SpineOutline): DiscLabel[] {
  const levels: DiscLabel[] = [];
  for (let i = 0; i + 1 < outline.bodies.length; i++) {
    levels.push(`${outline.bodies[i].label}/${outline.bodies[i + 1].label}`);
  }
  for (const disc of outline.discs) if (!levels.includes(disc.label)) levels.push(disc.label);
  const depth = (label: DiscLabel): number => {
    const [above] = neighboursOf(label);
    const i = outline.bodies.findIndex((b) => b.label === above);
    if (i >= 0) return i;
    const [, below] = neighboursOf(label);
    const j = outline.bodies.findIndex((b) => b.label === below);
    return j >= 0 ? j - 1 : Number.POSITIVE_INFINITY;
  };
  return levels.sort((a, b) => depth(a) - depth(b));
}

/** Where a disc meets the canal: midway between the posterior corners of its neighbours, else the back of the disc itself. */
export function backOfLevel(shapes: SpineShapes, level: DiscLabel): PlanePoint | undefined {
  const facing = facingBodies(shapes, level);
  if (facing !== undefined) {
    return midpoint2(facing.above.corners.inferiorPosterior, facing.below.corners.superiorPosterior);
  }
  const disc = shapes.outline.discs.find((d) => d.label === level);
  const centre = disc === undefined ? undefined : polygonCentroid(disc.outline);
  const bounds = disc === undefined ? undefined : boundsOf(disc.outline);
  return centre === undefined || bounds === undefined ? undefined : [bounds.max[0], centre[1]];
}
