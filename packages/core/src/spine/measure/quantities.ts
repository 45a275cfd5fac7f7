import { dot2, type Vec3 } from '../../geometry/index.ts';
import type { VertebraLabel } from '../levels.ts';
import type { PlanePoint, SagittalPlane, SpineOutline } from '../outline.ts';
import { bodySize, heightLossPercent, openInFrontDeg, upperEndplate } from './body.ts';
import { discExtent, discSpace, frameBetween } from './disc.ts';
import { posteriorProtrusion } from './protrusion.ts';
import { tubeAxis, tubeDiameter } from './sac.ts';
import {
  backOfLevel,
  facingBodies,
  levelsOf,
  neighboursOf,
  type SpineShapes,
  spineShapes,
} from './shapes.ts';
import { slipBetween } from './slip.ts';

/**
 * Everything measured in one pass, as plain numbers by name (`L4 depth`, `L4/L5 wedge`, `lordosis L1-S1`). Lengths and
 * areas in the units of the outline, angles in degrees. A quantity that could not be made is missing. One flat list,
 * because uncertainty is the spread of these numbers over repeated outlines (see `uncertainty.ts`).
 */
export type Quantities = ReadonlyMap<string, number>;

export function quantitiesOf(outline: SpineOutline): Quantities {
  const shapes = spineShapes(outline);
  const out = new Map<string, number>();
  measureBodies(shapes, out);
  measureDiscs(shapes, out);
  measureCanal(shapes, out);
  measureAlignment(shapes, out);
  return out;
}

function measureBodies(shapes: SpineShapes, out: Map<string, number>): void {
  for (const [label, shape] of shapes.bodies) {
    const size = bodySize(shape);
    // The sacrum's lower end is no endplate: only its upper one is measured.
    out.set(`${label} endplate`, size.upperEndplate);
    if (label === 'S1') continue;
    out.set(`${label} anterior`, size.anterior);
    out.set(`${label} middle`, size.middle);
    out.set(`${label} posterior`, size.posterior);
    out.set(`${label} depth`, size.depth);
    out.set(`${label} wedge`, size.wedgeDeg);
    out.set(`${label} loss`, heightLossPercent(size));
  }
}

function measureDiscs(shapes: SpineShapes, out: Map<string, number>): void {
  for (const level of levelsOf(shapes.outline)) {
    const facing = facingBodies(shapes, level);
    const disc = shapes.outline.discs.find((d) => d.label === level);
    const space = facing === undefined ? undefined : discSpace(facing.above, facing.below);
    if (space !== undefined) {
      out.set(`${level} anterior`, space.anterior);
      out.set(`${level} middle`, space.middle);
      out.set(`${level} posterior`, space.posterior);
      out.set(`${level} mean`, space.mean);
      out.set(`${level} wedge`, space.wedgeDeg);
      const [above, below] = neighboursOf(level).map((label) => depthForIndex(out, label));
      if (above !== undefined && below !== undefined) {
        out.set(`${level} index`, space.mean / ((above + below) / 2));
      }
    }
    if (disc === undefined || disc.cutByImageEdge === true) continue;
    const along = facing === undefined ? undefined : frameBetween(facing.above, facing.below).back;
    const extent = discExtent(disc.outline, along);
    if (extent !== undefined) {
      out.set(`${level} area`, extent.area);
      out.set(`${level} depth`, extent.depth);
    }
    if (facing !== undefined) {
      const beyond = posteriorProtrusion(
        disc.outline,
        facing.above.corners.inferiorPosterior,
        facing.below.corners.superiorPosterior,
      );
      out.set(`${level} protrusion`, beyond.depth);
      if (beyond.baseWidth !== undefined) out.set(`${level} base`, beyond.baseWidth);
    }
  }
}

/** Depth at mid-height; of the sacrum the length of its upper endplate. */
const depthForIndex = (out: Map<string, number>, label: VertebraLabel): number | undefined =>
  out.get(label === 'S1' ? 'S1 endplate' : `${label} depth`);

function measureCanal(shapes: SpineShapes, out: Map<string, number>): void {
  const { sac, canal } = shapes.outline;
  const canalAxis = canal === undefined ? undefined : tubeAxis(canal);
  for (const level of levelsOf(shapes.outline)) {
    const place = backOfLevel(shapes, level);
    const sacWidth =
      sac === undefined || shapes.sacAxis === undefined || place === undefined
        ? undefined
        : tubeDiameter(sac, shapes.sacAxis, place);
    if (sacWidth !== undefined) out.set(`${level} sac`, sacWidth);
    const above = shapes.bodies.get(neighboursOf(level)[0]);
    const canalWidth =
      canal === undefined || canalAxis === undefined || above === undefined
        ? undefined
        : tubeDiameter(canal, canalAxis, above.posteriorMiddle);
    if (canalWidth !== undefined) out.set(`${level} canal`, canalWidth);
    if (sacWidth !== undefined && canalWidth !== undefined && canalWidth > 0) {
      out.set(`${level} sac/canal`, sacWidth / canalWidth);
    }
  }
}

function measureAlignment(shapes: SpineShapes, out: Map<string, number>): void {
  const sacrum = shapes.bodies.get('S1');
  for (const from of ['L1', 'L4'] as const) {
    const top = shapes.bodies.get(from);
    if (top === undefined || sacrum === undefined) continue;
    out.set(`lordosis ${from}-S1`, openInFrontDeg(upperEndplate(top), upperEndplate(sacrum)));
  }
  if (sacrum !== undefined) {
    const slope = sacralSlopeDeg(upperEndplate(sacrum), shapes.outline.plane);
    if (slope !== undefined) out.set('sacral slope', slope);
  }
  for (const level of levelsOf(shapes.outline)) {
    const facing = facingBodies(shapes, level);
    if (facing === undefined) continue;
    out.set(`${level} segment`, openInFrontDeg(upperEndplate(facing.above), upperEndplate(facing.below)));
    const { slip, percent } = slipBetween(facing.above, facing.below);
    out.set(`${level} slip`, slip);
    out.set(`${level} slip%`, percent);
  }
}

const HEAD: Vec3 = [0, 0, 1];

/**
 * Angle of an endplate (front to back) against the trace of the scanner's transverse plane in the sagittal plane,
 * degrees; positive where it slopes down to the front. Patients lie supine: this is not the standing sacral slope.
 * `undefined` where the plane is itself transverse.
 */
export function sacralSlopeDeg(endplate: PlanePoint, plane: SagittalPlane): number | undefined {
  const headward: PlanePoint = [
    plane.uAxis.reduce((sum, c, i) => sum + c * HEAD[i], 0),
    plane.vAxis.reduce((sum, c, i) => sum + c * HEAD[i], 0),
  ];
  const size = Math.hypot(headward[0], headward[1]);
  if (size < 0.1) return undefined;
  const level: PlanePoint = [-headward[1] / size, headward[0] / size];
  return (Math.atan2(dot2(endplate, headward) / size, dot2(endplate, level)) * 180) / Math.PI;
}
