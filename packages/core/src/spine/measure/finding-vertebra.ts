import { polygonCentroid } from '../../geometry/index.ts';
import type { VertebraFinding } from '../findings.ts';
import { VERTEBRA_VALUE, type VertebraLabel } from '../levels.ts';
import type { SpineOutline } from '../outline.ts';
import { genantGrade } from './genant.ts';
import { absent, type MeasureReason, REASONS } from './reason.ts';
import { type Gathered, gather, gatherOutcome, placeInPatient, type Ruler } from './ruler.ts';
import type { SpineSignals } from './signals.ts';

type Heights = VertebraFinding['heights'];

export function vertebraFinding(
  outline: SpineOutline,
  label: VertebraLabel,
  ruler: Ruler,
  signals: SpineSignals | undefined,
): VertebraFinding {
  const body = outline.bodies.find((b) => b.label === label)!;
  const reason: MeasureReason =
    label === 'S1' ? REASONS.notApplicable : body.cutByImageEdge ? REASONS.cut : REASONS.notReadable;
  const heights: Gathered<Heights> = { fields: {}, notMeasured: {} };
  for (const part of ['anterior', 'middle', 'posterior'] as const) {
    gather(heights, ruler, part, `${label} ${part}`, 'mm', reason);
  }
  const rest: Gathered<VertebraFinding> = { fields: {}, notMeasured: {} };
  for (const [part, why] of Object.entries(heights.notMeasured)) rest.notMeasured[`heights.${part}`] = why;
  gather(rest, ruler, 'depth', `${label} depth`, 'mm', reason);
  gather(rest, ruler, 'wedgeAngle', `${label} wedge`, 'deg', reason);
  gather(rest, ruler, 'heightLoss', `${label} loss`, 'percent', reason);
  const own = plainHeights(ruler, label);
  if (own === undefined) rest.notMeasured.genant = reason;
  else {
    const neighbours = nextBodies(outline, label)
      .map((next) => plainHeights(ruler, next))
      .filter((h) => h !== undefined);
    rest.fields.genant = { ...genantGrade(own, neighbours), experimental: true };
  }
  const marrow = signals?.vertebrae.get(label) ?? absent(signals ? REASONS.notSeen : REASONS.needsT1);
  gatherOutcome(rest, 'signalToSac', marrow, (m) => m);
  return {
    label,
    segmentationValue: VERTEBRA_VALUE[label],
    centroidMm: [...placeInPatient(outline.plane, polygonCentroid(body.outline)!)],
    ...rest.fields,
    heights: heights.fields,
    notMeasured: rest.notMeasured,
  };
}

function plainHeights(ruler: Ruler, label: VertebraLabel) {
  const [anterior, middle, posterior] = ['anterior', 'middle', 'posterior'].map((part) =>
    ruler.plain(`${label} ${part}`),
  );
  if (anterior === undefined || middle === undefined || posterior === undefined) return undefined;
  return { anterior, middle, posterior };
}

function nextBodies(outline: SpineOutline, label: VertebraLabel): VertebraLabel[] {
  const i = outline.bodies.findIndex((b) => b.label === label);
  return [outline.bodies[i - 1], outline.bodies[i + 1]].filter((b) => b !== undefined).map((b) => b.label);
}
