import { expect, test } from 'vitest';
import { buildFindings } from './findings.fixture.ts';
import { notAssessed } from './not-assessed.ts';

test('groups what is absent by its reason and names places only where they differ', () => {
  const groups = notAssessed(buildFindings({ t2: false }));
  const needsT2 = groups.find((g) => g.why.includes('T2-weighted image, which'));
  expect(needsT2?.items).toEqual([
    { what: 'Pfirrmann grade', where: [] },
    { what: 'Disc signal against CSF', where: [] },
  ]);
  const cut = groups.find((g) => g.why.includes('edge'));
  expect(cut?.items).toEqual([{ what: 'Vertebral heights', where: ['S1'] }]);
});

test('an abstained level is named', () => {
  const groups = notAssessed(buildFindings());
  expect(groups.flatMap((g) => g.items)).toContainEqual({ what: 'Pfirrmann grade', where: ['L2/L3'] });
});

test('what only axial slices show is said to need them; one line for both numbers of a muscle', () => {
  const without = notAssessed(buildFindings());
  expect(without.find((g) => g.why.includes('axial'))?.items.map((i) => i.what)).toEqual([
    'Cross-section of the dural sac',
    'Muscles',
  ]);
  const findings = buildFindings({ axial: true });
  const items = notAssessed(findings).flatMap((g) => g.items);
  expect(items.map((i) => i.what)).not.toContain('Muscles');
  expect(items).toContainEqual({
    what: 'Psoas left',
    where: findings.axial!.map((a) => a.level),
  });
});

test('unknown fields and reasons are spelt out, not dropped', () => {
  const findings = buildFindings({ discs: [{}] });
  findings.discs[0].notMeasured.someNewMeasure = 'a-new-reason';
  expect(notAssessed(findings)).toContainEqual({
    why: 'a new reason',
    items: [{ what: 'Disc some new measure', where: [] }],
  });
});
