import { expect, test } from 'vitest';
import { buildFindings } from '../report/findings.fixture.ts';
import type { BinaryGradeName } from '../spine/index.ts';
import { type ComparedStudy, randomFrom, summarise, type Validation } from '../validation/index.ts';
import { renderValidation } from './validation-page.ts';

/** Studies whose given grades are the read ones, now and then one off. */
function studies(count: number, name = (i: number) => `s${i}`): ComparedStudy[] {
  const random = randomFrom(9);
  const findings = buildFindings();
  return Array.from({ length: count }, (_, i) => ({
    study: name(i),
    patient: name(i),
    traits: { sex: i % 2 ? 'F' : 'M' },
    discs: findings.discs.toReversed().map((said, d) => ({
      study: name(i),
      patient: name(i),
      said,
      truth: {
        number: d + 1,
        pfirrmann: Math.min(5, (said.grades.pfirrmann.value ?? 3) + Number(random() < 0.3)),
        modic: Number(random() < 0.2),
        binary: { narrowing: random() < (said.grades.narrowing.probability ?? 0.5) } as Record<
          BinaryGradeName,
          boolean
        >,
      },
    })),
    structures: [{ kind: 'disc', number: 1, overlap: 0.9 + 0.05 * random(), hd95Mm: 2, assdMm: 0.6 }],
    farthestDiscMm: i === 3 ? Number.POSITIVE_INFINITY : 2 + 4 * random(),
    discsFound: findings.discs.length,
    numberingConfidence: 0.8,
    outOfDistribution: false,
    durationMs: 4000 + 100 * i,
  }));
}

const validationOf = (compared: readonly ComparedStudy[]): Validation => ({
  schemaVersion: '1.0.0',
  createdAt: '2026-01-02T03:04:05.000Z',
  software: { name: 'Promontory', version: '0.0.0-test' },
  models: [{ id: 'sagittal-segmenter', version: '0.1.0', sha256: 'a1'.repeat(32) }],
  dataset: {
    layout: 'own',
    studies: compared.length + 1,
    failed: [{ study: '<i>x', patient: 'x', code: 'NOT_MR' }],
  },
  figures: summarise(compared),
});

test('every figure of the document stands on the page, and nothing is undefined or not a number', () => {
  const page = renderValidation(validationOf(studies(12)));
  expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
  for (const id of [
    'short',
    'pfirrmann',
    'binary',
    'segmentation',
    'groups',
    'failures',
    'published',
    'made',
  ]) {
    expect(page).toContain(`id="${id}"`);
  }
  expect(page).toContain('12 studies of 12 patients read, 1 not read.');
  expect(page).toContain('s3: a level was not found');
  expect(page).toContain('&lt;i&gt;x: not read (NOT_MR).');
});

test('what the labels do not allow is left out', () => {
  const bare = studies(2).map(({ structures, farthestDiscMm, ...s }) => ({
    ...s,
    discs: s.discs.map((d) => ({ ...d, truth: { number: d.truth.number, binary: {} } })),
  }));
  const page = renderValidation(validationOf(bare));
  expect(page).not.toMatch(/NaN|undefined|id="pfirrmann"|id="binary"|id="segmentation"/);
});

test('hostile names of studies are harmless', () => {
  const page = renderValidation(validationOf(studies(4, (i) => `"><script>alert(${i})</script>`)));
  expect(page).not.toContain('<script');
});
