import { describe, expect, test } from 'vitest';
import { buildFindings } from './findings.fixture.ts';
import { readLevels } from './level-reading.ts';

const standingOf = (findings: ReturnType<typeof buildFindings>) =>
  Object.fromEntries(readLevels(findings).map((r) => [r.disc.label, r.standing]));

describe('readLevels', () => {
  test('ranks what matters most first and sorts levels by standing', () => {
    const readings = readLevels(buildFindings());
    expect(readings.map((r) => r.disc.label).slice(0, 2)).toEqual(['L4/L5', 'L5/S1']);
    expect(standingOf(buildFindings())).toEqual({
      'L5/S1': 'stands-out',
      'L4/L5': 'stands-out',
      'L3/L4': 'unremarkable',
      'L2/L3': 'unclear',
      'L1/L2': 'unremarkable',
      'T12/L1': 'unremarkable',
      'T11/T12': 'unremarkable',
    });
  });

  test('a missing T2 series does not make every level unclear', () => {
    const standing = standingOf(buildFindings({ t2: false }));
    expect(standing['L3/L4']).toBe('unremarkable');
    expect(standing['L5/S1']).toBe('stands-out');
  });

  test('an abstained finding counts neither as found nor as absent', () => {
    const findings = buildFindings({ discs: [{}] });
    findings.discs[0].grades.herniation = {
      probability: 0.45,
      abstained: true,
      reason: 'out-of-distribution',
    };
    const [reading] = readLevels(findings);
    expect(reading.standing).toBe('unclear');
    expect(reading.found).toEqual([]);
    expect(reading.doubts[0]).toContain('45 %');
  });

  test('an abstained finding with a value is not reported as found', () => {
    const findings = buildFindings({ discs: [{}] });
    findings.discs[0].grades.bulging = {
      value: true,
      probability: 0.55,
      abstained: true,
      reason: 'not-seen',
    };
    expect(readLevels(findings)[0].found).toEqual([]);
  });

  test('a measured slip is told once, with its direction', () => {
    const [reading] = readLevels(buildFindings({ discs: [{ slipMm: -4 }] }));
    expect(reading.found.map((f) => f.text)).toEqual(['backward slip of 4.0 ± 1.1 mm, Meyerding 1']);
  });

  test('experimental grades keep their mark', () => {
    const [reading] = readLevels(buildFindings({ discs: [{ present: ['herniation'] }] }));
    expect(reading.found).toEqual([{ text: 'disc herniation', probability: 0.88, experimental: true }]);
  });
});
