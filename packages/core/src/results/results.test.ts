import { describe, expect, test } from 'vitest';
import { isTarget, targetsOf } from '../review/index.ts';
import { depthOf } from './index.ts';
import { FINDINGS, readResults, SUBJECT, signedResults } from './results.testing.ts';

const named = targetsOf(FINDINGS).filter(({ value }) => value !== undefined);

describe('results of a reading', () => {
  const set = readResults();
  test('hold every value of the document once, unreviewed', () => {
    expect(set.results.map(({ target }) => target).sort()).toEqual(named.map(({ target }) => target).sort());
    expect(new Set(set.results.map(({ source }) => source))).toEqual(new Set(['unreviewed']));
    expect(set.results.every(({ target, hand }) => isTarget(target) && hand === undefined)).toBe(true);
    for (const { target, value, unit, uncertainty } of named)
      expect(set.results.find((r) => r.target === target)).toMatchObject(
        uncertainty === undefined ? { value } : { value, unit, uncertainty },
      );
  });

  test('stand in the order of reading', () => {
    const discs = set.results
      .filter(({ group }) => group === 'disc')
      .map(({ level }) => depthOf(level ?? ''));
    expect(discs).toEqual([...discs].sort((a, b) => a - b));
    expect(set.results[0]?.group).toBe('numbering');
  });

  test('a slip and a vertebra carry what belongs to them', () => {
    const slip = set.results.find(({ group }) => group === 'slip');
    expect(Object.keys(slip?.also ?? {})).toEqual(['percent', 'direction', 'meyerding']);
    const genant = set.results.find(({ field }) => field === 'genant');
    expect(genant?.also).toHaveProperty('shape');
  });
});

describe('results of a signed report', () => {
  const set = signedResults();
  const read = readResults();
  test('are those of the reading where each was accepted, with who and when', () => {
    const bare = set.results.map(({ hand, source, set: _, ...rest }) => {
      expect(source).toBe('reading-accepted');
      expect(hand).toMatchObject({ by: 'dr.who' });
      return rest;
    });
    const asRead = read.results.map(({ source: _, set: __, ...rest }) => rest);
    const byTarget = (a: { target: string }, b: { target: string }) => (a.target < b.target ? -1 : 1);
    expect(bare.sort(byTarget)).toEqual(asRead.sort(byTarget));
  });

  test('say whose they are, who signed, and what people measured and wrote', () => {
    expect(set.subject).toEqual(SUBJECT);
    expect(set.standing).toMatchObject({ kind: 'signed', version: 1, signedByName: 'Dr Who' });
    expect(set.measurements).toHaveLength(1);
    expect(set.texts.map(({ section }) => section)).toEqual(['impression']);
    expect(set.unreviewed).toEqual([]);
  });
});
