/**
 * Half-width of the 95 % interval of what a person measures on an image.
 *
 * Model. Every point that is set errs in the plane, independently in both directions, with the variance
 *
 *   σ² = s²/12 + (t · tan 10°)²/12 + p²
 *
 * s: the pixel's size; where in the pixel a border lies is not known (uniform, JCGM 100:2008, 4.3.7).
 * t: the slice's thickness; a border that runs obliquely through the slice is smeared over t · tan of its slope, and is
 *    set anywhere in it. 10° stands for the slopes of endplates and of the canal's walls in slices that are set well.
 * p: the hand, 0.5 mm: what `core/spine` takes for outlines (`OUTLINE_NOISE`).
 *
 * The slope and the hand are assumptions of this project, not results of a study with readers. The errors pass into
 * the value by its derivatives (JCGM 100:2008, 5.1.2), and 1.96 standard deviations are the half-width (6.2). A drawn
 * border errs together over 2 mm, and a fifth of its variance over all of it, as in `OUTLINE_NOISE`. What the plane
 * itself has to do with it (a slice beside the middle, or tilted) is not in it.
 */
import { cross, distance, length, normalise, subtract, type Vec3 } from '@promontory/core/geometry';
import type { MeasuringTool } from '@promontory/core/review';
import { OUTLINE_NOISE } from '@promontory/core/spine';
import { halfAxesMm } from './value.ts';

/** Of the image that is measured on. */
export interface Sharpness {
  /** In-plane size of a pixel, the larger side, mm. */
  readonly pixelMm: number;
  readonly thicknessMm: number;
}

const COVERAGE = 1.96;
const SLOPE = Math.tan((10 * Math.PI) / 180);
const DEGREES = 180 / Math.PI;

/** Standard deviation of one coordinate of one point, mm. */
export const pointSigmaMm = ({ pixelMm, thicknessMm }: Sharpness): number =>
  Math.sqrt((pixelMm ** 2 + (thicknessMm * SLOPE) ** 2) / 12 + OUTLINE_NOISE.sigmaMm ** 2);

/** In the unit of the tool. `points` are such that `measuredValue` gives a value. */
export function halfWidth95(tool: MeasuringTool, points: readonly Vec3[], image: Sharpness): number {
  return COVERAGE * pointSigmaMm(image) * sensitivity(tool, points);
}

/** Standard deviation of the value over that of a coordinate. */
function sensitivity(tool: MeasuringTool, points: readonly Vec3[]): number {
  const [a, b, c, d] = points;
  switch (tool) {
    case 'length':
    case 'canal-diameter':
      return Math.SQRT2;
    case 'angle': {
      const [u, v] = [distance(a, b), distance(b, c)];
      return DEGREES * Math.sqrt(1 / u ** 2 + 1 / v ** 2 + (distance(a, c) / (u * v)) ** 2);
    }
    case 'cobb':
      return DEGREES * Math.sqrt(2 / distance(a, b) ** 2 + 2 / distance(c, d) ** 2);
    case 'slip': {
      const endplate = normalise(subtract(a, b));
      const across = length(cross(subtract(c, b), endplate)) / distance(a, b);
      return Math.sqrt(2 + 2 * across ** 2);
    }
    case 'ellipse':
      return borderSensitivity(ellipsePerimeterMm(halfAxesMm(points)));
    case 'area':
      return borderSensitivity(perimeterMm(points));
  }
}

/** An area changes by the border's length times how far it moves; places further apart than the correlation average out. */
function borderSensitivity(perimeter: number): number {
  const { commonShare, correlationMm } = OUTLINE_NOISE;
  return Math.sqrt(commonShare * perimeter ** 2 + (1 - commonShare) * perimeter * correlationMm);
}

const perimeterMm = (points: readonly Vec3[]): number =>
  points.reduce((sum, p, k) => sum + distance(p, points[(k + 1) % points.length]), 0);

/** Ramanujan's second approximation; better than 10⁻⁴ for any ellipse that is drawn. */
export function ellipsePerimeterMm([p, q]: readonly [number, number]): number {
  const h = p + q === 0 ? 0 : ((p - q) / (p + q)) ** 2;
  return Math.PI * (p + q) * (1 + (3 * h) / (10 + Math.sqrt(4 - 3 * h)));
}
