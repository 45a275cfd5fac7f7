import { describe, expect, it } from 'vitest';
import { auc, byPatient, exactShare, quadraticKappa, rankCorrelation, worstDecile } from './metrics.ts';

describe('figures of agreement', () => {
  it('has kappa 1 for agreement, 0 for chance and the textbook value between', () => {
    expect(quadraticKappa([0, 1, 2, 3, 4], [0, 1, 2, 3, 4], 5)).toBe(1);
    expect(quadraticKappa([0, 0, 1, 1], [0, 1, 0, 1], 2)).toBeCloseTo(0);
    // sklearn.metrics.cohen_kappa_score([0,1,2,3,4,2,2,1],[0,2,2,3,3,1,2,1], weights='quadratic')
    expect(quadraticKappa([0, 1, 2, 3, 4, 2, 2, 1], [0, 2, 2, 3, 3, 1, 2, 1], 5)).toBeCloseTo(0.8378, 3);
  });

  it('counts pairs for the AUC, ties half', () => {
    expect(auc([false, false, true, true], [0.1, 0.4, 0.35, 0.8])).toBe(0.75);
    expect(auc([false, true], [0.5, 0.5])).toBe(0.5);
    expect(auc([true, true], [0.5, 0.6])).toBeNaN();
  });

  it('gives the exact binomial interval', () => {
    // R: binom.test(37, 40)$conf.int
    const { low, high } = exactShare(37, 40);
    expect(low).toBeCloseTo(0.7961, 3);
    expect(high).toBeCloseTo(0.9843, 3);
    expect(exactShare(40, 40)).toMatchObject({ value: 1, high: 1 });
    expect(exactShare(0, 10).low).toBe(0);
  });

  it('brackets the figure by whole patients', () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({ patient: `${i % 12}`, x: i % 7 }));
    const interval = byPatient(rows, (r) => r.reduce((a, b) => a + b.x, 0) / r.length);
    expect(interval.low).toBeLessThan(interval.value);
    expect(interval.high).toBeGreaterThan(interval.value);
  });

  it('finds the worst decile', () => {
    expect(worstDecile([5, 1, 2, 3, 4, 6, 7, 8, 9, 10])).toBe(2);
  });

  it('correlates ranks: perfect, reversed, and with ties', () => {
    expect(rankCorrelation([1, 2, 3], [10, 20, 90])).toBeCloseTo(1);
    expect(rankCorrelation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1);
    // scipy.stats.spearmanr([1, 2, 2, 3], [1, 3, 2, 4]) is 0.9486832980505138
    expect(rankCorrelation([1, 2, 2, 3], [1, 3, 2, 4])).toBeCloseTo(0.9486832980505138, 12);
    expect(rankCorrelation([1, 1], [1, 2])).toBeNaN();
  });
});
