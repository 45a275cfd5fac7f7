import { describe, expect, test } from 'vitest';
import { toIndex } from '../geometry/index.ts';
import { discValue, VERTEBRA_VALUE } from '../spine/index.ts';
import { phantomShape } from './phantom-shape.ts';
import { signedArea } from './polygon.ts';
import { AXIAL_T2, SAGITTAL_STIR, SAGITTAL_T1, SAGITTAL_T2 } from './protocol.ts';
import { samplePatient } from './sample.ts';
import { renderAxial, renderSagittal, renderSeries } from './series.ts';
import { truthOf } from './truth.ts';

const anatomy = samplePatient({ seed: 4, pathology: { onlyRequested: true } });
const shape = phantomShape(anatomy);
const truth = truthOf(shape);
const one = { slices: 1 } as const;
const { series, labelMap } = renderSagittal(
  shape,
  [
    { ...SAGITTAL_T1, ...one },
    { ...SAGITTAL_T2, ...one },
    { ...SAGITTAL_STIR, ...one },
  ],
  4,
);
const [t1, t2, stir] = series.map((s) => s.slices[0].pixels);
const { grid, labels } = labelMap;
const meanWhere = (pixels: Uint16Array, value: number): number => {
  let sum = 0;
  let n = 0;
  labels.forEach((l, i) => {
    if (l === value) {
      sum += pixels[i];
      n++;
    }
  });
  return sum / n;
};

describe('label map', () => {
  test('areas agree with the exact outlines', () => {
    const pixel = grid.spacingMm[0] * grid.spacingMm[1];
    const areaOf = (value: number) => labels.reduce((n, l) => n + (l === value ? 1 : 0), 0) * pixel;
    for (const { label, outline } of truth.outline.bodies) {
      if (!/^(L|S)/.test(label)) continue;
      const exact = Math.abs(signedArea(outline));
      expect(Math.abs(areaOf(VERTEBRA_VALUE[label]) / exact - 1), label).toBeLessThan(0.015);
    }
    for (const { label, outline } of truth.outline.discs) {
      if (!label.startsWith('L')) continue;
      const exact = Math.abs(signedArea(outline));
      expect(Math.abs(areaOf(discValue(label)) - exact), label).toBeLessThan(0.02 * exact + 3);
    }
  });

  test('centroids lie under their own label', () => {
    for (const v of truth.vertebrae.filter((v) => /^(L|S)/.test(v.label))) {
      const [i, j] = toIndex(grid, v.centroidMm).map(Math.round);
      expect(labels[i + grid.size[0] * j], v.label).toBe(v.segmentationValue);
    }
  });
});

describe('contrast', () => {
  test('fluid bright on T2 and STIR, dark on T1; marrow fat bright on T1, dark on STIR', () => {
    const l3 = VERTEBRA_VALUE.L3;
    expect(meanWhere(t2, 61)).toBeGreaterThan(2 * meanWhere(t2, l3));
    expect(meanWhere(t1, 61)).toBeLessThan(meanWhere(t1, l3));
    expect(meanWhere(stir, l3)).toBeLessThan(0.35 * meanWhere(stir, 61));
  });

  test('a degenerated disc is darker on T2 than a healthy one', () => {
    const brightness = (pfirrmann: 1 | 5) => {
      const s = phantomShape(
        samplePatient({ seed: 4, pathology: { onlyRequested: true, discs: { 'L4/L5': { pfirrmann } } } }),
      );
      const r = renderSagittal(s, [{ ...SAGITTAL_T2, ...one }], 4);
      let sum = 0;
      let n = 0;
      r.labelMap.labels.forEach((l, i) => {
        if (l !== discValue('L4/L5')) return;
        sum += r.series[0].slices[0].pixels[i];
        n++;
      });
      return sum / n;
    };
    expect(brightness(5)).toBeLessThan(0.6 * brightness(1));
  });

  test('noise is there, and another seed gives other noise over the same anatomy', () => {
    const again = renderSeries(anatomy, { ...SAGITTAL_T2, ...one }, 5).slices[0].pixels;
    const same = renderSeries(anatomy, { ...SAGITTAL_T2, ...one }, 4).slices[0].pixels;
    expect(same).toEqual(t2);
    expect(again).not.toEqual(t2);
  });
});

test('the axial planes cut the anatomy that the sagittal ones show', () => {
  const axial = renderAxial(shape, { ...AXIAL_T2, discs: 1, slices: 1, noise: 0, ghost: 0 }, 4);
  const { originMm, columnAxis, rowAxis, pixels } = axial.slices[0];
  expect(Math.abs(rowAxis[0] * columnAxis[0] + rowAxis[1] * columnAxis[1])).toBeLessThan(1e-9);
  // Along the middle column: every place whose sagittal label is CSF is bright, every annulus dark.
  let bright = 0;
  let fluid = 0;
  const c = AXIAL_T2.columns / 2;
  for (let r = 0; r < AXIAL_T2.rows; r++) {
    const p = [0, 1, 2].map((a) => originMm[a] + (columnAxis[a] * c + rowAxis[a] * r) * AXIAL_T2.pixelMm) as [
      number,
      number,
      number,
    ];
    const [i, j] = toIndex(grid, [0, p[1], p[2]]).map(Math.round);
    if (labels[i + grid.size[0] * j] !== 61) continue;
    fluid++;
    if (pixels[r * AXIAL_T2.columns + c] > 1200) bright++;
  }
  expect(fluid).toBeGreaterThan(6);
  expect(bright / fluid).toBeGreaterThan(0.5);
});
