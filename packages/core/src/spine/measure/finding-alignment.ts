import type { Alignment, SlipFinding } from '../findings.ts';
import type { VertebraLabel } from '../levels.ts';
import type { SpineOutline } from '../outline.ts';
import { reasonForSpace } from './finding-disc.ts';
import { absent, type MeasureReason, type Outcome, REASONS } from './reason.ts';
import { type Gathered, gather, gatherOutcome, placeInPatient, type Ruler } from './ruler.ts';
import { levelsOf } from './shapes.ts';
import type { Landmark, SpineSignals } from './signals.ts';
import { gradeSlip } from './slip.ts';

export function alignmentFinding(
  outline: SpineOutline,
  ruler: Ruler,
  signals: SpineSignals | undefined,
): Alignment {
  const gathered: Gathered<Alignment> = { fields: {}, notMeasured: {} };
  gather(gathered, ruler, 'lordosisL1S1', 'lordosis L1-S1', 'deg', reasonFor(outline, ['L1', 'S1']));
  gather(gathered, ruler, 'lordosisL4S1', 'lordosis L4-S1', 'deg', reasonFor(outline, ['L4', 'S1']));
  gather(gathered, ruler, 'sacralSlope', 'sacral slope', 'deg', reasonFor(outline, ['S1']));
  const segmental: Alignment['segmental'] = [];
  const slips: SlipFinding[] = [];
  for (const level of levelsOf(outline)) {
    const angle = ruler.measured(`${level} segment`, 'deg');
    if (angle === undefined) {
      gathered.notMeasured[`segmental.${level}`] = reasonForSpace(outline, level);
      gathered.notMeasured[`slips.${level}`] = reasonForSpace(outline, level);
      continue;
    }
    segmental.push({ level, angle });
    const slip = ruler.measured(`${level} slip`, 'mm');
    const slipPercent = ruler.measured(`${level} slip%`, 'percent');
    if (!ruler.millimetresValid) gathered.notMeasured[`slips.${level}`] = REASONS.spacing;
    else if (slip === undefined || slipPercent === undefined)
      gathered.notMeasured[`slips.${level}`] = REASONS.notReadable;
    else slips.push({ level, slip, slipPercent, ...gradeSlip(slip, slipPercent) });
  }
  const landmark = (field: 'conusLevel' | 'sacEnd', outcome: Outcome<Landmark>): void =>
    gatherOutcome(gathered, field, outcome, ({ level, place }) => ({
      level,
      positionMm: [...placeInPatient(outline.plane, place)] as [number, number, number],
      experimental: true as const,
    }));
  landmark('conusLevel', signals?.conus ?? absent(REASONS.needsT2));
  landmark('sacEnd', signals?.sacEnd ?? absent(REASONS.needsT2));
  return { ...gathered.fields, segmental, slips, notMeasured: gathered.notMeasured };
}

function reasonFor(outline: SpineOutline, labels: readonly VertebraLabel[]): MeasureReason {
  const bodies = labels.map((label) => outline.bodies.find((b) => b.label === label));
  if (bodies.some((b) => b === undefined)) return REASONS.notSeen;
  return bodies.some((b) => b?.cutByImageEdge) ? REASONS.cut : REASONS.notReadable;
}
