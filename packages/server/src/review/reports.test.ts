import { createHash, randomUUID } from 'node:crypto';
import { ReportContent } from '@promontory/core/review';
import { describe, expect, test } from 'vitest';
import type { Identity } from '../access/index.ts';
import { person } from '../archive/archive.testing.ts';
import { canonicalJson } from '../audit/index.ts';
import { sameReading, supersedeReadings } from '../readings/reading-rows.ts';
import {
  ENGINES,
  FINDINGS,
  markOf,
  measured,
  type ReviewedStudy,
  reviewBench,
  said,
} from './review.testing.ts';

/** By its reason. */
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: { name: string; reason?: string }) => error.reason ?? error.name,
  );

describe.each(ENGINES)('reports on %s', (_name, fresh) => {
  const bench = reviewBench(fresh);
  const reviews = (who: Identity) => bench.room.reviewsFor(who);

  /** @returns the study with two results judged and a sentence written */
  async function judged(by: Identity): Promise<ReviewedStudy & { readonly sequence: number }> {
    const it = await bench.study();
    const { readingId } = it;
    const done = await reviews(by).append(it.studyUid, [
      markOf({ kind: 'judge', readingId, target: 'numbering', verdict: 'accept' }),
      markOf({ kind: 'judge', readingId, target: 'disc/L5~S1/pfirrmann', verdict: 'accept' }),
      said('Disc degeneration L5/S1.'),
    ]);
    return { ...it, sequence: done?.sequence ?? 0 };
  }
  const asked = (
    { studyUid, readingId, sequence }: ReviewedStudy & { sequence: number },
    more: object = {},
  ) => ({ studyUid, readingId, sequence, language: 'en', ...more });
  const statusOf = async (readingId: string) =>
    (
      await bench.database.query<{ status: string }>('select status from reading where reading_id = $1', [
        readingId,
      ])
    )[0]?.status;

  test('the content names its study and what it stands on, with a reading and without', async () => {
    const anna = await bench.member('radiologist', 'a', 'Anna');
    const it = await judged(anna);
    const contentOf = async (more: object) => {
      const entry = await reviews(anna).sign(asked(it, more));
      const report = await reviews(anna).report(entry?.reportId ?? '');
      return ReportContent.parse(JSON.parse(report?.content ?? ''));
    };
    const [file] = await bench.database.query<{ sha256: string }>(
      `select sha256 from reading_file where reading_id = $1 and name = 'findings.json'`,
      [it.readingId],
    );
    const withReading = await contentOf({});
    expect(withReading.basis.findingsSha256).toBe(file?.sha256);
    const without = await contentOf({ readingId: undefined, reason: 'In words alone.' });
    expect(without.study).toEqual({ studyInstanceUid: it.studyUid });
  });

  test('what was reviewed is signed, as it is kept here, and the reading is reviewed', async () => {
    const anna = await bench.member('radiologist', 'a', 'Anna');
    const it = await judged(anna);
    expect(await statusOf(it.readingId)).toBe('unreviewed');
    const report = await reviews(anna).sign(asked(it));
    expect(report).toMatchObject({
      studyUid: it.studyUid,
      version: 1,
      kind: 'signed',
      signedBy: anna.accountId,
      signedByName: 'Anna',
      signedAt: bench.at,
      sequence: 3,
      readingId: it.readingId,
      language: 'en',
    });
    expect(await statusOf(it.readingId)).toBe('reviewed');
    const student = reviews(await bench.member('student'));
    expect(await student.reports(it.studyUid)).toEqual([report]);
    const whole = await student.report(report?.reportId ?? '');
    expect(
      createHash('sha256')
        .update(whole?.content ?? '')
        .digest('hex'),
    ).toBe(report?.sha256);
    const content = ReportContent.parse(JSON.parse(whole?.content ?? ''));
    expect(canonicalJson(content)).toBe(whole?.content);
    expect(content).toMatchObject({
      kind: 'signed',
      version: 1,
      language: 'en',
      texts: [{ section: 'findings', text: 'Disc degeneration L5/S1.', byName: 'Anna' }],
      basis: { sequence: 3, readingId: it.readingId },
    });
    const events = await bench.auditOf(it.studyUid);
    expect(JSON.parse(events.find(({ action }) => action === 'report-sign')?.body ?? '').detail).toEqual({
      report: report?.reportId,
      version: 1,
      kind: 'signed',
      sequence: 3,
      sha256: report?.sha256,
      attested: true,
      reading: it.readingId,
    });
    expect(JSON.stringify(events)).not.toContain('degeneration');
  });

  test('a reviewed reading stays so when the study is read again, and is not made anew for a resend', async () => {
    const anna = await bench.member('radiologist');
    const it = await judged(anna);
    await reviews(anna).sign(asked(it));
    const waiting = await bench.reading(it.studyUid);
    await supersedeReadings(bench.database, it.studyUid, randomUUID());
    expect(await statusOf(it.readingId)).toBe('reviewed');
    expect(await statusOf(waiting)).toBe('superseded');
    expect(await sameReading(bench.database, it.studyUid, '', '1')).toBe(it.readingId);
  });

  test('nothing that nobody reviewed stands in it with its value', async () => {
    const anna = await bench.member('radiologist');
    const it = await judged(anna);
    const { reportId = '' } = (await reviews(anna).sign(asked(it))) ?? {};
    const content = ReportContent.parse(JSON.parse((await reviews(anna).report(reportId))?.content ?? ''));
    const pfirrmann = content.levels.flatMap(({ signal }) => signal);
    expect(pfirrmann.map(({ target, value }) => [target, value])).toEqual([['disc/L5~S1/pfirrmann', 5]]);
    expect(content.unreviewed.map(({ target }) => target)).toContain('disc/L4~L5/pfirrmann');
    expect(content.alignment).toEqual([]);
  });

  test('asked again by the same person it is the same report; then it is amended, with a reason', async () => {
    const anna = await bench.member('radiologist', 'a', 'Anna');
    const bert = await bench.member('surgeon', 'a', 'Bert');
    const it = await judged(anna);
    const [first, twin] = await Promise.all([reviews(anna).sign(asked(it)), reviews(anna).sign(asked(it))]);
    expect(twin).toEqual(first);
    expect(await refusal(reviews(bert).sign(asked(it)))).toBe('reason-needed');
    await reviews(bert).append(it.studyUid, [said('Also L4/L5.', 3)]);
    expect(await refusal(reviews(bert).sign(asked(it)))).toBe('changed');
    const more = { ...it, sequence: 4 };
    expect(await refusal(reviews(bert).sign(asked(more)))).toBe('reason-needed');
    const second = await reviews(bert).sign(asked(more, { reason: 'L4/L5 was left out' }));
    expect(second).toMatchObject({
      version: 2,
      kind: 'amended',
      reason: 'L4/L5 was left out',
      signedByName: 'Bert',
    });
    const all = await reviews(anna).reports(it.studyUid);
    expect(all).toEqual([first, second]);
    const content = JSON.parse((await reviews(anna).report(second?.reportId ?? ''))?.content ?? '');
    expect(content.amends).toEqual({ reportId: first?.reportId, version: 1, sha256: first?.sha256 });
    // The one before is still there, word by word.
    const before = await reviews(anna).report(first?.reportId ?? '');
    expect(JSON.parse(before?.content ?? '').texts[0].text).toBe('Disc degeneration L5/S1.');
  });

  test('of two who sign at once one does, and the other is told', async () => {
    const [anna, bert] = [await bench.member('radiologist'), await bench.member('neurologist')];
    const it = await judged(anna);
    const told = await Promise.all([
      refusal(reviews(anna).sign(asked(it))),
      refusal(reviews(bert).sign(asked(it))),
    ]);
    expect(told.filter((reason) => reason === 'none')).toHaveLength(1);
    expect(told.some((reason) => ['changed', 'reason-needed'].includes(reason))).toBe(true);
    expect(await reviews(anna).reports(it.studyUid)).toHaveLength(1);
  });

  test('not over conflicts, not past newer marks, not without anything to say', async () => {
    const [anna, bert] = [await bench.member('radiologist'), await bench.member('surgeon')];
    const it = await judged(anna);
    await reviews(bert).append(it.studyUid, [said('No degeneration.', 1)]);
    for (const sequence of [0, 3, 5, 99])
      expect(await refusal(reviews(anna).sign(asked({ ...it, sequence })))).toBe('changed');
    expect(await refusal(reviews(anna).sign(asked({ ...it, sequence: 4 })))).toBe('conflicts');
    await reviews(anna).append(it.studyUid, [said('Agreed: mild degeneration.', 4)]);
    expect((await reviews(anna).sign(asked({ ...it, sequence: 5 })))?.version).toBe(1);

    const many = await bench.study();
    for (let batch = 0; batch < 21; batch++)
      await reviews(anna).append(
        many.studyUid,
        Array.from({ length: 100 }, () => markOf(measured(many))),
      );
    const all = { studyUid: many.studyUid, sequence: 2_100, language: 'en' };
    expect(await refusal(reviews(anna).sign(all))).toBe('not-ready');

    const empty = await bench.study();
    expect(await refusal(reviews(anna).sign(asked({ ...empty, sequence: 0 })))).toBe('not-ready');
    expect(await reviews(anna).reports(empty.studyUid)).toEqual([]);
  });

  test('on words alone, where the study has no reading', async () => {
    const anna = await bench.member('radiologist');
    const it = await bench.study();
    await reviews(anna).append(it.studyUid, [said('Normal.')]);
    const report = await reviews(anna).sign({ studyUid: it.studyUid, sequence: 1, language: 'de' });
    expect(report).toMatchObject({ version: 1, language: 'de' });
    expect(report?.readingId).toBeUndefined();
    expect(await statusOf(it.readingId)).toBe('unreviewed');
  });

  test('on no reading of another study, none that failed, was superseded or cannot be read', async () => {
    const anna = await bench.member('radiologist');
    const it = await judged(anna);
    const other = await bench.study();
    const sign = (readingId: string) => refusal(reviews(anna).sign(asked(it, { readingId })));
    expect(await sign(other.readingId)).toBe('no-such-reading');
    expect(await sign('00000000-0000-4000-8000-000000000000')).toBe('no-such-reading');
    expect(await sign(await bench.reading(it.studyUid, { 'findings.json': { files: 3 } }))).toBe(
      'no-such-reading',
    );
    expect(await sign(await bench.reading(it.studyUid, {}))).toBe('no-such-reading');
    for (const [change, reason] of [
      [`outcome = 'refused'`, 'no-such-reading'],
      [`status = 'superseded'`, 'superseded'],
    ] as const) {
      const readingId = await bench.reading(it.studyUid, { 'findings.json': FINDINGS });
      await bench.database.query(`update reading set ${change} where reading_id = $1`, [readingId]);
      expect(await sign(readingId)).toBe(reason);
    }
    expect(await reviews(anna).reports(it.studyUid)).toEqual([]);
  });

  test('nobody signs who may not, and no program', async () => {
    const it = await judged(await bench.member('radiologist'));
    for (const role of ['student', 'technician', 'physiotherapist', 'researcher', 'teacher'] as const)
      expect(await reviews(await bench.member(role)).sign(asked(it))).toBeUndefined();
    const stranger = await bench.member('radiologist', 'b');
    expect(await reviews(stranger).sign(asked(it))).toBeUndefined();
    expect(await reviews(stranger).reports(it.studyUid)).toBeUndefined();
    const anna = await bench.member('radiologist');
    expect(await refusal(reviews({ ...anna, kind: 'token' }).sign(asked(it)))).toBe('person-needed');
    expect(await refusal(reviews(person('administrator')).sign(asked(it)))).toBe('person-needed');
    const report = await reviews(anna).sign(asked(it));
    expect(await reviews(stranger).report(report?.reportId ?? '')).toBeUndefined();
    for (const none of ['', 'x', '00000000-0000-4000-8000-000000000000', "' or 1=1"])
      expect(await reviews(anna).report(none)).toBeUndefined();
  });

  test('a signed report never changes, and goes with its study only', async () => {
    const anna = await bench.member('radiologist');
    const it = await judged(anna);
    await reviews(anna).sign(asked(it));
    for (const statement of [
      `update report set content = '{}'`,
      `update report set signed_by_name = 'Mallory'`,
      'delete from report',
      'truncate report',
      `delete from account where account_id = '${anna.accountId}'`,
    ])
      await expect(bench.database.query(statement)).rejects.toThrow();
    expect(await reviews(anna).reports(it.studyUid)).toHaveLength(1);
    await bench.archive.recordsFor(person('administrator')).remove({ studyUid: it.studyUid });
    expect(await bench.database.query('select 1 from report where study_uid = $1', [it.studyUid])).toEqual(
      [],
    );
  });
});
