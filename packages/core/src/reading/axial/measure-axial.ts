import { dot2, type Point2, perpendicular2, subtract2 } from '../../geometry/index.ts';
import {
  type AxialFinding,
  absent,
  found,
  type Measurement,
  MUSCLES,
  type Muscle,
  type MuscleFinding,
  type Outcome,
  type Polygon,
  REASONS,
} from '../../spine/index.ts';
import type { Contour, PlaneMap } from '../contours/index.ts';
import type { AxialConstants } from './constants.ts';
import { muscleFat } from './muscle-fat.ts';
import { type AxialOutline, SIDES, type Side } from './outline-axial.ts';

export interface AxialMeasureOptions {
  readonly millimetresValid: boolean;
  /** Between slice and disc. */
  readonly angleDeg: number;
  readonly constants: AxialConstants;
  /** Signal on the lattice of the outlines. */
  readonly signal: PlaneMap;
  /** 1 where a pixel of that lattice belongs to a structure that was outlined. */
  readonly structures: ArrayLike<number>;
}

export type AxialMeasurements = Pick<
  AxialFinding,
  'sacArea' | 'sacAnteroposterior' | 'sacTransverse' | 'muscles' | 'notMeasured'
>;

/** Areas and extents of one outlined axial slice; all experimental. */
export function measureAxial(outline: AxialOutline, options: AxialMeasureOptions): AxialMeasurements {
  const notMeasured: Record<string, string> = {};
  const take = <T>(field: string, outcome: Outcome<T>): T | undefined => {
    if ('found' in outcome) return outcome.found;
    notMeasured[field] = outcome.reason;
    return undefined;
  };
  const sac = whole(outline.sac);
  const sacArea = take(
    'sacArea',
    size(sac, (c) => c.areaMm2, 'mm2', 'sacArea', options),
  );
  const back = outline.midline?.direction ?? [0, 1];
  const extent = (field: string, along: Point2): Measurement | undefined =>
    take(
      field,
      size(sac, (c) => extentAlong(c.outline, along), 'mm', 'sacExtent', options),
    );
  const sacAnteroposterior = extent('sacAnteroposterior', back);
  const sacTransverse = extent('sacTransverse', perpendicular2(back));
  const muscles: Partial<Record<Muscle, MuscleFinding>> = {};
  for (const name of MUSCLES) {
    const side = (which: Side): MuscleFinding[Side] => {
      const contour = whole(outline.paired[name][which]);
      const area = take(
        `${name}.${which}.area`,
        size(contour, (c) => c.areaMm2, 'mm2', name, options),
      );
      const fat = take(`${name}.${which}.fatFraction`, fatOf(contour, options));
      return { ...(area && { area }), ...(fat && { fatFraction: fat }) };
    };
    const [right, left] = SIDES.map(side);
    const asymmetry = take(`${name}.asymmetry`, asymmetryOf(name, outline, options));
    if (asymmetry ?? right.fatFraction ?? left.fatFraction ?? right.area ?? left.area) {
      muscles[name] = { right, left, ...(asymmetry && { asymmetry }) };
    }
  }
  return {
    ...(sacArea && { sacArea }),
    ...(sacAnteroposterior && { sacAnteroposterior }),
    ...(sacTransverse && { sacTransverse }),
    muscles,
    notMeasured,
  };
}

/** A structure that was found and lies wholly in the image. */
function whole(contour: Contour | undefined): Outcome<Contour> {
  if (contour === undefined) return absent(REASONS.notSeen);
  return contour.cutByImageEdge ? absent(REASONS.cut) : found(contour);
}

function size(
  contour: Outcome<Contour>,
  measure: (contour: Contour) => number,
  unit: 'mm' | 'mm2',
  error: keyof AxialConstants['relativeUncertainty'],
  { millimetresValid, angleDeg, constants }: AxialMeasureOptions,
): Outcome<Measurement> {
  if (!('found' in contour)) return contour;
  if (!millimetresValid) return absent(REASONS.spacing);
  const value = measure(contour.found);
  // A slice that lies askew cuts what runs along the spine too large by 1 / cos; the direction of the error is known,
  // its size is not, since sac and disc need not stand at right angles.
  const askew = 1 - Math.cos((angleDeg * Math.PI) / 180);
  const relative = Math.hypot(constants.relativeUncertainty[error], askew);
  if (relative >= 1) return absent(REASONS.tooUncertain);
  const uncertainty = value * relative;
  return found({ value, unit, uncertainty, experimental: true });
}

/** Extent of a polygon along a unit direction. */
function extentAlong(polygon: Polygon, along: Point2): number {
  const places = polygon.map((p) => dot2(subtract2(p, polygon[0]), along));
  return Math.max(...places) - Math.min(...places);
}

function fatOf(contour: Outcome<Contour>, options: AxialMeasureOptions): Outcome<Measurement> {
  if (!('found' in contour)) return contour;
  const fat = muscleFat(options.signal, contour.found.outline, options.structures);
  if (fat === undefined) return absent(REASONS.noReference);
  return found({ value: fat.percent, unit: 'percent', uncertainty: fat.halfWidth, experimental: true });
}

/** A ratio: it holds without a pixel size, too. */
function asymmetryOf(
  name: Muscle,
  outline: AxialOutline,
  { constants }: AxialMeasureOptions,
): Outcome<Measurement> {
  // Both sides of one slice share most of the errors, but how much is not known: taken as independent.
  const relative = Math.SQRT2 * constants.relativeUncertainty[name];
  const [right, left] = SIDES.map((side) => whole(outline.paired[name][side]));
  if (!('found' in right)) return right;
  if (!('found' in left)) return left;
  if (relative >= 1) return absent(REASONS.tooUncertain);
  const areas = [right.found.areaMm2, left.found.areaMm2];
  const [small, large] = areas.sort((a, b) => a - b);
  return found({
    value: 100 * (1 - small / large),
    unit: 'percent',
    uncertainty: 100 * (small / large) * relative,
    experimental: true,
  });
}
