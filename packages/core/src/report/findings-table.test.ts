import { describe, expect, test } from 'vitest';
import { buildFindings, type FindingsCase } from './findings.fixture.ts';
import { findingsTable, TABLE_COLUMNS } from './findings-table.ts';

const CASES: Record<string, FindingsCase> = {
  usual: {},
  't1 only': { t2: false },
  'no millimetres': { millimetres: false },
  'six lumbar vertebrae': { lumbarCount: 6 },
  'single slice': { singleSlice: true, t1: false },
  'no disc': { discs: [] },
};

describe('findingsTable', () => {
  test.each(Object.entries(CASES))('fits 100 columns and says it is unreviewed: %s', (_name, wanted) => {
    const text = findingsTable(buildFindings(wanted));
    for (const line of text.split('\n')) expect([...line].length).toBeLessThanOrEqual(TABLE_COLUMNS);
    expect(text).toContain('a clinician must review and sign');
  });

  test('one line a level, head to feet, with grade, set, height and slip', () => {
    const lines = findingsTable(buildFindings()).split('\n');
    const rows = lines.filter((l) => /^[TL]\d+\//.test(l));
    expect(rows.map((l) => l.split(' ')[0])).toEqual([
      'T11/T12',
      'T12/L1',
      'L1/L2',
      'L2/L3',
      'L3/L4',
      'L4/L5',
      'L5/S1',
    ]);
    expect(rows[5]).toMatch(/4 \[3,4\] +7\.6 ± 0\.7 +0\.22 +no 0\.07 +yes 0\.88 +yes 0\.88 +\+4\.2 mm/);
    expect(rows[3]).toMatch(/\? \[3,4\].*too uncertain$/);
  });

  test('text from files cannot drive the terminal', () => {
    const findings = buildFindings({ millimetres: false });
    findings.quality.warnings[0].message = 'a\u001b[2Jb\u202ec\u0007';
    const text = findingsTable(findings);
    for (const character of ['\u001b', '\u202e', '\u0007']) expect(text).not.toContain(character);
    expect(text).toContain('! a [2Jb c');
  });

  test('one unbroken word does not hang the wrapping', () => {
    const findings = buildFindings({ millimetres: false });
    findings.quality.warnings[0].message = 'x'.repeat(1000);
    for (const line of findingsTable(findings).split('\n'))
      expect(line.length).toBeLessThanOrEqual(TABLE_COLUMNS);
  });
});
