import { polygonCentroid } from '../../geometry/index.ts';
import type { DiscFinding } from '../findings.ts';
import { type DiscLabel, discValue } from '../levels.ts';
import type { SpineOutline } from '../outline.ts';
import { absent, type MeasureReason, REASONS } from './reason.ts';
import { type Gathered, gather, gatherOutcome, lengthAllowed, placeInPatient, type Ruler } from './ruler.ts';
import { neighboursOf } from './shapes.ts';
import type { SpineSignals } from './signals.ts';

type Disc = Omit<DiscFinding, 'grades'>;

export function discFinding(
  outline: SpineOutline,
  label: DiscLabel,
  ruler: Ruler,
  signals: SpineSignals | undefined,
): Disc {
  const disc = outline.discs.find((d) => d.label === label)!;
  const ownReason: MeasureReason = disc.cutByImageEdge ? REASONS.cut : REASONS.notReadable;
  const spaceReason = reasonForSpace(outline, label);
  const heights: Gathered<Disc['heights']> = { fields: {}, notMeasured: {} };
  for (const part of ['anterior', 'middle', 'posterior'] as const) {
    gather(heights, ruler, part, `${label} ${part}`, 'mm', spaceReason);
  }
  const rest: Gathered<Disc> = { fields: {}, notMeasured: {} };
  for (const [part, why] of Object.entries(heights.notMeasured)) rest.notMeasured[`heights.${part}`] = why;
  gather(rest, ruler, 'heightIndex', `${label} index`, 'ratio', spaceReason);
  gather(rest, ruler, 'wedgeAngle', `${label} wedge`, 'deg', spaceReason);
  gather(rest, ruler, 'depth', `${label} depth`, 'mm', ownReason);
  gather(rest, ruler, 'area', `${label} area`, 'mm2', ownReason);
  protrusion(rest, ruler, label, disc.cutByImageEdge ? REASONS.cut : spaceReason);
  const own = signals?.discs.get(label);
  const without = absent(signals ? REASONS.notSeen : REASONS.needsT2);
  gatherOutcome(rest, 'signalRatio', own?.signalRatio ?? without, (m) => m);
  gatherOutcome(rest, 'highIntensityZone', own?.highIntensityZone ?? without, (present) => ({
    present,
    experimental: true as const,
  }));
  return {
    label,
    segmentationValue: discValue(label),
    centroidMm: [...placeInPatient(outline.plane, polygonCentroid(disc.outline)!)],
    ...rest.fields,
    heights: heights.fields,
    notMeasured: rest.notMeasured,
  };
}

/** Why the space between two bodies could not be measured. */
export function reasonForSpace(outline: SpineOutline, label: DiscLabel): MeasureReason {
  const [above, below] = neighboursOf(label).map((v) => outline.bodies.find((b) => b.label === v));
  if (above === undefined || below === undefined) return REASONS.notSeen;
  return above.cutByImageEdge || below.cutByImageEdge ? REASONS.cut : REASONS.notReadable;
}

function protrusion(rest: Gathered<Disc>, ruler: Ruler, label: DiscLabel, reason: MeasureReason): void {
  if (!lengthAllowed(ruler, 'mm')) {
    rest.notMeasured.posteriorProtrusion = REASONS.spacing;
    return;
  }
  const depth = ruler.measured(`${label} protrusion`, 'mm');
  if (depth === undefined) {
    rest.notMeasured.posteriorProtrusion = reason;
    return;
  }
  const baseWidth = ruler.measured(`${label} base`, 'mm');
  // A base is that of something: below its own uncertainty there is nothing to stand on it.
  const hasBase = baseWidth !== undefined && depth.value > depth.uncertainty;
  rest.fields.posteriorProtrusion = hasBase ? { depth, baseWidth } : { depth };
}
