import { describe, expect, test } from 'vitest';
import { buildFindings } from '../report/findings.fixture.ts';
import { absencesOf } from './absences.ts';
import { Target } from './mark.ts';
import { readPatient } from './review.testing.ts';
import { levelOfTarget, targetsOf } from './targets.ts';
import { unitOf } from './units.ts';

const findings = buildFindings({ axial: true });
const entries = targetsOf(findings);

describe('targets', () => {
  test('are each of a kind: named once, by names that a mark can have', () => {
    expect(new Set(entries.map((e) => e.target)).size).toBe(entries.length);
    for (const { target } of entries) expect(Target.safeParse(target).success, target).toBe(true);
    for (const { target, level } of entries) expect(levelOfTarget(target), target).toBe(level);
    for (const { target, unit } of entries) expect(unitOf(target), target).toBe(unit);
  });

  test('are as many as the document has results', () => {
    // Every grade, figure, level and the numbering, counted in the document by its own form.
    const count = (value: unknown): number => {
      if (typeof value !== 'object' || value === null) return 0;
      if ('uncertainty' in value || 'abstained' in value || 'present' in value || 'shape' in value) return 1;
      return Object.values(value).reduce((sum: number, part) => sum + count(part), 0);
    };
    const { alignment } = findings;
    const figures =
      count([findings.discs, findings.vertebrae, findings.canal, findings.axial, alignment]) -
      alignment.slips.length; // Percent and millimetres of a slip are one.
    const levels = [alignment.conusLevel, alignment.sacEnd].filter((x) => x !== undefined).length;
    expect(entries.length).toBe(figures + levels + 1);
  });

  test('begin with the numbering and the level that stands out most', () => {
    expect(entries[0].target).toBe('numbering');
    const levels = [...new Set(entries.flatMap((e) => (e.group === 'disc' ? [e.level] : [])))];
    expect(levels.slice(0, 2).toSorted()).toEqual(['L4/L5', 'L5/S1']);
    const first = entries.filter((e) => e.level === 'L4/L5').slice(0, 3);
    expect(first.map((e) => e.field)).toEqual(expect.arrayContaining(['herniation', 'slip']));
    for (let i = 1; i < entries.length; i++)
      expect(entries[i].importance).toBeLessThanOrEqual(entries[i - 1].importance);
  });

  test('carry what the reading says of them', () => {
    const disc = findings.discs.find((d) => d.label === 'L4/L5');
    expect(entries.find((e) => e.target === 'disc/L4~L5/pfirrmann')).toMatchObject({
      kind: 'grade',
      level: 'L4/L5',
      value: disc?.grades.pfirrmann.value,
      probabilities: disc?.grades.pfirrmann.probabilities,
      probability: disc?.grades.pfirrmann.probabilities?.[3],
      set: disc?.grades.pfirrmann.set,
    });
    expect(entries.find((e) => e.target === 'disc/L4~L5/heights.middle')).toMatchObject({
      kind: 'measurement',
      value: disc?.heights.middle?.value,
      unit: 'mm',
      uncertainty: disc?.heights.middle?.uncertainty,
    });
    expect(entries.find((e) => e.group === 'axial')?.experimental).toBe(true);
  });

  test('abstained grades are among them, with their reason and without a value', () => {
    const without = targetsOf(buildFindings({ t2: false }));
    const grade = without.find((e) => e.target === 'disc/L4~L5/pfirrmann');
    expect(grade?.abstained).toMatch(/^needs-/);
    expect(grade).not.toHaveProperty('value');
  });

  test('and what is absent has a name that a person can give a value to', () => {
    const { findings: read } = readPatient();
    const present = new Set(targetsOf(read).map((e) => e.target));
    for (const { target } of absencesOf(read)) {
      expect(Target.safeParse(target).success, target).toBe(true);
      expect(present.has(target), target).toBe(false);
    }
    expect(absencesOf(read).map((x) => x.target)).toContain('alignment/sacEnd');
  });
});
