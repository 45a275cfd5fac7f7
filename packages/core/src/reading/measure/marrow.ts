import { add2, midpoint2, scale2, subtract2 } from '../../geometry/index.ts';
import {
  type BodyShape,
  directionAt,
  type Measurement,
  nearestOnAxis,
  type PlanePoint,
  type Polygon,
  type TubeAxis,
} from '../../spine/index.ts';
import type { PlaneMap } from '../contours/index.ts';
import { median, quantileError, valuesInside } from './sampling.ts';

/** Share of a body, about its middle, that is read as marrow: away from cortex, endplates and their partial volume. */
const CORE = 0.6;
const FEWEST_PIXELS = 12;

/** Quadrilateral over the central part of a body, from its corners. */
export function bodyCore(shape: BodyShape, share: number = CORE): Polygon {
  const c = shape.corners;
  const corners = [c.superiorAnterior, c.superiorPosterior, c.inferiorPosterior, c.inferiorAnterior];
  const centre = midpoint2(
    midpoint2(c.superiorAnterior, c.inferiorPosterior),
    midpoint2(c.superiorPosterior, c.inferiorAnterior),
  );
  return corners.map((p) => add2(centre, scale2(subtract2(p, centre), share)));
}

/** A level with its standard error, from pixels inside a region. */
export interface SignalLevel {
  readonly value: number;
  readonly standardError: number;
}

function levelInside(map: PlaneMap, region: Polygon): SignalLevel | undefined {
  const values = valuesInside(map, region);
  if (values.length < FEWEST_PIXELS) return undefined;
  return { value: median(values), standardError: quantileError(values, 0.5) };
}

/** Half-length along the sac and share of its width in which CSF is read on T1, where it is dark and its border bright with fat. */
const HALF_LENGTH_MM = 8;
const WIDTH_SHARE = 0.5;

/** CSF on T1 beside a body: median of the middle half of the sac's width within 8 mm along it. */
export function csfOnT1(
  map: PlaneMap,
  axis: TubeAxis,
  place: PlanePoint,
  sacWidthMm: number,
): SignalLevel | undefined {
  const index = nearestOnAxis(axis, place);
  const centre = axis.points[index];
  const down = directionAt(axis, index);
  const halfWidth = (WIDTH_SHARE * sacWidthMm) / 2;
  const across: PlanePoint = [-down[1], down[0]];
  const corner = (along: number, side: number): PlanePoint =>
    add2(centre, add2(scale2(down, along * HALF_LENGTH_MM), scale2(across, side * halfWidth)));
  return levelInside(map, [corner(-1, -1), corner(-1, 1), corner(1, 1), corner(1, -1)]);
}

/**
 * Marrow over CSF on T1: one vertebra's part of the vertebral bone quality score (Ehresman et al., Spine J 2020; 20:
 * 165: the median of L1–L4 over the CSF beside L3). It depends on field strength and bandwidth: compare within a
 * scanner only. Experimental: not held against densitometry.
 */
export function signalToSac(map: PlaneMap, shape: BodyShape, csf: SignalLevel): Measurement | undefined {
  const marrow = levelInside(map, bodyCore(shape));
  if (marrow === undefined || !(csf.value > 0)) return undefined;
  const value = marrow.value / csf.value;
  const relative = Math.hypot(
    marrow.value === 0 ? 0 : marrow.standardError / marrow.value,
    csf.standardError / csf.value,
  );
  return { value, unit: 'ratio', uncertainty: 1.96 * Math.abs(value) * relative, experimental: true };
}
