import { describe, expect, test } from 'vitest';
import { buildFindings } from './findings.fixture.ts';
import { summarise } from './summary.ts';

describe('summarise', () => {
  test('says what stands out, what is open and what is merely grey', () => {
    const summary = summarise(buildFindings());
    expect(summary.lead).toBe('Two of seven disc levels stand out.');
    expect(summary.levels.map((l) => l.level)).toEqual(['L4/L5', 'L5/S1']);
    expect(summary.also).toContain('L2/L3: the software could not decide; please look at it.');
    expect(summary.also).toContain('L3/L4: grey disc (Pfirrmann 3 of 5), no other finding.');
  });

  test('gives each prevalence once, and none without an age', () => {
    const common = summarise(buildFindings()).common.map((p) => p.finding);
    expect(new Set(common).size).toBe(common.length);
    expect(common).toContain('disc-degeneration');
    expect(summarise(buildFindings({ ageYears: undefined })).common).toEqual([]);
  });

  test('a calm study is not declared healthy', () => {
    const summary = summarise(buildFindings({ discs: [{}, {}, {}] }));
    expect(summary.lead).toBe('Nothing stands out in what could be assessed.');
    expect(summary.levels).toEqual([]);
  });

  test('no disc at all', () => {
    expect(summarise(buildFindings({ discs: [] })).lead).toBe('No disc could be read.');
  });

  test('a deformed body and an unusual lordosis get a sentence', () => {
    const findings = buildFindings({ discs: [{}] });
    findings.vertebrae[0].genant = { value: 2, shape: 'wedge', experimental: true };
    findings.alignment.lordosisL1S1 = { value: 72, unit: 'deg', uncertainty: 3 };
    const { also } = summarise(findings);
    expect(also.join('\n')).toContain('wedge shape, Genant 2');
    expect(also.join('\n')).toContain('experimental');
    expect(also.join('\n')).toContain('above the range');
  });
});
