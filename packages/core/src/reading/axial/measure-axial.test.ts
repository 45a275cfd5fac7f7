import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawnScores, LATTICE, USUAL } from './drawn-slice.testing.ts';
import { type AxialMeasureOptions, measureAxial } from './measure-axial.ts';
import { outlineAxial } from './outline-axial.ts';
import type { AxialScores } from './score-axial.ts';

const constants = {
  relativeUncertainty: { sacArea: 0.1, sacExtent: 0.05, psoas: 0.1, multifidus: 0.2, erectorSpinae: 0.2 },
};

function measure(scores: AxialScores, changes: Partial<AxialMeasureOptions> = {}) {
  const background = scores.plane('background');
  const n = background.length;
  return measureAxial(outlineAxial(scores), {
    millimetresValid: true,
    angleDeg: 0,
    constants,
    signal: { inPlane: scores.lattice, data: new Float32Array(n).fill(100) },
    structures: background.map((p) => (p < 0.5 ? 1 : 0)),
    ...changes,
  });
}

describe('measureAxial', () => {
  it('gives the areas and extents of ellipses within 1 %, however the patient lies turned', () => {
    fc.assert(
      fc.property(fc.double({ min: -20, max: 20, noNaN: true }), (turnDeg) => {
        const { sacArea, sacAnteroposterior, sacTransverse, muscles } = measure(drawnScores(USUAL, turnDeg));
        expect(sacArea!.value / (Math.PI * 9 * 7)).toBeCloseTo(1, 2);
        expect(sacTransverse!.value / 18).toBeCloseTo(1, 1.7);
        expect(sacAnteroposterior!.value / 14).toBeCloseTo(1, 1.7);
        expect(muscles.psoas!.right.area!.value / (Math.PI * 14 * 18)).toBeCloseTo(1, 2);
        expect(muscles.psoas!.left.area!.value / (Math.PI * 12 * 18)).toBeCloseTo(1, 2);
        expect(muscles.psoas!.asymmetry!.value).toBeCloseTo(100 * (1 - 12 / 14), 0);
        expect(muscles.multifidus!.asymmetry!.value).toBeLessThan(1);
      }),
      { numRuns: 12 },
    );
  });

  it('calls right what lies on the left of the picture', () => {
    const { muscles } = measure(drawnScores({ ...USUAL, psoas: [USUAL.psoas![0]] }));
    expect(muscles.psoas!.right.area).toBeDefined();
    expect(muscles.psoas!.left.area).toBeUndefined();
  });

  it('takes disc and body for one bone, under the name of the larger share', () => {
    const both = {
      ...USUAL,
      disc: [{ middle: [-6, -18], half: [19, 17] }],
      body: [{ middle: [14, -18], half: [11, 14] }],
    } as const;
    const { bone } = outlineAxial(drawnScores(both));
    expect(bone!.kind).toBe('disc');
    expect(bone!.contour.areaMm2).toBeGreaterThan(1.2 * Math.PI * 19 * 17 * 0.95);
  });

  it('marks everything as experimental', () => {
    const { sacArea, sacTransverse, muscles } = measure(drawnScores(USUAL));
    for (const m of [sacArea, sacTransverse, muscles.psoas!.asymmetry, muscles.psoas!.left.area]) {
      expect(m!.experimental).toBe(true);
    }
  });

  it('widens the interval of a slice that lies askew', () => {
    const straight = measure(drawnScores(USUAL)).sacArea!;
    const askew = measure(drawnScores(USUAL), { angleDeg: 30 }).sacArea!;
    expect(askew.value).toBe(straight.value);
    expect(straight.uncertainty).toBeCloseTo(0.1 * straight.value, 9);
    expect(askew.uncertainty / askew.value).toBeCloseTo(Math.hypot(0.1, 1 - Math.cos(Math.PI / 6)), 9);
  });

  it('gives no number that is as uncertain as it is large', () => {
    const wide = { relativeUncertainty: { ...constants.relativeUncertainty, psoas: 1.2, multifidus: 0.8 } };
    const { muscles, notMeasured } = measure(drawnScores(USUAL), { constants: wide });
    expect(notMeasured).toMatchObject({ 'psoas.right.area': 'too-uncertain-to-measure' });
    expect(muscles.multifidus!.right.area).toBeDefined();
    expect(notMeasured['multifidus.asymmetry']).toBe('too-uncertain-to-measure');
  });

  it('gives no lengths without a pixel size, but ratios', () => {
    const { sacArea, muscles, notMeasured } = measure(drawnScores(USUAL), { millimetresValid: false });
    expect(sacArea).toBeUndefined();
    expect(muscles.psoas!.right.area).toBeUndefined();
    expect(muscles.psoas!.asymmetry).toBeDefined();
    expect(notMeasured).toMatchObject({
      sacArea: 'spacing-implausible',
      'psoas.right.area': 'spacing-implausible',
    });
  });

  it('says what was not seen; without a sac no side is told', () => {
    const { muscles, notMeasured } = measure(drawnScores({ ...USUAL, sac: [] }));
    expect(muscles).toEqual({});
    expect(notMeasured).toMatchObject({ sacArea: 'not-seen', 'psoas.left.area': 'not-seen' });
  });

  it('does not measure a muscle that the image cuts', () => {
    const cut = [{ middle: [-78, 0], half: [14, 18] }] as const;
    const { muscles, notMeasured } = measure(drawnScores({ ...USUAL, psoas: [...cut, USUAL.psoas![1]] }));
    expect(muscles.psoas!.left.area).toBeDefined();
    expect(muscles.psoas!.right.area).toBeUndefined();
    expect(notMeasured['psoas.asymmetry']).toBe('cut-by-image-edge');
  });
});

describe('share of fat', () => {
  /** Fat 100 outside, muscle 20, and the upper part of each muscle fatty. */
  const signal = (scores: AxialScores, share: number, fat = 100): Float32Array => {
    const background = scores.plane('background');
    return background.map((p, at) => {
      if (p > 0.5) return fat;
      const y = LATTICE.originMm[1] + Math.floor(at / LATTICE.columns) * LATTICE.spacingMm[1];
      // Of the multifidus, 15 mm to either side of 42.
      return y > 27 && y < 27 + 30 * share ? fat : 20;
    });
  };
  const fraction = (share: number, fat?: number) => {
    const scores = drawnScores(USUAL);
    return measure(scores, { signal: { inPlane: LATTICE, data: signal(scores, share, fat) } });
  };

  it('is that of the bright part', () => {
    // Half of an ellipse lies above its middle.
    expect(fraction(0.5).muscles.multifidus!.right.fatFraction!.value).toBeCloseTo(50, -0.5);
    expect(fraction(0).muscles.multifidus!.right.fatFraction!.value).toBeLessThan(4);
  });

  it('is not given where fat is no brighter than muscle', () => {
    const { muscles, notMeasured } = fraction(0.5, 22);
    expect(muscles.multifidus!.right.fatFraction).toBeUndefined();
    expect(notMeasured['multifidus.right.fatFraction']).toBe('no-reference-signal');
  });
});
