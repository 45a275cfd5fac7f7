import { type Deed, foldMarks, type KeptMark, reviewedFindings } from '@promontory/core/review';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildFindings } from '../../../core/src/report/findings.fixture.ts';
import { chance, measure } from './format.ts';
import { acceptable, levelGroups, neighbour, nextUnreviewed } from './levels.ts';
import { shifted } from './numbering-shift.ts';
import { settlingDeed } from './settle.ts';

const readingId = '11111111-1111-4111-8111-111111111111';
const findings = buildFindings({ axial: true });
const mark = (sequence: number, author: string, seen: number, deed: Deed): KeptMark => ({
  markId: `00000000-0000-4000-8000-${String(sequence).padStart(12, '0')}`,
  madeAt: '2026-01-01T00:00:00Z',
  receivedAt: '2026-01-01T00:00:00Z',
  seen,
  deed,
  sequence,
  author,
  authorName: author,
});
const judged = (target: string, verdict: 'accept' | 'reject'): Deed => ({
  kind: 'judge',
  readingId,
  target,
  verdict,
});
const reviewed = (marks: readonly KeptMark[]) =>
  reviewedFindings(findings, undefined, foldMarks(marks, { readingId }));

describe('levels', () => {
  test('head to feet: the whole spine, then vertebrae and discs in turn', () => {
    const groups = levelGroups(reviewed([]).entries, 'head-to-feet').map(({ level }) => level ?? 'spine');
    expect(groups[0]).toBe('spine');
    const lumbar = groups.slice(groups.indexOf('L3'));
    expect(lumbar).toEqual(['L3', 'L3/L4', 'L4', 'L4/L5', 'L5', 'L5/S1']);
  });

  test('by importance: the level with most findings first', () => {
    expect(levelGroups(reviewed([]).entries, 'importance')[0]?.level).toMatch(/^L[45]\//);
  });

  test('every result but the numbering stands in exactly one level, shown or on demand', () => {
    const { entries } = reviewed([]);
    const all = levelGroups(entries, 'head-to-feet').flatMap((group) => [...group.entries, ...group.more]);
    const wanted = entries.filter(({ group }) => group !== 'numbering').map(({ target }) => target);
    expect(all.map(({ target }) => target).sort()).toEqual(wanted.sort());
    expect(all.some(({ kind }) => kind === 'measurement')).toBe(true);
  });

  test('a figure that somebody judged is shown', () => {
    const group = levelGroups(reviewed([]).entries, 'importance')[0];
    const hidden = group?.more[0];
    if (hidden === undefined) throw new Error('nothing to show on demand');
    const after = levelGroups(
      reviewed([mark(1, 'a', 0, judged(hidden.target, 'reject'))]).entries,
      'importance',
    );
    const shown = after.flatMap(({ entries }) => entries.map(({ target }) => target));
    expect(shown).toContain(hidden.target);
  });

  test('accepting a level leaves out what is judged and what has no value', () => {
    const { entries } = reviewed([mark(1, 'a', 0, judged('disc/L5~S1/pfirrmann', 'reject'))]);
    const targets = acceptable(entries).map(({ target }) => target);
    expect(targets).not.toContain('disc/L5~S1/pfirrmann');
    // The fixture's reading abstained there.
    expect(targets).not.toContain('disc/L2~L3/pfirrmann');
    expect(targets).toContain('disc/L4~L5/pfirrmann');
  });
});

describe('going on', () => {
  test('never leaves the list, and goes back where it came from', () => {
    const list = ['a', 'b', 'c'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(1 as const, -1 as const)), (steps) => {
        const end = steps.reduce<string | undefined>((at, step) => neighbour(list, at, step), 'b');
        return end !== undefined && list.includes(end);
      }),
    );
    expect(neighbour(list, 'c', 1)).toBe('c');
    expect(neighbour(list, undefined, -1)).toBe('c');
  });

  test('judging all, one after the other, comes by each exactly once', () => {
    let marks: KeptMark[] = [];
    const seen: string[] = [];
    let entries = reviewed(marks).entries.slice(0, 30);
    const wanted = entries.map(({ target }) => target);
    let at: string | undefined = entries[7]?.target;
    while (at !== undefined && !seen.includes(at)) {
      seen.push(at);
      marks = [...marks, mark(marks.length + 1, 'a', 0, judged(at, 'accept'))];
      entries = reviewed(marks).entries.filter(({ target }) => wanted.includes(target));
      at = nextUnreviewed(entries, at);
    }
    expect(seen.toSorted()).toEqual(wanted.toSorted());
  });
});

describe('settling', () => {
  const target = 'disc/L4~L5/pfirrmann';
  test.each<[string, Deed, Deed]>([
    ['a verdict', judged(target, 'accept'), judged(target, 'reject')],
    ['a correction', judged(target, 'accept'), { kind: 'correct', readingId, target, value: 3 }],
    [
      'a numbering',
      { kind: 'renumber', readingId, lowestDisc: 'L6/S1' },
      { kind: 'renumber', readingId, lowestDisc: 'L4/L5' },
    ],
    [
      'a text',
      { kind: 'text', section: 'impression', text: 'a' },
      { kind: 'text', section: 'impression', text: 'b' },
    ],
    [
      'a landmark',
      { kind: 'landmark', readingId, name: 'conusLevel', positionMm: [1, 2, 3] },
      { kind: 'landmark', readingId, name: 'conusLevel', positionMm: [3, 2, 1] },
    ],
    [
      'a landmark taken back',
      { kind: 'landmark', readingId, name: 'sacEnd', positionMm: [1, 2, 3] },
      { kind: 'landmark', readingId, name: 'sacEnd' },
    ],
    [
      'an outline',
      {
        kind: 'outline',
        readingId,
        structure: 'sac',
        outline: [
          [0, 0],
          [1, 0],
          [0, 1],
        ],
      },
      {
        kind: 'outline',
        readingId,
        structure: 'disc',
        label: 'L4/L5',
        outline: [
          [0, 0],
          [2, 0],
          [0, 1],
        ],
      },
    ],
  ])('%s: either claim can be taken, and then stands alone', (_, first, second) => {
    const twin =
      second.kind === 'outline' && first.kind === 'outline' ? { ...first, outline: second.outline } : second;
    const marks = [mark(1, 'a', 0, first), mark(2, 'b', 0, twin)];
    const before = foldMarks(marks, { readingId });
    const [conflict] = before.conflicts;
    if (conflict === undefined) throw new Error('there is no conflict');
    for (const claim of conflict.claims) {
      const deed = settlingDeed(conflict, claim, readingId);
      if (deed === undefined) throw new Error('it cannot be settled');
      const after = foldMarks([...marks, mark(3, 'c', 2, deed)], { readingId });
      expect(after.conflicts).toEqual([]);
      expect(deed).toEqual(claim.by === 'a' ? first : twin);
    }
  });
});

test('names shift by one and back', () => {
  expect(shifted('L5/S1', -1)).toBe('L4/L5');
  expect(shifted('L5/S1', 1)).toBe('S1/S2');
  expect(shifted('S1/S2', 1)).toBeUndefined();
  expect(shifted('L6/S1', -1)).toBe('L5/S1');
});

test('figures are written as the language does, and a probability is never rounded to certainty', () => {
  expect(measure(8.44, 'mm', 0.71, 'en')).toBe('8.4 ± 0.7 mm');
  expect(measure(8.44, 'mm', 0, 'de')).toBe('8,4 mm');
  expect(measure(-3.6, 'deg', 2, 'en')).toBe('-3.6 ± 2.0°');
  expect(chance(0.998, 'en')).toBe('> 99%');
  expect(chance(0.004, 'en')).toBe('< 1%');
  expect(chance(1, 'en')).toBe('100%');
});
