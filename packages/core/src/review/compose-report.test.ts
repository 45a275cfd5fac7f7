import { describe, expect, test } from 'vitest';
import { reportContent } from './compose-report.ts';
import { disagreements } from './disagreements.ts';
import { foldMarks } from './fold-marks.ts';
import type { Deed } from './mark.ts';
import { readyToSign, type SigningInput } from './ready-to-sign.ts';
import { ReportContent } from './report-content.ts';
import {
  asPending,
  correct,
  judge,
  kept,
  markId,
  measurement,
  ownGrade,
  READING,
  readPatient,
  renumber,
  type Said,
  text,
} from './review.testing.ts';
import { reviewedFindings } from './reviewed-findings.ts';

const { findings, outline } = readPatient();
const a = (deed: Deed): Said => ({ by: 'a', deed });
function signing(said: readonly Said[], more: Partial<SigningInput> = {}): SigningInput {
  const review = foldMarks(kept(said), { readingId: READING });
  return { reviewed: reviewedFindings(findings, outline, review), review, reports: [], ...more };
}
const content = (said: readonly Said[], more: Partial<SigningInput> = {}) =>
  reportContent({ ...signing(said, more), language: 'en', findingsSha256: 'ab' });

const P = 'disc/L4~L5/pfirrmann';
const said: readonly Said[] = [
  a(judge('numbering')),
  a(judge(P)),
  a(correct('disc/L5~S1/modic', 1)),
  a(judge('disc/L5~S1/bulging', 'reject')),
  a(ownGrade('disc/L3~L4/pfirrmann', 2)),
  a(judge('alignment/conusLevel')),
  a(judge('alignment/lordosisL1S1')),
  a(judge('vertebra/L3/genant')),
  a(judge('slip/L4~L5')),
  a(judge('canal/L4~L5/sacDiameter')),
  a(measurement(12)),
  a(text('findings', 'In words.')),
];

/** Every statement of a report, wherever it stands. */
const statementsIn = (report: ReportContent) => [
  ...(report.numbering ? [report.numbering] : []),
  ...report.alignment,
  ...report.conus,
  ...report.vertebrae.flatMap((v) => v.statements),
  ...report.levels.flatMap(({ height, signal, contour, canal, endplates, slip, muscles }) =>
    [height, signal, contour, canal, endplates, slip, muscles].flat(),
  ),
];

describe('a report', () => {
  const report = content(said);

  test('is what its schema says, and survives being stored', () => {
    expect(ReportContent.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  test('says what was accepted, corrected or given, each with who and where it is from', () => {
    expect(
      statementsIn(report)
        .map(({ target, source }) => [target, source])
        .toSorted(),
    ).toEqual(
      [
        ['numbering', 'reading-accepted'],
        [P, 'reading-accepted'],
        ['disc/L5~S1/modic', 'corrected'],
        ['disc/L3~L4/pfirrmann', 'own'],
        ['alignment/conusLevel', 'reading-accepted'],
        ['alignment/lordosisL1S1', 'reading-accepted'],
        ['vertebra/L3/genant', 'reading-accepted'],
        ['slip/L4~L5', 'reading-accepted'],
        ['canal/L4~L5/sacDiameter', 'reading-accepted'],
      ].toSorted(),
    );
    for (const statement of statementsIn(report))
      expect(statement).toMatchObject({ by: 'a', byName: 'A', at: expect.stringContaining('2026-11-20') });
    expect(report.levels.map((l) => l.level)).toEqual(['L3/L4', 'L4/L5', 'L5/S1']);
    const level = report.levels[1];
    expect(level.signal).toMatchObject([{ target: P, value: 4, probability: expect.any(Number) }]);
    expect(level.canal).toMatchObject([
      { field: 'sacDiameter', unit: 'mm', uncertainty: expect.any(Number) },
    ]);
    expect(level.slip[0].also).toMatchObject({
      direction: expect.any(String),
      meyerding: expect.any(Number),
    });
    expect(report.vertebrae[0].statements[0].also).toEqual({ shape: expect.any(String) });
    expect(report.measurements).toMatchObject([{ value: 12, by: 'a' }]);
    expect(report.texts).toMatchObject([{ section: 'findings', text: 'In words.' }]);
    expect(report.basis).toMatchObject({ sequence: said.length, readingId: READING, findingsSha256: 'ab' });
    expect(report.basis.models).toEqual(findings.provenance.models);
  });

  test('names what nobody judged, and holds no value of it', () => {
    const silent = new Set(report.unreviewed.map((u) => u.target));
    expect(silent).toContain('disc/L5~S1/pfirrmann');
    for (const { target } of statementsIn(report)) expect(silent.has(target)).toBe(false);
    const rejected = report.rejected.map((r) => r.target);
    expect(rejected).toEqual(['disc/L5~S1/bulging']);
    // A figure that nobody judged, to its last digit, is nowhere in the document.
    const hidden = findings.discs.find((d) => d.label === 'L5/S1')?.heights.middle?.value;
    expect(hidden).toBeDefined();
    expect(JSON.stringify(report)).not.toContain(String(hidden));
    for (const item of [...report.unreviewed, ...report.rejected]) expect(item).not.toHaveProperty('value');
  });

  test('of nothing judged has no value at all', () => {
    const empty = content([]);
    expect(statementsIn(empty)).toEqual([]);
    const values = reviewedFindings(findings, outline, foldMarks([], { readingId: READING })).entries.flatMap(
      ({ value, uncertainty }) =>
        typeof value === 'number' && !Number.isInteger(value) ? [value, uncertainty] : [],
    );
    expect(values.length).toBeGreaterThan(50);
    const stored = JSON.stringify(empty);
    for (const value of values) expect(stored).not.toContain(String(value));
  });

  test('tells what could not be assessed, and why', () => {
    expect(report.notAssessable).toContainEqual({
      group: 'alignment',
      field: 'sacEnd',
      reason: 'cut-by-image-edge',
    });
    const given = content([...said, a(correct('alignment/sacEnd', 'S1'))]);
    expect(given.notAssessable.some((x) => x.field === 'sacEnd')).toBe(false);
    expect(given.conus).toMatchObject([{ source: 'reading-accepted' }, { value: 'S1', source: 'corrected' }]);
  });

  test('is by people’s names of the levels, and tells what the software had called them', () => {
    const renamed = content([a(renumber('L6/S1')), ...said.slice(1)]);
    expect(renamed.numbering).toMatchObject({ value: 'L6/S1', source: 'corrected', readAs: 'L5/S1' });
    expect(renamed.levels.map(({ level, readAs }) => [level, readAs])).toEqual([
      ['L4/L5', 'L3/L4'],
      ['L5/L6', 'L4/L5'],
      ['L6/S1', 'L5/S1'],
    ]);
    expect(ReportContent.safeParse(renamed).success).toBe(true);
    const beyond = content([a(renumber('S1/S2')), a(judge('disc/L5~S1/pfirrmann'))]);
    expect(beyond.levels.map((l) => l.level)).toEqual(['S1/S2']);
    expect(ReportContent.safeParse(beyond).success).toBe(true);
  });

  test('without a reading holds what people measured and wrote', () => {
    const review = foldMarks(kept([a(measurement(12)), a(text('impression', 'Normal.'))]));
    const input = { review, reports: [] };
    expect(readyToSign(input)).toMatchObject({ ready: true });
    const alone = reportContent({ ...input, language: 'ar', studyInstanceUid: '1.2.3' });
    expect(ReportContent.parse(alone)).toMatchObject({
      study: { studyInstanceUid: '1.2.3' },
      measurements: [{ value: 12 }],
      levels: [],
    });
  });

  test('that amends another says which, and why', () => {
    const reports = [{ reportId: 'r1', version: 1, sha256: 'cd' }];
    expect(content(said, { reports, reason: ' Side was wrong. ' })).toMatchObject({
      kind: 'amended',
      version: 2,
      reason: 'Side was wrong.',
      amends: { reportId: 'r1', version: 1, sha256: 'cd' },
    });
  });
});

describe('graded before the reading was shown', () => {
  const blind: readonly Said[] = [
    a(ownGrade(P, 2)),
    a(ownGrade('disc/L5~S1/pfirrmann', 5)),
    { by: 'b', deed: ownGrade(P, 3), seen: 0 },
    a({ kind: 'reveal', readingId: READING, withoutOwn: [] }),
    a(ownGrade('disc/L3~L4/pfirrmann', 1)),
  ];

  test('who differs is listed with both values; who agrees or came late is not', () => {
    const review = foldMarks(kept(blind), { readingId: READING });
    expect(
      disagreements(findings, review).map(({ target, own, given, by }) => [target, own, given, by]),
    ).toEqual([
      [P, 2, 4, 'a'],
      [P, 3, 4, 'b'],
    ]);
  });

  test('the report keeps both where the reading’s was judged, and tells no unjudged value', () => {
    expect(content(blind).disagreements.every((d) => d.given === undefined)).toBe(true);
    const judged = content([...blind, a(judge(P))]).disagreements;
    expect(judged).toMatchObject([
      { own: 2, given: 4, by: 'a' },
      { own: 3, given: 4, by: 'b' },
    ]);
  });

  test('readers who differ have no common value of their own', () => {
    const report = content(blind);
    expect(statementsIn(report).map((s) => s.target)).not.toContain(P);
    expect(report.unreviewed.map((u) => u.target)).toContain(P);
  });
});

describe('ready to sign', () => {
  const obstacles = (said: readonly Said[], more: Partial<SigningInput> = {}) =>
    readyToSign(signing(said, more)).obstacles;

  test('is what says something, by accepted names, without conflict', () => {
    expect(obstacles(said)).toEqual([]);
    expect(obstacles([])).toEqual(['nothing-to-say']);
    expect(obstacles([a(text('findings', '  '))])).toEqual(['nothing-to-say']);
    expect(obstacles([a(text('findings', 'Words.'))])).toEqual([]);
    expect(obstacles([a(judge(P))])).toEqual(['numbering-unreviewed']);
    expect(obstacles([a(judge(P)), a(renumber('L6/S1'))])).toEqual([]);
    expect(obstacles([a(judge(P)), a(judge('numbering')), a(renumber('L3/L9'))])).toEqual([
      'numbering-refused',
    ]);
  });

  test('is not what two people said differently, or what the server has not got', () => {
    const conflict: Said[] = [...said, { by: 'b', deed: correct(P, 3), seen: 0 }];
    expect(obstacles(conflict)).toEqual(['conflicts']);
    const marks = kept(said);
    const review = foldMarks([...marks.slice(0, -1), asPending(marks[marks.length - 1])], {
      readingId: READING,
    });
    expect(readyToSign({ ...signing(said), review }).obstacles).toEqual(['unsent']);
  });

  test('an amendment needs its reason', () => {
    const reports = [{ reportId: markId(1), version: 1, sha256: 'cd' }];
    expect(obstacles(said, { reports })).toEqual(['reason-needed']);
    expect(obstacles(said, { reports, reason: ' ' })).toEqual(['reason-needed']);
    expect(obstacles(said, { reports, reason: 'Why.' })).toEqual([]);
  });

  test('counts what stays out', () => {
    expect(readyToSign(signing(said)).unreviewed).toBe(content(said).unreviewed.length);
  });
});
