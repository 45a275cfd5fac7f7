import { expect, it } from 'vitest';
import { BINARY_GRADES } from '../../spine/index.ts';
import type { ModelRunner, Tensor } from '../model-runner.ts';
import { FEATURES } from './features.ts';
import { gradeDiscs } from './grade-discs.ts';
import type { DiscInput } from './inputs.ts';

const rows = (n: number, row: readonly number[]): Tensor => ({
  dims: [n, row.length],
  data: Float32Array.from({ length: n * row.length }, (_, i) => row[i % row.length]),
});

/** Says grade III, and every yes-or-no finding. */
const runner: ModelRunner = {
  identify: async (id) => ({ id, version: '0', sha256: '0'.repeat(64) }),
  constants: async () => ({
    featureScales: Object.fromEntries(FEATURES.map((name) => [name, { mean: 0, sd: 1 }])),
    pfirrmannCuts: [1.5, 2.5, 3.5, 4.5],
    pfirrmannSetThresholds: [0.1, 0.1, 0.1, 0.1, 0.1],
    modicSetThresholds: [0.1, 0.1, 0.1, 0.1],
    pfirrmannLargestSet: 3,
    binaryThresholds: Object.fromEntries(BINARY_GRADES.map((name) => [name, 0.5])),
  }),
  run: async (_, { crops }) => {
    const n = crops.dims[0];
    return {
      pfirrmann: rows(n, [0, 0.1, 0.8, 0.1, 0]),
      modic: rows(n, [1, 0, 0, 0]),
      binary: rows(n, [0.9, 0.9, 0.9, 0.9, 0.9, 0.9]),
    };
  },
};

const disc = (label: DiscInput['label'], cutByImageEdge: boolean): DiscInput => ({
  label,
  features: {},
  cutByImageEdge,
});

it('grades no disc that the edge of the image cuts, but gives its probabilities', async () => {
  const grades = await gradeDiscs(
    [disc('T11/T12', true), disc('L4/L5', false)],
    { t1: true, t2: true },
    runner,
  );
  const cut = grades.get('T11/T12')!;
  for (const grade of Object.values(cut)) {
    expect(grade).toMatchObject({ abstained: true, reason: 'cut-by-image-edge' });
    expect(grade.value).toBeUndefined();
  }
  expect(cut.pfirrmann.probabilities).toHaveLength(5);
  expect(cut.bulging.probability).toBeCloseTo(0.9);
  expect(grades.get('L4/L5')).toMatchObject({
    pfirrmann: { value: 3, abstained: false },
    bulging: { value: true, abstained: false },
  });
});

it('gives the reason that holds for the whole study first', async () => {
  const basis = { t1: true, t2: true, refuse: 'out-of-distribution' };
  const grades = await gradeDiscs([disc('T11/T12', true)], basis, runner);
  expect(grades.get('T11/T12')?.pfirrmann.reason).toBe('out-of-distribution');
});
