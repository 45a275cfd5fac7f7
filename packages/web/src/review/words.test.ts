import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { targetsOf } from '@promontory/core/review';
import { expect, test } from 'vitest';
import { buildFindings } from '../../../core/src/report/findings.fixture.ts';
import words from '../words/catalogues/en/review.json' with { type: 'json' };

const catalogue: Readonly<Record<string, string>> = words;
const has = (key: string): boolean =>
  key in catalogue || `${key}_one` in catalogue || `${key}_other` in catalogue;

test('every text that the panels name is in the catalogue', () => {
  const files = globSync('{review,study}/*.{ts,tsx}', { cwd: join(import.meta.dirname, '..') });
  const named = files
    .filter((file) => !file.includes('.test.'))
    .flatMap((file) => {
      const text = readFileSync(join(import.meta.dirname, '..', file), 'utf8');
      return [...text.matchAll(/\bt\(\s*'([^']+)'/g), ...text.matchAll(/textKey: '([^']+)'/g)].map(
        (m) => m[1] ?? '',
      );
    });
  expect(named.length).toBeGreaterThan(100);
  expect([...new Set(named)].filter((key) => !has(key))).toEqual([]);
});

test('every result of a reading has a name', () => {
  const fields = targetsOf(buildFindings({ axial: true })).map(({ field }) => field);
  const missing = fields.filter((field) => {
    const [muscle = '', side] = field.split('.');
    if (side === 'right' || side === 'left' || side === 'asymmetry') return !has(`muscle.${muscle}`);
    return !has(`field.${field}`);
  });
  expect([...new Set(missing)]).toEqual([]);
});
