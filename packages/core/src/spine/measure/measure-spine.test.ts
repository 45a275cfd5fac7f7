import { describe, expect, it } from 'vitest';
import { Alignment, CanalFinding, DiscFinding, type Measurement, VertebraFinding } from '../findings.ts';
import type { PlanePoint, SpineOutline } from '../outline.ts';
import { DISCS, drawSpine, mapped, moved } from './drawn-spine.testing.ts';
import { measureSpine, type SpineMeasurements } from './measure-spine.ts';
import { displacedOutlines, OUTLINE_NOISE } from './outline-noise.ts';
import { quantitiesOf } from './quantities.ts';

const spine = drawSpine();
const measured = measureSpine(spine.outline);

/** Distance of a measurement from the truth; fails where there is none. */
const off = (m: Measurement | undefined, truth: number): number => Math.abs((m?.value ?? Number.NaN) - truth);

describe('a drawn spine', () => {
  it('gives findings in the shapes of the document', () => {
    const grades = DiscFinding.shape.grades;
    for (const v of measured.vertebrae) VertebraFinding.parse(v);
    for (const d of measured.discs) DiscFinding.extend({ grades: grades.optional() }).parse(d);
    for (const c of measured.canal) CanalFinding.parse(c);
    Alignment.parse(measured.alignment);
    expect(measured.vertebrae.map((v) => v.label)).toEqual(['T12', 'L1', 'L2', 'L3', 'L4', 'L5', 'S1']);
    expect(measured.discs.map((d) => d.label)).toEqual([
      'T12/L1',
      'L1/L2',
      'L2/L3',
      'L3/L4',
      'L4/L5',
      'L5/S1',
    ]);
  });

  it('has the heights, depths and wedges that it was drawn with', () => {
    for (const truth of spine.bodies) {
      const body = measured.vertebrae.find((v) => v.label === truth.label)!;
      expect(off(body.heights.posterior, truth.posterior)).toBeLessThan(0.25);
      expect(off(body.depth, truth.depth)).toBeLessThan(0.15);
      expect(off(body.wedgeAngle, truth.wedge)).toBeLessThan(0.1);
      expect(body.genant).toEqual({ value: 0, shape: 'none', experimental: true });
    }
  });

  it('has the disc spaces that it was drawn with', () => {
    for (const truth of spine.discs) {
      const disc = measured.discs.find((d) => d.label === truth.label)!;
      expect(off(disc.heights.posterior, truth.posterior)).toBeLessThan(0.25);
      expect(off(disc.wedgeAngle, truth.wedge)).toBeLessThan(0.1);
      expect(off(disc.posteriorProtrusion?.depth, truth.bulge)).toBeLessThan(0.2);
    }
  });

  it('has its alignment', () => {
    const { alignment } = measured;
    const lumbar = spine.bodies.slice(0, 5).reduce((s, b) => s + b.wedge, 0);
    const discs = spine.discs.slice(0, 5).reduce((s, d) => s + d.wedge, 0);
    expect(off(alignment.lordosisL1S1, lumbar + discs)).toBeLessThan(0.1);
    expect(off(alignment.lordosisL4S1, 8 + 3 + 12 + 8)).toBeLessThan(0.1);
    expect(off(alignment.sacralSlope, 36)).toBeLessThan(0.05);
    const segments = alignment.segmental.filter((s) => s.level !== 'T12/L1');
    expect(segments.reduce((s, x) => s + x.angle.value, 0)).toBeCloseTo(alignment.lordosisL1S1!.value, 6);
    expect(alignment.slips.map((s) => s.direction)).toEqual(Array(6).fill('none'));
  });

  it('has its sac', () => {
    for (const level of measured.canal) {
      expect(off(level.sacDiameter, 13)).toBeLessThan(0.3);
      expect(level.notMeasured).toMatchObject({
        canalDiameter: 'not-segmented',
        sacToCanalRatio: 'not-segmented',
        csfFraction: 'needs-T2',
      });
    }
  });

  it('says where it lies in the patient', () => {
    const plane: SpineOutline['plane'] = { originMm: [7, -50, 300], uAxis: [0, 1, 0], vAxis: [0, 0, -1] };
    const there = measureSpine({ ...spine.outline, plane }).vertebrae[0].centroidMm;
    const here = measured.vertebrae[0].centroidMm;
    expect(there).toEqual([7, here[1] - 50, here[2] + 300]);
  });

  it('is the same every time', () => {
    expect(measureSpine(spine.outline)).toEqual(measured);
  });
});

describe('a slip', () => {
  it.each([
    [8, 'anterolisthesis', 1],
    [-5, 'retrolisthesis', 1],
    [12, 'anterolisthesis', 2],
  ] as const)('of %f mm is %s', (slip, direction, meyerding) => {
    const discs = DISCS.map((d, i) => (i === 1 ? { ...d, slip } : d));
    const { slips } = measureSpine(drawSpine({ discs }).outline).alignment;
    const found = slips.find((s) => s.level === 'L4/L5')!;
    expect(off(found.slip, slip)).toBeLessThan(0.1);
    expect(off(found.slipPercent, (100 * slip) / 34)).toBeLessThan(0.5);
    expect(found).toMatchObject({ direction, meyerding });
    for (const other of slips) if (other !== found) expect(other.direction).toBe('none');
  });
});

describe('moving, turning and scaling', () => {
  const base = quantitiesOf(spine.outline);
  it('changes nothing but the sacral slope', () => {
    for (const [radians, by] of [
      [0, [300, -120]],
      [0.2, [0, 0]],
      [-0.25, [-40, 80]],
    ] as [number, PlanePoint][]) {
      for (const [name, value] of quantitiesOf(moved(spine.outline, radians, by))) {
        const turned = name === 'sacral slope' ? -(radians * 180) / Math.PI : 0;
        // The sac's axis is stepped along the image's rows; turned, it is stepped elsewhere.
        const tolerance = name.endsWith('sac') ? 0.15 : 0.01;
        expect(Math.abs(value - base.get(name)! - turned), name).toBeLessThan(tolerance);
      }
    }
  });

  it('lets lengths grow and keeps angles and ratios', () => {
    const large = quantitiesOf(moved(spine.outline, 0, [0, 0], 1.3));
    expect(large.get('L4 anterior')).toBeCloseTo(1.3 * base.get('L4 anterior')!, 2);
    expect(large.get('L4/L5 area')).toBeCloseTo(1.69 * base.get('L4/L5 area')!, 6);
    expect(large.get('L4/L5 index')).toBeCloseTo(base.get('L4/L5 index')!, 3);
    expect(large.get('lordosis L1-S1')).toBeCloseTo(base.get('lordosis L1-S1')!, 2);
  });
});

describe('without valid millimetres', () => {
  const scaled = { ...moved(spine.outline, 0, [0, 0], 1 / 0.6), pixelMm: 1, millimetresValid: false };
  const result = measureSpine(scaled);
  it('keeps angles and ratios and leaves the reason for the rest', () => {
    const disc = result.discs[4];
    expect(off(disc.wedgeAngle, 8)).toBeLessThan(0.1);
    expect(disc.heightIndex!.value).toBeCloseTo(measured.discs[4].heightIndex!.value, 2);
    expect(disc.heights).toEqual({});
    expect(disc.notMeasured).toMatchObject({
      'heights.anterior': 'spacing-implausible',
      depth: 'spacing-implausible',
      area: 'spacing-implausible',
      posteriorProtrusion: 'spacing-implausible',
    });
    expect(result.vertebrae[2].heightLoss).toBeDefined();
    expect(result.vertebrae[2].notMeasured['heights.middle']).toBe('spacing-implausible');
    expect(off(result.alignment.lordosisL1S1, 43)).toBeLessThan(0.1);
    expect(result.alignment.slips).toEqual([]);
    expect(result.alignment.notMeasured['slips.L4/L5']).toBe('spacing-implausible');
    expect(result.canal[4].notMeasured.sacDiameter).toBe('spacing-implausible');
  });

  it('gives intervals of the same order as with them', () => {
    const ratio = result.alignment.lordosisL1S1!.uncertainty / measured.alignment.lordosisL1S1!.uncertainty;
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });
});

describe('what is not there', () => {
  const without = (change: (outline: SpineOutline) => Partial<SpineOutline>): SpineMeasurements =>
    measureSpine({ ...spine.outline, ...change(spine.outline) });

  it('a body cut by the edge takes the measurements with it that need it', () => {
    const result = without((o) => ({
      bodies: o.bodies.map((b) => (b.label === 'T12' ? { ...b, cutByImageEdge: true } : b)),
    }));
    expect(result.vertebrae[0].notMeasured['heights.anterior']).toBe('cut-by-image-edge');
    expect(result.vertebrae[0].heights).toEqual({});
    expect(result.discs[0].notMeasured.wedgeAngle).toBe('cut-by-image-edge');
    expect(result.discs[0].area).toBeDefined();
    expect(result.discs[1].wedgeAngle).toBeDefined();
  });

  it('a missing sacrum', () => {
    const result = without((o) => ({ bodies: o.bodies.filter((b) => b.label !== 'S1') }));
    expect(result.alignment.notMeasured).toMatchObject({
      lordosisL1S1: 'not-seen',
      lordosisL4S1: 'not-seen',
      sacralSlope: 'not-seen',
      'slips.L5/S1': 'not-seen',
    });
    const lowest = result.discs.find((d) => d.label === 'L5/S1')!;
    expect(lowest.area).toBeDefined();
    expect(lowest.notMeasured['heights.posterior']).toBe('not-seen');
  });

  it('a missing sac', () => {
    const result = without((o) => {
      const { sac: _, ...rest } = o;
      return { ...rest, sac: undefined } as unknown as Partial<SpineOutline>;
    });
    for (const level of result.canal) expect(level.notMeasured.sacDiameter).toBe('not-segmented');
  });

  it('an empty outline, an empty spine', () => {
    const result = without((o) => ({
      bodies: o.bodies.map((b) => (b.label === 'L3' ? { ...b, outline: [] } : b)),
    }));
    expect(result.vertebrae.map((v) => v.label)).not.toContain('L3');
    const empty = measureSpine({ ...spine.outline, bodies: [], discs: [] });
    expect(empty.vertebrae).toEqual([]);
    expect(empty.alignment.notMeasured.lordosisL1S1).toBe('not-seen');
  });
});

it('a canal, where it is outlined, gives its diameter and the ratio', () => {
  const canal = spine.outline.sac!.map((p): PlanePoint => p);
  const result = measureSpine({ ...spine.outline, canal });
  expect(off(result.canal[3].canalDiameter, 13)).toBeLessThan(0.3);
  expect(off(result.canal[3].sacToCanalRatio, 1)).toBeLessThan(0.03);
});

describe('intervals', () => {
  it('hold the truth in at least 95 % when the outlines err as assumed', () => {
    const truth = quantitiesOf(spine.outline);
    let [inside, total] = [0, 0];
    const misses = new Map<string, number>();
    const draws = [...displacedOutlines(spine.outline, OUTLINE_NOISE, 4, 99)];
    for (const outline of draws) {
      const result = measureSpine(outline);
      const check = (name: string, m: Measurement | undefined): void => {
        if (m === undefined) return;
        total++;
        if (Math.abs(m.value - truth.get(name)!) <= m.uncertainty) inside++;
        else misses.set(name, (misses.get(name) ?? 0) + 1);
      };
      for (const v of result.vertebrae) {
        for (const part of ['anterior', 'middle', 'posterior'] as const)
          check(`${v.label} ${part}`, v.heights[part]);
        check(`${v.label} depth`, v.depth);
        check(`${v.label} wedge`, v.wedgeAngle);
      }
      for (const d of result.discs) {
        for (const part of ['anterior', 'middle', 'posterior'] as const)
          check(`${d.label} ${part}`, d.heights[part]);
        check(`${d.label} wedge`, d.wedgeAngle);
        check(`${d.label} area`, d.area);
        check(`${d.label} index`, d.heightIndex);
      }
      for (const s of result.alignment.slips) check(`${s.level} slip`, s.slip);
      for (const s of result.alignment.segmental) check(`${s.level} segment`, s.angle);
      for (const c of result.canal) check(`${c.level} sac`, c.sacDiameter);
    }
    expect(total).toBeGreaterThan(400);
    expect(inside / total, [...misses].join(' ')).toBeGreaterThanOrEqual(0.95);
  });

  it('widen with the noise of the outlines and with the pixels', () => {
    const depth = (sigma: number, pixelMm = 0.6): number =>
      measureSpine({ ...spine.outline, pixelMm }, { outlineSigmaMm: sigma }).vertebrae[3].depth!.uncertainty;
    expect(depth(0.2)).toBeLessThan(depth(0.5));
    expect(depth(0.2, 4)).toBeGreaterThan(depth(0.2));
    expect(depth(0.4) / depth(0.2)).toBeCloseTo(2, 0);
  });
});

it('mirrored front to back, lordosis becomes kyphosis', () => {
  const mirrored = quantitiesOf(mapped(spine.outline, ([u, v]) => [-u, v]));
  expect(mirrored.get('lordosis L1-S1')).toBeCloseTo(-43, 0);
  expect(mirrored.get('L5/S1 wedge')).toBeCloseTo(-12, 0);
});
