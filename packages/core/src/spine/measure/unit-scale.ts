import { polygonArea, scale2, simplifyPolygon } from '../../geometry/index.ts';
import type { Polygon, SpineOutline } from '../outline.ts';
import { medianOf } from './robust-curve.ts';

/** √area of a lumbar body in the mid-sagittal plane, mm (about 28 mm high and 33 mm deep). */
const BODY_SIZE_MM = 30;

/**
 * An outline whose units are unknown, brought to roughly millimetres by the size of its bodies, so that the lengths
 * inside the methods (steps, correlation of noise) fit. Only ratios and angles of it may be reported. The plane's
 * origin and axes stay: places are not to be taken from the result.
 */
export function inBodyUnits(outline: SpineOutline): SpineOutline {
  const sizes = outline.bodies.map((b) => Math.sqrt(polygonArea(b.outline))).filter((s) => s > 0);
  if (sizes.length === 0) return outline;
  const factor = BODY_SIZE_MM / medianOf(sizes);
  const scaled = mapOutlines(outline, (polygon) => polygon.map((p) => scale2(p, factor)));
  return { ...scaled, pixelMm: outline.pixelMm * factor };
}

/** Outlines are thinned to this tolerance, mm: far below any border's own uncertainty, and measuring repeats dozens of times. */
const TOLERANCE_MM = 0.02;

export const thinned = (outline: SpineOutline): SpineOutline =>
  mapOutlines(outline, (polygon) => simplifyPolygon(polygon, TOLERANCE_MM));

function mapOutlines(outline: SpineOutline, map: (polygon: Polygon) => Polygon): SpineOutline {
  return {
    ...outline,
    bodies: outline.bodies.map((b) => ({ ...b, outline: map(b.outline) })),
    discs: outline.discs.map((d) => ({ ...d, outline: map(d.outline) })),
    ...(outline.sac === undefined ? {} : { sac: map(outline.sac) }),
    ...(outline.canal === undefined ? {} : { canal: map(outline.canal) }),
    ...(outline.cord === undefined ? {} : { cord: map(outline.cord) }),
  };
}
