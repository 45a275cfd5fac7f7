import { SMALLEST_SLIP_MM } from '../spine/index.ts';
import type { GivenValue } from './mark.ts';

/** Importance of a result that says nothing of note; results above it count for their level. */
export const NOTHING_TO_SAY = 1;
/** A reading below this Pfirrmann grade does not stand out; as in the printed report. */
const PFIRRMANN_STANDS_OUT = 4;
/** An undecided yes-or-no grade with at least this probability deserves a look; as in the printed report. */
const UNCLEAR_PROBABILITY = 0.3;

/** Of a yes, in the order of the printed report. */
const PRESENT: Readonly<Record<string, number>> = {
  herniation: 4,
  spondylolisthesis: 4,
  narrowing: 2.5,
  bulging: 2,
  upperEndplate: 1.5,
  lowerEndplate: 1.5,
  highIntensityZone: 1.25,
};
/** Figures by how often a report names them. */
const FIGURES: Readonly<Record<string, number>> = {
  sacDiameter: 0.9,
  sacArea: 0.9,
  lordosisL1S1: 0.9,
  'heights.middle': 0.8,
  heightIndex: 0.7,
  signalRatio: 0.7,
  'posteriorProtrusion.depth': 0.7,
  heightLoss: 0.7,
};

/** Order of importance of one result, larger first. */
export function importanceOf(entry: {
  readonly field: string;
  readonly kind: string;
  readonly value?: GivenValue;
  readonly probability?: number;
  readonly abstained?: string;
  readonly uncertainty?: number;
}): number {
  const { field, kind, value, probability, abstained, uncertainty = 0 } = entry;
  if (abstained !== undefined) {
    if (abstained.startsWith('needs-')) return 0.3;
    return kind === 'flag' && (probability ?? 0) < UNCLEAR_PROBABILITY ? NOTHING_TO_SAY : 1.2;
  }
  if (kind === 'flag') return value === true ? (PRESENT[field] ?? 1.1) : 0.95;
  if (kind === 'level') return NOTHING_TO_SAY;
  if (typeof value !== 'number') return NOTHING_TO_SAY;
  switch (field) {
    case 'pfirrmann':
      return value >= PFIRRMANN_STANDS_OUT ? value - 1 : NOTHING_TO_SAY;
    case 'modic':
      return value > 0 ? 2 : 0.95;
    case 'genant':
      return value > 0 ? 2 + value : 0.6;
    case 'slip': {
      const far = Math.abs(value);
      return far >= SMALLEST_SLIP_MM && far > uncertainty ? 4 : 0.85;
    }
    default:
      return FIGURES[field] ?? 0.5;
  }
}
