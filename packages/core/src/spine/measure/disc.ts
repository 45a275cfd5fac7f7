import {
  add2,
  chordNear,
  dot2,
  midpoint2,
  normalise2,
  type Point2,
  polygonArea,
  polygonCentroid,
  principalAxes,
  scale2,
  subtract2,
} from '../../geometry/index.ts';
import type { PlanePoint, Polygon } from '../outline.ts';
import { lowerEndplate, openInFrontDeg, upperEndplate } from './body.ts';
import type { BodyShape } from './body-shape.ts';
import { type Frame, frameAlong, polygonToFrame, toFrame } from './frame.ts';
import { LOWER, profileOf, UPPER } from './side-profile.ts';

/** The space between two bodies. Lengths in the units of the outlines. */
export interface DiscSpace {
  /**
   * Between the facing anterior corners, perpendicular to the bisector of the facing endplates (Frobin et al., Clin
   * Biomech 1997; 12 Suppl 1: S1), so that a slip does not lengthen it.
   */
  readonly anterior: number;
  /** Between the facing outlines at the middle of their overlap, perpendicular to the bisector: concavity counts. */
  readonly middle: number;
  /** As `anterior`, between the posterior corners. */
  readonly posterior: number;
  /** Area between the facing endplates over the length of their overlap. */
  readonly mean: number;
  /** Between the facing endplates; positive = open in front. */
  readonly wedgeDeg: number;
}

const SAMPLES = 41;
/** Half-width of the window, in shares of the overlap, over which the middle height is averaged. */
const MIDDLE_WINDOW = 0.1;
/** Share of the overlap, between its ends, that is read from the outlines; at the ends the corners count. */
const READ = 0.84;

/** Measures the space between the body above and the body below; `undefined` where their endplates do not face each other. */
export function discSpace(above: BodyShape, below: BodyShape): DiscSpace | undefined {
  const frame = frameBetween(above, below);
  const roof = {
    front: toFrame(frame, above.corners.inferiorAnterior),
    back: toFrame(frame, above.corners.inferiorPosterior),
  };
  const floor = {
    front: toFrame(frame, below.corners.superiorAnterior),
    back: toFrame(frame, below.corners.superiorPosterior),
  };
  const from = Math.max(roof.front[0], floor.front[0]);
  const to = Math.min(roof.back[0], floor.back[0]);
  if (!(to > from)) return undefined;
  const anterior = floor.front[1] - roof.front[1];
  const posterior = floor.back[1] - roof.back[1];
  const gaps = gapsBetween(above, below, frame, from, to);
  if (gaps === undefined) return undefined;
  let [sum, total] = [0, 0];
  gaps.forEach((gap, i) => {
    const share = (i / (SAMPLES - 1) - 0.5) * READ;
    const w = Math.max(0, 1 - Math.abs(share) / MIDDLE_WINDOW);
    sum += w * gap;
    total += w;
  });
  return {
    anterior: Math.max(0, anterior),
    middle: Math.max(0, sum / total),
    posterior: Math.max(0, posterior),
    mean: Math.max(0, meanOf(gaps, anterior, posterior)),
    wedgeDeg: openInFrontDeg(lowerEndplate(above), upperEndplate(below)),
  };
}

/** Frame of a disc: along the bisector of the facing endplates, origin between the bodies. */
export function frameBetween(above: BodyShape, below: BodyShape): Frame {
  const back = normalise2(add2(lowerEndplate(above), upperEndplate(below)));
  const roof = midpoint2(above.corners.inferiorAnterior, above.corners.inferiorPosterior);
  const floor = midpoint2(below.corners.superiorAnterior, below.corners.superiorPosterior);
  return frameAlong(midpoint2(roof, floor), back);
}

function gapsBetween(above: BodyShape, below: BodyShape, frame: Frame, from: number, to: number) {
  const centre = (from + to) / 2;
  const half = ((to - from) / 2) * READ;
  const read = (outline: Polygon, side: typeof UPPER) =>
    profileOf(polygonToFrame(frame, outline), side, centre - half, centre + half, SAMPLES);
  const roof = read(above.outline, LOWER);
  const floor = read(below.outline, UPPER);
  if (roof.values.length < SAMPLES || floor.values.length < SAMPLES) return undefined;
  return floor.values.map((v, i) => v - roof.values[i]);
}

/** Trapezoid rule over the read stretch, and to the corners at either end. */
function meanOf(gaps: readonly number[], anterior: number, posterior: number): number {
  const step = READ / (gaps.length - 1);
  const rest = (1 - READ) / 2;
  let area = 0;
  for (let i = 0; i + 1 < gaps.length; i++) area += (step * (gaps[i] + gaps[i + 1])) / 2;
  area += (rest * (anterior + gaps[0])) / 2 + (rest * (posterior + gaps[gaps.length - 1])) / 2;
  return area;
}

/** What the disc's own outline says. Units of the outline, and their square. */
export interface DiscExtent {
  readonly centroid: PlanePoint;
  readonly area: number;
  /** Front to back through the centroid along the disc's own axis, mean over the middle third of its height. */
  readonly depth: number;
}

/** @param along direction from front to back, the bisector of the endplates; without it the disc's longer principal axis */
export function discExtent(outline: Polygon, along?: PlanePoint): DiscExtent | undefined {
  const centroid = polygonCentroid(outline);
  const axes = principalAxes(outline);
  if (centroid === undefined || axes === undefined) return undefined;
  const direction = along ?? (axes.long[0] < 0 ? scale2(axes.long, -1) : axes.long);
  const across: Point2 = [-direction[1], direction[0]];
  const heights = outline.map((p) => dot2(subtract2(p, centroid), across));
  const height = Math.max(...heights) - Math.min(...heights);
  const depths: number[] = [];
  for (const share of [-1 / 6, -1 / 12, 0, 1 / 12, 1 / 6]) {
    const point = add2(centroid, scale2(across, share * height));
    const chord = chordNear(outline, { point, direction });
    if (chord !== undefined) depths.push(chord[1] - chord[0]);
  }
  if (depths.length === 0) return undefined;
  return {
    centroid,
    area: polygonArea(outline),
    depth: depths.reduce((sum, d) => sum + d, 0) / depths.length,
  };
}
