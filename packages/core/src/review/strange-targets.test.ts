import { expect, test } from 'vitest';
import { reportContent } from './compose-report.ts';
import { foldMarks } from './fold-marks.ts';
import { isTarget } from './possible-targets.ts';
import { readyToSign } from './ready-to-sign.ts';
import { ReportContent } from './report-content.ts';
import { correct, judge, kept, ownGrade, READING, readPatient, type Said } from './review.testing.ts';
import { reviewedFindings } from './reviewed-findings.ts';
import { targetsOf } from './targets.ts';

const { findings, outline } = readPatient();
const after = (...said: readonly Said[]) => {
  const review = foldMarks(kept(said), { readingId: READING });
  const reviewed = reviewedFindings(findings, outline, review);
  const content = reportContent({ review, reviewed, reports: [], language: 'en' });
  return { review, reviewed, content, ready: readyToSign({ review, reviewed, reports: [] }) };
};
const by = (deed: Said['deed']): Said => ({ by: 'a', deed });

test('every result of a reading is a target', () => {
  expect(targetsOf(findings).filter(({ target }) => !isTarget(target))).toEqual([]);
});

test.each([
  'disc/L4~L5/a~b',
  'disc/L99~L1/pfirrmann',
  'disc/T1~T2/pfirrmann',
  'disc/L1~L3/pfirrmann',
  'disc/L4/pfirrmann',
  'disc/L4~L5~S1/pfirrmann',
  `disc/L4~L5/${'x'.repeat(300)}`,
  'disc/L4~L5/madeUp',
  'vertebra/L4~L5/genant',
  'alignment/madeUp',
  'numbering/L4~L5',
  'slip/L4~L5/slip',
  'axial/L4~L5/psoas.up.area',
  'other/L4~L5/pfirrmann',
])(
  'what no reading could have (%s) is not in the report, and does not keep it from being signed',
  (target) => {
    const { reviewed, content, ready } = after(
      by(judge('numbering')),
      by(judge('disc/L4~L5/pfirrmann')),
      by(correct(target, 3)),
      { by: 'b', deed: ownGrade(target, 3) },
    );
    expect(ready.obstacles).toEqual([]);
    expect(ReportContent.safeParse(content).success).toBe(true);
    expect(reviewed.entry(target)).toBeUndefined();
    expect(JSON.stringify(content)).not.toContain(JSON.stringify(target));
  },
);

test.each<[string, number | boolean | string]>([
  ['disc/L4~L5/pfirrmann', 9],
  ['disc/L4~L5/pfirrmann', true],
  ['disc/L4~L5/pfirrmann', '4'],
  ['disc/L4~L5/modic', 1.5],
  ['disc/L4~L5/herniation', 1],
  ['disc/L4~L5/herniation', 'yes'],
  ['disc/L4~L5/heights.middle', 'tall'],
  ['disc/L4~L5/heights.middle', false],
  ['vertebra/L3/genant', 7],
  ['alignment/conusLevel', 4],
  ['alignment/conusLevel', 'where \u202e'],
])('a value that %s cannot have (%s) says nothing', (target, value) => {
  const { reviewed, content } = after(by(correct(target, value)), {
    by: 'b',
    deed: ownGrade(target, value as number),
  });
  expect(reviewed.status(target)).toBe('unreviewed');
  expect(reviewed.entry(target)?.value).toEqual(targetsOf(findings).find((e) => e.target === target)?.value);
  expect(content.levels).toEqual([]);
  expect(content.disagreements).toEqual([]);
});
