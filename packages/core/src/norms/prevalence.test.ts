import { describe, expect, test } from 'vitest';
import { PREVALENCE_FINDINGS, prevalence } from './prevalence.ts';

describe('prevalence', () => {
  test('gives the source figure at a tabulated age', () => {
    expect(prevalence('disc-degeneration', 50)).toMatchObject({
      percent: 80,
      rangePercent: [80, 80],
      beyondKnownAges: false,
    });
    expect(prevalence('spondylolisthesis', 60)?.percent).toBe(23);
  });

  test('interpolates between neighbouring decades only', () => {
    expect(prevalence('bulge', 45)?.percent).toBe(55);
    const at65 = prevalence('bulge', 65);
    expect(at65?.percent).toBeUndefined();
    expect(at65).toMatchObject({ rangePercent: [60, 84], knownAgesYears: [50, 80], beyondKnownAges: false });
  });

  test('beyond the last checked age it says so instead of guessing', () => {
    expect(prevalence('height-loss', 63)).toMatchObject({
      beyondKnownAges: true,
      rangePercent: [56, 56],
      knownAgesYears: [50, 50],
    });
    expect(prevalence('height-loss', 63)?.percent).toBeUndefined();
    expect(prevalence('protrusion', 91)?.beyondKnownAges).toBe(true);
  });

  test('no age, a child or nonsense gives nothing', () => {
    for (const age of [undefined, 12, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(prevalence('bulge', age)).toBeUndefined();
    }
  });

  test('grows with age in every row', () => {
    for (const finding of PREVALENCE_FINDINGS) {
      let last = 0;
      for (let age = 20; age <= 50; age++) {
        const percent = prevalence(finding, age)?.percent;
        expect(percent).toBeGreaterThanOrEqual(last);
        last = percent as number;
      }
    }
  });

  test('warns where the source rests on few subjects', () => {
    expect(prevalence('spondylolisthesis', 25)?.fewSubjects).toBe(true);
    expect(prevalence('bulge', 25)?.fewSubjects).toBe(false);
  });
});
