import { describe, expect, test } from 'vitest';
import { compareWithRange, normalRange } from './normal-range.ts';

describe('normalRange', () => {
  test('lordosis is the recumbent one', () => {
    expect(normalRange('lordosisL1S1')).toMatchObject({ low: 10.9, high: 62.7, unit: 'deg' });
    expect(normalRange('lordosisL4S1')).toMatchObject({ low: 14.1, high: 45.5 });
  });

  test('bodies have a range from L1 to L5 only', () => {
    expect(normalRange('bodyHeightAnterior', 'L3')).toMatchObject({ low: 25.5, high: 32.9 });
    expect(normalRange('bodyHeightAnterior', 'T12')).toBeUndefined();
    expect(normalRange('bodyDepth', 'L6')).toBeUndefined();
  });

  test('the canal needs the sex, and only read levels answer', () => {
    expect(normalRange('canalDiameter', 'L1', 'M')).toMatchObject({ low: 14.5 });
    expect(normalRange('canalDiameter', 'L1', 'F')).toMatchObject({ low: 15 });
    expect(normalRange('canalDiameter', 'L1', 'M')?.high).toBeUndefined();
    expect(normalRange('canalDiameter', 'L1')).toBeUndefined();
    expect(normalRange('canalDiameter', 'L4', 'M')).toBeUndefined();
  });

  test('every range carries a citation with population, n and mark', () => {
    for (const range of [
      normalRange('lordosisL1S1'),
      normalRange('bodyDepth', 'L2'),
      normalRange('canalDiameter', 'S1', 'F'),
    ]) {
      expect(range?.citation.n).toBeGreaterThan(0);
      expect(range?.citation.population).not.toBe('');
      expect(['R', 'D']).toContain(range?.citation.mark);
    }
  });
});

test('a value is called outside only when its whole interval is', () => {
  const range = normalRange('lordosisL1S1');
  if (!range) throw new Error('lordosis has a range');
  expect(compareWithRange(36, 3, range)).toBe('within');
  expect(compareWithRange(64, 3, range)).toBe('borderline');
  expect(compareWithRange(70, 3, range)).toBe('above');
  expect(compareWithRange(5, 3, range)).toBe('below');
});
