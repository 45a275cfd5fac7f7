import { describe, expect, it } from 'vitest';
import { numberLevels } from './number-levels.ts';

const clear = { lowestScores: [0.9, 0.02, 0, 0, 0, 0, 0], scoresBelow: [], sacrumSeen: true };

describe('numberLevels', () => {
  it('counts upward from the sacrum', () => {
    const { discs, vertebrae, numbering } = numberLevels(clear);
    expect(discs).toEqual(['L5/S1', 'L4/L5', 'L3/L4', 'L2/L3', 'L1/L2', 'T12/L1', 'T11/T12']);
    expect(vertebrae[0]).toBe('S1');
    expect(numbering.lowestDisc).toBe('L5/S1');
    expect(numbering.confidence).toBeGreaterThan(0.75);
    expect(numberLevels({ ...clear, lumbarCount: 5 }).numbering.confidence).toBeGreaterThan(0.9);
  });

  it('names L6/S1 and L4/S1 where the count is given', () => {
    expect(numberLevels({ ...clear, lumbarCount: 6 }).discs.slice(0, 2)).toEqual(['L6/S1', 'L5/L6']);
    expect(numberLevels({ ...clear, lumbarCount: 4 }).discs.slice(0, 2)).toEqual(['L4/S1', 'L3/L4']);
  });

  it('gives the whole relabelling of every other hypothesis', () => {
    const { numbering, discs, vertebrae } = numberLevels(clear);
    for (const alternative of numbering.alternatives) {
      expect(Object.keys(alternative.relabelling).sort()).toEqual([...discs, ...vertebrae].sort());
    }
    const six = numbering.alternatives.find((a) => a.lowestDisc === 'L6/S1');
    expect(six?.relabelling['L5/S1']).toBe('L6/S1');
    expect(six?.relabelling.T12).toBe('L1');
  });

  it('says what the lowest disc would be, with probabilities that add up to one', () => {
    for (const input of [clear, { ...clear, scoresBelow: [0.6] }, { ...clear, sacrumSeen: false }]) {
      const { confidence, alternatives } = numberLevels(input).numbering;
      const names = alternatives.map((a) => a.lowestDisc);
      expect(names.toSorted()).toEqual(['L4/L5', 'L4/S1', 'L6/S1', 'S1/S2']);
      expect(alternatives.reduce((sum, a) => sum + a.probability, confidence)).toBeCloseTo(1, 10);
    }
  });

  it('is less sure with a rival below, and without the sacrum', () => {
    const sure = numberLevels(clear).numbering.confidence;
    expect(numberLevels({ ...clear, scoresBelow: [0.6] }).numbering.confidence).toBeLessThan(sure);
    expect(numberLevels({ ...clear, sacrumSeen: false }).numbering.confidence).toBeLessThan(sure);
  });

  it('names nothing where there is no disc', () => {
    const { numbering, discs } = numberLevels({ ...clear, lowestScores: [] });
    expect(discs).toEqual([]);
    expect(numbering.lowestDisc).toBeUndefined();
  });
});
