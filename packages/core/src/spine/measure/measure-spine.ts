import { polygonCentroid } from '../../geometry/index.ts';
import type { Alignment, CanalFinding, DiscFinding, Measurement, VertebraFinding } from '../findings.ts';
import type { SpineOutline } from '../outline.ts';
import { alignmentFinding } from './finding-alignment.ts';
import { canalFinding } from './finding-canal.ts';
import { discFinding } from './finding-disc.ts';
import { vertebraFinding } from './finding-vertebra.ts';
import { quantitiesOf } from './quantities.ts';
import type { Ruler } from './ruler.ts';
import { levelsOf } from './shapes.ts';
import type { SpineSignals } from './signals.ts';
import { halfWidths, noiseFor } from './uncertainty.ts';
import { inBodyUnits, thinned } from './unit-scale.ts';

export interface MeasureOptions {
  /** What was measured on pixels; without it those fields are absent for want of T1 and T2. */
  readonly signals?: SpineSignals;
  /** Standard deviation of the outlines along their normal, mm, from the validation of whatever drew them. Default 0.5. */
  readonly outlineSigmaMm?: number;
  /** `false`: values alone, each with the uncertainty 0, in a thirtieth of the time; for comparing, never for showing. */
  readonly intervals?: false;
}

/** The measured part of the findings document; grades are added by whoever grades. */
export interface SpineMeasurements {
  readonly vertebrae: VertebraFinding[];
  readonly discs: Omit<DiscFinding, 'grades'>[];
  readonly canal: CanalFinding[];
  readonly alignment: Alignment;
}

/**
 * Measures everything that one sagittal plane of named outlines allows. Each measurement carries the half-width of its
 * 95 % interval; each absent one its reason. Where `millimetresValid` is false, lengths and areas are absent and
 * ratios and angles stay. Deterministic.
 *
 * @example
 * const { discs } = measureSpine(outline, { signals: readSignals(outline, { t2 }) });
 */
export function measureSpine(outline: SpineOutline, options: MeasureOptions = {}): SpineMeasurements {
  const scaled = thinned(outline.millimetresValid ? outline : inBodyUnits(outline));
  const values = quantitiesOf(scaled);
  const widths =
    options.intervals === false
      ? undefined
      : halfWidths(scaled, values, noiseFor(scaled, options.outlineSigmaMm));
  const ruler: Ruler = {
    millimetresValid: outline.millimetresValid,
    plain: (name) => values.get(name),
    measured: (name, unit): Measurement | undefined => {
      const value = values.get(name);
      const uncertainty = widths === undefined ? 0 : widths.get(name);
      return value === undefined || uncertainty === undefined ? undefined : { value, unit, uncertainty };
    },
  };
  const present = (polygon: SpineOutline['bodies'][number]['outline']): boolean =>
    polygonCentroid(polygon) !== undefined;
  return {
    vertebrae: outline.bodies
      .filter((b) => present(b.outline))
      .map((b) => vertebraFinding(outline, b.label, ruler, options.signals)),
    discs: outline.discs
      .filter((d) => present(d.outline))
      .map((d) => discFinding(outline, d.label, ruler, options.signals)),
    canal: levelsOf(outline).map((level) => canalFinding(outline, level, ruler, options.signals)),
    alignment: alignmentFinding(outline, ruler, options.signals),
  };
}
