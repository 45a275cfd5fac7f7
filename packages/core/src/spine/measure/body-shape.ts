import {
  add2,
  distance2,
  extremalCorners,
  normalise2,
  type Point2,
  polygonArea,
  polygonCentroid,
  type Quadrilateral,
  subtract2,
} from '../../geometry/index.ts';
import type { PlanePoint, Polygon } from '../outline.ts';
import { type Frame, frameAlong, fromFrame, polygonToFrame, toFrame } from './frame.ts';
import { type SideCurve, sideCurve } from './side-curve.ts';
import { BACK, FRONT, LOWER, UPPER } from './side-profile.ts';

/** The four corners of a vertebral body in its sagittal plane. */
export interface BodyCorners {
  readonly superiorAnterior: PlanePoint;
  readonly superiorPosterior: PlanePoint;
  readonly inferiorAnterior: PlanePoint;
  readonly inferiorPosterior: PlanePoint;
}

/** A vertebral body read as four sides and four corners; everything measured on it follows from these. */
export interface BodyShape {
  readonly outline: Polygon;
  readonly centroid: PlanePoint;
  readonly corners: BodyCorners;
  /** Midpoints of the endplates on the outline itself: concavity counts. */
  readonly superiorMiddle: PlanePoint;
  readonly inferiorMiddle: PlanePoint;
  /** Points of the front and back wall at mid-height. */
  readonly anteriorMiddle: PlanePoint;
  readonly posteriorMiddle: PlanePoint;
}

/** What the frame of a body follows: both endplates, or the upper alone (sacrum, whose lower end is no endplate). */
export type Endplates = 'both' | 'upper';

/**
 * Reads a body's sides and corners.
 *
 * Corner = where the chord of an endplate (rim to rim) meets the chord of a wall, both fitted without the outline's
 * ends (see `sideCurve`): the corner that the outline would have without rounding by anatomy or blur and without
 * osteophytes. The fit starts from the extremal points of the outline along the diagonals of the body's own axes and
 * is repeated in the frame of the endplates it found.
 *
 * @param down rough direction to the feet along the spine, from neighbouring centroids
 * @returns `undefined` for an outline that has no four readable sides
 */
export function bodyShape(
  outline: Polygon,
  down: PlanePoint,
  endplates: Endplates = 'both',
): BodyShape | undefined {
  const centroid = polygonCentroid(outline);
  if (centroid === undefined || outline.length < 4 || polygonArea(outline) <= 0) return undefined;
  let back = normalise2([down[1], -down[0]]);
  for (let round = 0; round < 3; round++) {
    const rough = extremalCorners(outline, back);
    if (rough === undefined) return undefined;
    const upper = subtract2(rough.farLow, rough.nearLow);
    const lower = subtract2(rough.farHigh, rough.nearHigh);
    const turned =
      endplates === 'upper' ? normalise2(upper) : normalise2([upper[0] + lower[0], upper[1] + lower[1]]);
    if (turned[0] === 0 && turned[1] === 0) return undefined;
    back = turned;
  }
  // The second round stands in the frame of the endplates that the first one found, and samples between its corners,
  // which lie further out than the extremal points of a rounded outline.
  let frame = frameAlong(centroid, back);
  let local = polygonToFrame(frame, outline);
  const rough = extremalCorners(local, [1, 0]);
  if (rough === undefined) return undefined;
  const first = fitSides(local, rough);
  if (first === undefined || !plausible(first.quad, rough)) return undefined;
  const found = mapQuad(first.quad, (p) => fromFrame(frame, p));
  const upper = normalise2(subtract2(found.farLow, found.nearLow));
  const lower = normalise2(subtract2(found.farHigh, found.nearHigh));
  back = endplates === 'upper' ? upper : normalise2(add2(upper, lower));
  frame = frameAlong(centroid, back);
  local = polygonToFrame(frame, outline);
  const start = mapQuad(found, (p) => toFrame(frame, p));
  const second = fitSides(local, start);
  if (second === undefined || !plausible(second.quad, start)) return undefined;
  return { outline, centroid, ...pointsOf(second, frame) };
}

function mapQuad(quad: Quadrilateral, map: (p: Point2) => Point2): Quadrilateral {
  return {
    nearLow: map(quad.nearLow),
    farLow: map(quad.farLow),
    farHigh: map(quad.farHigh),
    nearHigh: map(quad.nearHigh),
  };
}

interface Sides {
  readonly upper: SideCurve;
  readonly lower: SideCurve;
  readonly front: SideCurve;
  readonly back: SideCurve;
  /** Where they meet. */
  readonly quad: Quadrilateral;
}

/** Fits the four sides between four rough corners, and meets them. */
function fitSides(local: readonly Point2[], rough: Quadrilateral): Sides | undefined {
  const upper = sideCurve(local, UPPER, rough.nearLow[0], rough.farLow[0]);
  const lower = sideCurve(local, LOWER, rough.nearHigh[0], rough.farHigh[0]);
  const front = sideCurve(local, FRONT, rough.nearLow[1], rough.nearHigh[1]);
  const back = sideCurve(local, BACK, rough.farLow[1], rough.farHigh[1]);
  if (upper === undefined || lower === undefined || front === undefined || back === undefined)
    return undefined;
  const quad = {
    nearLow: meet(upper, front, rough.nearLow),
    farLow: meet(upper, back, rough.farLow),
    farHigh: meet(lower, back, rough.farHigh),
    nearHigh: meet(lower, front, rough.nearHigh),
  };
  return { upper, lower, front, back, quad };
}

/** Where the chords of an endplate (y of x) and a wall (x of y) meet: they nearly cross at right angles, so substitution converges at once. */
function meet(plate: SideCurve, wall: SideCurve, start: Point2): Point2 {
  let [x, y] = start;
  for (let i = 0; i < 3; i++) {
    y = plate.chordAt(x);
    x = wall.chordAt(y);
  }
  return [x, y];
}

function pointsOf({ upper, lower, front, back, quad }: Sides, frame: Frame) {
  const upperX = (quad.nearLow[0] + quad.farLow[0]) / 2;
  const lowerX = (quad.nearHigh[0] + quad.farHigh[0]) / 2;
  const frontY = (quad.nearLow[1] + quad.nearHigh[1]) / 2;
  const backY = (quad.farLow[1] + quad.farHigh[1]) / 2;
  return {
    corners: {
      superiorAnterior: fromFrame(frame, quad.nearLow),
      superiorPosterior: fromFrame(frame, quad.farLow),
      inferiorAnterior: fromFrame(frame, quad.nearHigh),
      inferiorPosterior: fromFrame(frame, quad.farHigh),
    },
    superiorMiddle: fromFrame(frame, [upperX, upper.at(upperX)]),
    inferiorMiddle: fromFrame(frame, [lowerX, lower.at(lowerX)]),
    anteriorMiddle: fromFrame(frame, [front.at(frontY), frontY]),
    posteriorMiddle: fromFrame(frame, [back.at(backY), backY]),
  };
}

/** A corner that left its rough place by more than a quarter of the depth is a failed fit, not a corner. */
function plausible(quad: Quadrilateral, rough: Quadrilateral): boolean {
  const depth = distance2(rough.nearLow, rough.farLow);
  const names = ['nearLow', 'farLow', 'farHigh', 'nearHigh'] as const;
  return names.every((name) => distance2(quad[name], rough[name]) < depth / 4);
}
