import type { CanalFinding } from '../findings.ts';
import type { DiscLabel } from '../levels.ts';
import type { SpineOutline } from '../outline.ts';
import { reasonForSpace } from './finding-disc.ts';
import { absent, type MeasureReason, REASONS } from './reason.ts';
import { type Gathered, gather, gatherOutcome, type Ruler } from './ruler.ts';
import type { SpineSignals } from './signals.ts';

export function canalFinding(
  outline: SpineOutline,
  level: DiscLabel,
  ruler: Ruler,
  signals: SpineSignals | undefined,
): CanalFinding {
  const gathered: Gathered<CanalFinding> = { fields: {}, notMeasured: {} };
  const sacReason: MeasureReason = outline.sac === undefined ? REASONS.notSegmented : REASONS.notSeen;
  const canalReason: MeasureReason =
    outline.canal === undefined ? REASONS.notSegmented : reasonForSpace(outline, level);
  gather(gathered, ruler, 'sacDiameter', `${level} sac`, 'mm', sacReason);
  gather(gathered, ruler, 'canalDiameter', `${level} canal`, 'mm', canalReason);
  gather(
    gathered,
    ruler,
    'sacToCanalRatio',
    `${level} sac/canal`,
    'ratio',
    ruler.plain(`${level} canal`) === undefined ? canalReason : sacReason,
  );
  const own = signals?.discs.get(level)?.csfFraction;
  gatherOutcome(
    gathered,
    'csfFraction',
    own ?? absent(signals ? REASONS.notSeen : REASONS.needsT2),
    (m) => m,
  );
  return { level, ...gathered.fields, notMeasured: gathered.notMeasured };
}
