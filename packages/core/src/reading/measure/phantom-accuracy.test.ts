import { describe, expect, it } from 'vitest';
import { phantomShape, samplePatient, type Truth, truthOf } from '../../phantom/index.ts';
import { type Measurement, measureSpine, type SpineMeasurements } from '../../spine/index.ts';
import { traced } from './traced-outline.testing.ts';

/*
 * Twenty drawn people with everything that the phantom draws (spurs, Schmorl's nodes, slips, herniations, narrow discs),
 * their exact outlines turned into maps of probability (0.6 mm pixels, blur, noise), traced and measured, against the
 * phantom's truth.
 */

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);

interface Comparison {
  readonly kind: 'mm' | 'deg';
  readonly name: string;
  readonly error: number;
  readonly inside: boolean;
}

function compare(seed: number, truth: Truth, found: SpineMeasurements): Comparison[] {
  const list: Comparison[] = [];
  const add = (kind: 'mm' | 'deg', name: string, m: Measurement | undefined, value: number): void => {
    expect(m, `${seed} ${name}`).toBeDefined();
    const error = Math.abs(m!.value - value);
    list.push({ kind, name: `${seed} ${name}`, error, inside: error <= m!.uncertainty });
  };
  for (const v of truth.vertebrae) {
    const f = found.vertebrae.find((x) => x.label === v.label)!;
    if (v.body === undefined) continue;
    add('mm', `${v.label} anterior`, f.heights.anterior, v.body.anteriorMm);
    add('mm', `${v.label} middle`, f.heights.middle, v.body.middleMm);
    add('mm', `${v.label} posterior`, f.heights.posterior, v.body.posteriorMm);
    add('mm', `${v.label} depth`, f.depth, v.body.depthMm);
    add('deg', `${v.label} wedge`, f.wedgeAngle, v.body.wedgeDeg);
  }
  for (const d of truth.discs) {
    const f = found.discs.find((x) => x.label === d.label)!;
    add('mm', `${d.label} anterior`, f.heights.anterior, d.anteriorMm);
    add('mm', `${d.label} middle`, f.heights.middle, d.middleMm);
    add('mm', `${d.label} posterior`, f.heights.posterior, d.posteriorMm);
    add('deg', `${d.label} wedge`, f.wedgeAngle, d.wedgeDeg);
    const slip = found.alignment.slips.find((x) => x.level === d.label)!;
    add('mm', `${d.label} slip`, slip.slip, d.slipMm);
    const segment = found.alignment.segmental.find((x) => x.level === d.label)!;
    add('deg', `${d.label} segment`, segment.angle, d.segmentDeg);
  }
  for (const c of truth.canal) {
    const f = found.canal.find((x) => x.level === c.level)!;
    add('mm', `${c.level} canal`, f.canalDiameter, c.canalDiameterMm);
    add('mm', `${c.level} sac`, f.sacDiameter, c.sacDiameterMm);
  }
  add('deg', 'lordosis L1-S1', found.alignment.lordosisL1S1, truth.alignment.lordosisL1S1Deg);
  add('deg', 'lordosis L4-S1', found.alignment.lordosisL4S1, truth.alignment.lordosisL4S1Deg);
  add('deg', 'sacral slope', found.alignment.sacralSlope, truth.alignment.sacralSlopeDeg);
  return list;
}

describe('on phantoms', () => {
  const all = SEEDS.flatMap((seed) => {
    const truth = truthOf(phantomShape(samplePatient({ seed })));
    return compare(seed, truth, measureSpine(traced(truth.outline, 0.6, 0.5, 0.05, seed)));
  });
  const worst = (kind: 'mm' | 'deg'): string =>
    all
      .filter((c) => c.kind === kind)
      .sort((a, b) => b.error - a.error)
      .slice(0, 8)
      .map((c) => `${c.name} ${c.error.toFixed(2)}`)
      .join(', ');
  const share = (list: readonly Comparison[], holds: (c: Comparison) => boolean): number =>
    list.filter(holds).length / list.length;

  it('lengths err by at most half a millimetre', () => {
    const lengths = all.filter((c) => c.kind === 'mm');
    expect(lengths.length).toBeGreaterThan(1500);
    expect(
      share(lengths, (c) => c.error <= 0.5),
      worst('mm'),
    ).toBeGreaterThanOrEqual(0.95);
  });

  it('angles err by at most one degree', () => {
    const angles = all.filter((c) => c.kind === 'deg');
    expect(angles.length).toBeGreaterThan(400);
    expect(
      share(angles, (c) => c.error <= 1),
      worst('deg'),
    ).toBeGreaterThanOrEqual(0.95);
  });

  it('the stated intervals hold the truth in at least 95 %', () => {
    expect(share(all, (c) => c.inside)).toBeGreaterThanOrEqual(0.95);
  });
});
