import { urgencyOf } from '@promontory/core/report';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { buildFindings } from '../../../core/src/report/findings.fixture.ts';
import type { Identity } from '../access/index.ts';
import { systemIdentity } from '../access/index.ts';
import { newUid, person } from '../archive/archive.testing.ts';
import { stage } from '../ports/blobs/index.ts';
import { openTestPglite } from '../ports/database/embedded.testing.ts';
import type { ReadInProcess } from '../readings/index.ts';
import { openTestServer, POSTGRES, smallStudy, type TestServer } from '../readings/readings.testing.ts';
import { withAccount } from '../readings/worklist.testing.ts';
import { migrate } from '../schema/index.ts';
import { MIGRATIONS } from '../schema/migrations.ts';
import { NotAReviewer, rankReadings, readingListFor } from './index.ts';
import { addMarks, addReading, addReport, addStudy } from './reading-list.testing.ts';

const POLL = { timeout: 30_000, interval: 50 };
const findings = buildFindings({ axial: true });

/** A reading process that gives this document. */
const readAs =
  (document: object): ReadInProcess =>
  async () => ({
    kind: 'read',
    softwareVersion: '1',
    models: [],
    files: [
      {
        name: 'findings.json',
        mediaType: 'application/json',
        bytes: new TextEncoder().encode(JSON.stringify(document)),
      },
    ],
  });

describe.each(['PGlite', ...(POSTGRES === undefined ? [] : ['PostgreSQL' as const])] as const)(
  'on %s',
  (kind) => {
    let server: TestServer;
    let anna: Identity & { readonly accountId: string };
    const listFor = (who: Identity) =>
      readingListFor(who, { database: server.database, now: () => server.at });
    const summary = async (studyUid: string, who: Identity = anna) =>
      (await listFor(who).summary(studyUid))?.entry;
    const statusOf = async (studyUid: string) => (await summary(studyUid))?.status;
    const page = (query: object, who: Identity = anna) =>
      listFor(who).page({ sort: 'urgency', limit: 200, ...query });
    const uids = async (query: object, who?: Identity) =>
      (await page(query, who)).entries.map(({ studyInstanceUid }) => studyInstanceUid);

    beforeAll(async () => {
      server = await openTestServer(kind);
      anna = await withAccount(server.database, 'radiologist', 'default');
      await grant(anna.accountId, 'radiologist', 'default');
      await server.database.query(`insert into project (project_id, title) values ('north', 'North')`);
    }, 60_000);
    afterAll(() => server.close(), 60_000);

    const grant = (accountId: string, role: string, projectId: string) =>
      server.database.query('insert into role_grant values ($1, $2, $3)', [accountId, role, projectId]);

    test('a study goes from received to signed, and back where something comes that the signature has not seen', async () => {
      const { studyUid, files } = smallStudy(1, { PatientName: 'Émile^Zoë', StudyDescription: 'L spine' });
      await server.store(files);
      expect(await summary(studyUid)).toMatchObject({
        status: 'received',
        patientName: 'Émile^Zoë',
        description: 'L spine',
        modalities: ['MR'],
        seriesCount: 1,
        instanceCount: 1,
        urgency: { rank: 0, reasons: [] },
        priorCount: 0,
      });
      const room = await server.open();
      await room.readingsFor(anna).request(studyUid);
      expect(await statusOf(studyUid)).toBe('reading');
      await room.work({ read: readAs(findings) });
      await expect.poll(() => statusOf(studyUid), POLL).toBe('to-review');
      const { readings } = (await room.readingsFor(anna).ofStudy(studyUid)) ?? { readings: [] };
      const read = await summary(studyUid);
      expect(read?.readingId).toBe(readings[0]?.readingId);
      expect(read?.urgency).toEqual(JSON.parse(JSON.stringify(urgencyOf(findings))));
      expect(read?.urgency.rank).toBeGreaterThan(0);

      await addMarks(server.database, studyUid, anna.accountId, 1, 2);
      expect(await statusOf(studyUid)).toBe('in-review');
      const later = (hours: number) => new Date(server.at.getTime() + hours * 3_600_000);
      await addReport(server.database, studyUid, anna.accountId, { version: 1, sequence: 2, at: later(1) });
      expect(await summary(studyUid)).toMatchObject({ status: 'signed', signedAt: later(1) });
      await addMarks(server.database, studyUid, anna.accountId, 3);
      expect(await statusOf(studyUid)).toBe('in-review');
      await addReport(server.database, studyUid, anna.accountId, { version: 2, sequence: 3, at: later(2) });
      expect(await statusOf(studyUid)).toBe('signed');
      await addReading(server.database, studyUid, { at: later(3), rank: 2 });
      expect(await summary(studyUid)).toMatchObject({ status: 'to-review', signedAt: later(2) });
    });

    test('what is suspected goes first from the moment of asking, whatever the reading says then', async () => {
      const { studyUid, files } = smallStudy();
      await server.store(files);
      const room = await server.open();
      await room.readingsFor(anna).request(studyUid, 'suspected-cauda-equina');
      const urgency = { rank: 3, reasons: [{ code: 'suspected-cauda-equina' }] };
      expect(await summary(studyUid)).toMatchObject({ status: 'reading', urgency });
      expect((await uids({}))[0]).toBe(studyUid);
      await addReading(server.database, studyUid, { outcome: 'refused' });
      expect((await summary(studyUid))?.urgency).toEqual({
        rank: 3,
        reasons: [...urgency.reasons, { code: 'not-readable' }],
      });
      // PostgreSQL may end it in favour of the room's own rounds, which change the same rows: then it is asked again.
      await vi.waitFor(() =>
        server.database.query(`update work_item set state = 'completed' where study_uid = $1`, [studyUid]),
      );
      expect(await summary(studyUid)).toMatchObject({
        status: 'not-readable',
        refusalCode: 'NO_SPINE',
        urgency: { rank: 3, reasons: [...urgency.reasons, { code: 'not-readable' }] },
      });
    });

    test('a reading that failed does not hide one that holds; superseded ones are nothing', async () => {
      const studyUid = newUid();
      await addStudy(server.database, { studyUid });
      await addReading(server.database, studyUid, { outcome: 'failed', status: 'failed' });
      expect(await statusOf(studyUid)).toBe('not-readable');
      const holds = await addReading(server.database, studyUid, { rank: 1, at: new Date('2026-01-01') });
      expect(await summary(studyUid)).toMatchObject({ status: 'to-review', readingId: holds });
      await server.database.query(`update reading set status = 'superseded' where study_uid = $1`, [
        studyUid,
      ]);
      expect(await summary(studyUid)).toMatchObject({ status: 'received', urgency: { rank: 0 } });
    });

    test('counts are those of what may be seen', async () => {
      const bo = person('student', 'north');
      const before = await listFor(bo).counts();
      expect(before).toEqual({
        received: 0,
        reading: 0,
        'to-review': 0,
        'in-review': 0,
        signed: 0,
        'not-readable': 0,
      });
      const studyUid = newUid();
      await addStudy(server.database, { studyUid, projectId: 'north' });
      expect(await listFor(bo).counts()).toEqual({ ...before, received: 1 });
    });

    test('a study goes from the list with its rows', async () => {
      const { studyUid, files } = smallStudy();
      await server.store(files);
      await server.recordsFor(systemIdentity('system')).remove({ studyUid });
      expect(
        await server.database.query('select 1 from study_worklist where study_uid = $1', [studyUid]),
      ).toEqual([]);
      expect(await summary(studyUid)).toBeUndefined();
    });

    describe('text', () => {
      const given = {
        jane: newUid(),
        john: newUid(),
        li: newUid(),
        none: newUid(),
      };
      beforeAll(async () => {
        const add = (studyUid: string, patientId: string, name: string, accession?: string) =>
          addStudy(server.database, {
            studyUid,
            patientId,
            ...(name !== '' && { name }),
            ...(accession !== undefined && { accession }),
            projectId: 'default',
          });
        await add(given.jane, 'Q-77_1', 'Möller^Jane', 'ACC%1');
        await add(given.john, 'Q-7701', 'Mollerup^John', 'ACCX1');
        await add(given.li, 'Q-9', 'Li^Wei=李^伟');
        await add(given.none, 'Q-8', '');
      });

      test.each([
        ['moller', ['jane', 'john']],
        ['MÖLLER JA', ['jane']],
        ['ja mol', ['jane']],
        ['李', ['li']],
        ['Q-77_', ['jane']],
        ['Q-77', ['jane', 'john']],
        ['ACC%', ['jane']],
        ['q-77', ['jane', 'john']],
        ['ller', []],
        ["'; drop table study --", []],
        ['\\', []],
        ['*', ['jane', 'john', 'li', 'none']],
      ] as const)('%j finds %j', async (text, names) => {
        const mine = new Set<string>(Object.values(given));
        const found = (await uids({ text })).filter((uid) => mine.has(uid));
        expect(found.sort()).toEqual(names.map((name) => given[name]).sort());
      });
    });

    describe('who', () => {
      const study = { north: newUid(), prior: newUid(), later: newUid(), elsewhere: newUid() };
      let cara: Identity & { readonly accountId: string };
      beforeAll(async () => {
        await server.database.query(`insert into project (project_id, title) values ('south', 'South')`);
        cara = await withAccount(server.database, 'surgeon', 'south');
        await grant(cara.accountId, 'surgeon', 'south');
        const add = (studyUid: string, projectId: string, date: string) =>
          addStudy(server.database, { studyUid, projectId, patientId: 'W-1', name: 'Who^A', date });
        await add(study.north, 'south', '20240501');
        await add(study.prior, 'south', '20220501');
        await add(study.later, 'south', '20250501');
        await add(study.elsewhere, 'north', '20230501');
      });

      test('may not see a study finds it nowhere', async () => {
        const strangers: Identity[] = [
          anna,
          person('radiologist', 'nowhere'),
          person('surgeon', 'south', { scopes: ['search'] }),
          { ...person('surgeon', 'south'), projects: [] },
        ];
        for (const who of strangers) {
          expect(await uids({ text: 'Who' }, who), who.actor).toEqual([]);
          expect(await listFor(who).summary(study.north)).toBeUndefined();
          expect(await listFor(who).assign(study.north, null)).toBeUndefined();
        }
        const ofPatient: Identity = {
          ...person('surgeon', 'nowhere'),
          projects: [],
          patients: [{ role: 'surgeon', patientKey: '|W-1' }],
        };
        expect((await uids({ text: 'Who' }, ofPatient)).sort()).toEqual(Object.values(study).sort());
        const glass = person('surgeon', 'nowhere', { brokenGlass: [study.prior] });
        expect(await uids({ text: 'Who' }, glass)).toEqual([study.prior]);
        expect(await listFor(glass).assign(study.prior, null)).toBeUndefined();
      });

      test('sees priors within reach only, the latest first', async () => {
        const priorsFor = async (who: Identity, uid: string) => {
          const found = await listFor(who).summary(uid);
          expect(found?.entry.priorCount).toBe(found?.priors.length);
          return found?.priors.map(({ studyInstanceUid }) => studyInstanceUid);
        };
        expect(await priorsFor(cara, study.later)).toEqual([study.north, study.prior]);
        expect(await priorsFor(cara, study.prior)).toEqual([]);
        expect(await priorsFor(person('radiologist'), study.later)).toEqual([
          study.north,
          study.elsewhere,
          study.prior,
        ]);
        const [row] = (await page({ text: 'Who', sort: '-date', limit: 1 }, cara)).entries;
        expect(row?.priorCount).toBe(2);
      });

      test('may be assigned, and who else', async () => {
        const list = listFor(cara);
        expect(await list.assign(study.north, cara.accountId)).toBe(true);
        expect((await summary(study.north, cara))?.assignedTo).toEqual({
          accountId: cara.accountId,
          name: cara.accountId,
        });
        expect(await uids({ assigned: cara.accountId }, cara)).toEqual([study.north]);
        expect(await uids({ assigned: 'none', text: 'Who' }, cara)).not.toContain(study.north);
        const student = await withAccount(server.database, 'student', 'south');
        await grant(student.accountId, 'student', 'south');
        for (const wrong of [
          anna.accountId,
          student.accountId,
          newUid(),
          '00000000-0000-4000-8000-000000000000',
        ])
          await expect(list.assign(study.north, wrong)).rejects.toThrow(NotAReviewer);
        expect((await summary(study.north, cara))?.assignedTo?.accountId).toBe(cara.accountId);
        expect(await list.assign(study.north, null)).toBe(true);
        expect((await summary(study.north, cara))?.assignedTo).toBeUndefined();
        expect(await listFor(person('student', 'south')).assign(study.north, null)).toBeUndefined();
      });

      test('reviewers are those of the same projects', async () => {
        const ids = async (who: Identity) =>
          (await listFor(who).reviewers()).map(({ accountId }) => accountId);
        expect(await ids(cara)).toEqual([cara.accountId]);
        expect(await ids(person('radiologist'))).toEqual(
          expect.arrayContaining([cara.accountId, anna.accountId]),
        );
        expect(await ids(person('student', 'south'))).toEqual([]);
        await server.database.query('update account set disabled_at = now() where account_id = $1', [
          cara.accountId,
        ]);
        expect(await ids(cara)).toEqual([]);
        await expect(listFor(cara).assign(study.north, cara.accountId)).rejects.toThrow(NotAReviewer);
      });
    });

    test('all of it is audited, without what was searched for', async () => {
      await page({ text: 'Canary' });
      await listFor(anna).counts();
      const rows = await server.database.query<{ body: string; action: string }>(
        'select body, action from audit_event order by seq',
      );
      const said = rows.map(({ body }) => body).join('\n');
      for (const part of ['"studies"', '"counts"', '"reviewers"', '"summary"', '"assigned"'])
        expect(said).toContain(part);
      expect(said).toContain('"keys":["urgency","text"]');
      expect(said).not.toContain('Canary');
      expect(rows.filter(({ action }) => action === 'refusal').length).toBeGreaterThan(5);
    });

    test('views are of the account', async () => {
      const list = listFor(anna);
      expect(await list.views()).toBeUndefined();
      expect(await list.keepViews('{"views":[]}')).toBe(true);
      expect(await list.keepViews('{"views":[1]}')).toBe(true);
      expect(await list.views()).toBe('{"views":[1]}');
      expect(await listFor(await withAccount(server.database, 'student', 'default')).views()).toBeUndefined();
      expect(await listFor(person('student')).keepViews('{}')).toBe(false);
    });

    test('readings of earlier versions are ranked from their findings, once', async () => {
      const keep = async (text: string) => {
        const staged = await stage(
          (async function* () {
            yield new TextEncoder().encode(text);
          })(),
          { folder: `${server.folder}/incoming` },
        );
        await server.blobs.keep(staged);
        await staged.discard();
        return staged.sha256;
      };
      const [good, bad, gone] = [newUid(), newUid(), newUid()];
      for (const studyUid of [good, bad, gone]) await addStudy(server.database, { studyUid });
      await addReading(server.database, good, { findingsSha256: await keep(JSON.stringify(findings)) });
      await addReading(server.database, bad, { findingsSha256: await keep('no document') });
      await addReading(server.database, gone, { findingsSha256: 'f'.repeat(64) });
      expect((await summary(good))?.urgency.rank).toBe(0);
      expect(await rankReadings(server)).toBe(3);
      expect(await rankReadings(server)).toBe(0);
      expect((await summary(good))?.urgency).toEqual(JSON.parse(JSON.stringify(urgencyOf(findings))));
      for (const studyUid of [bad, gone])
        expect((await summary(studyUid))?.urgency).toEqual({ rank: 0, reasons: [] });
    });
  },
);

test('the migration takes up what was there before it', async () => {
  const database = await openTestPglite();
  await migrate(
    database,
    MIGRATIONS.filter(({ id }) => id < '0011'),
  );
  await addStudy(database, { studyUid: '1.2', name: 'Ärmel^Ä=王^小', date: '20250102' });
  await database.query(
    `insert into reading (reading_id, study_uid, job_id, created_at, status, outcome, software_version, models,
       input_sha256, instance_count, duration_ms)
     values (gen_random_uuid(), '1.2', gen_random_uuid(), now(), 'unreviewed', 'read', '1', '[]', 'x', 1, 1)`,
  );
  await migrate(database);
  expect(await database.query('select status, name_key, study_date from study_worklist')).toEqual([
    { status: 'to-review', name_key: 'armel a', study_date: '20250102' },
  ]);
  await database.close();
});
