import { expect, test } from 'vitest';
import { commonnessInWords, commonnessOf } from './commonness.ts';
import { buildFindings } from './findings.fixture.ts';
import { readLevels } from './level-reading.ts';

const wordsFor = (ageYears: number) => {
  const [reading] = readLevels(buildFindings({ discs: [{ pfirrmann: 5, present: ['narrowing'] }] }));
  return commonnessOf(reading, ageYears).map((p) => commonnessInWords(p));
};

test('a tabulated decade, between decades, across a gap, and beyond the last checked age', () => {
  expect(wordsFor(50)).toEqual(['disc degeneration about 80 %', 'height loss about 56 %']);
  expect(wordsFor(45)).toEqual(['disc degeneration about 74 %', 'height loss about 51 %']);
  expect(wordsFor(63)).toEqual([
    'disc degeneration 80–96 %',
    'height loss 56 % at 50, the oldest age with a checked figure',
  ]);
});

test('an abstained grade has no prevalence', () => {
  const [reading] = readLevels(buildFindings({ discs: [{ pfirrmann: 'abstained' }] }));
  expect(commonnessOf(reading, 50)).toEqual([]);
});
