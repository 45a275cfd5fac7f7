/** The worklist over a real index and queue: orders, claims, and who gets what. */
import type { JsonDataSet } from '@promontory/core/dicom';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Identity, systemIdentity } from '../access/index.ts';
import { mrFile, newUid, person } from '../archive/archive.testing.ts';
import { TaskFailed } from '../jobs/index.ts';
import { abandonedItems, claimItem } from './claim-rows.ts';
import type { ReadingsRoom } from './open-readings.ts';
import { openTestServer, POSTGRES, quickRead, smallStudy, type TestServer } from './readings.testing.ts';
import { buryReading } from './settle.ts';
import { readStepDataSet } from './step-attributes.ts';
import { jobOfUid } from './step-uids.ts';
import { dateTime, procedureStep } from './unified-procedure-step.ts';
import { beginItem } from './work-item-rows.ts';
import { cancelledJson, orderJson, performedJson, progressJson } from './worklist.testing.ts';
import { WorklistRefused } from './worklist-refused.ts';

const kinds = ['PGlite', ...(POSTGRES === undefined ? [] : ['PostgreSQL' as const])] as const;
const system = systemIdentity('system');
const radiologist = person('radiologist', 'default');
const POLL = { timeout: 30_000 };
const LOCK = '2.25.111';

describe.each(kinds)('on %s', (kind) => {
  let server: TestServer;
  const rooms: ReadingsRoom[] = [];
  beforeAll(async () => {
    server = await openTestServer(kind as 'PGlite');
  }, 60_000);
  afterEach(async () => {
    for (const room of rooms.splice(0)) await room.close();
  });
  afterAll(() => server.close(), 60_000);

  let queues = 0;
  async function room(name = `worklist-${queues++}`): Promise<ReadingsRoom> {
    const made = await server.open({ name });
    rooms.push(made);
    return made;
  }
  async function held(values: Parameters<typeof smallStudy>[1] = {}): Promise<string> {
    const { studyUid, files } = smallStudy(1, values);
    await server.store(files);
    return studyUid;
  }
  const worklist = (of: ReadingsRoom, identity: Identity = radiologist) => of.worklistFor(identity);
  const create = (of: ReadingsRoom, order: JsonDataSet, uid?: string, identity?: Identity) =>
    worklist(of, identity).create(readStepDataSet(order), uid);
  const update = (of: ReadingsRoom, uid: string, given: JsonDataSet, lock?: string) =>
    worklist(of).update(uid, readStepDataSet(given), lock);
  const refusal = async (work: Promise<unknown>): Promise<string> => {
    try {
      return work === undefined ? 'nothing' : (await work) === undefined ? 'absent' : 'accepted';
    } catch (error) {
      if (error instanceof WorklistRefused) return error.reason;
      throw error;
    }
  };
  const stateOf = async (of: ReadingsRoom, uid: string) => {
    const item = await worklist(of).retrieve(uid);
    return item && procedureStep(item)['00741000']?.Value?.[0];
  };
  const readingsOf = async (of: ReadingsRoom, studyUid: string) =>
    (await of.readingsFor(system).ofStudy(studyUid))?.readings ?? [];

  describe('an order', () => {
    test('is scheduled under the UID that was chosen, or one of ours, and read', async () => {
      const it = await room();
      const [first, second] = [await held(), await held()];
      const uid = newUid();
      expect(await create(it, orderJson(first), uid)).toEqual({ uid, isModified: false });
      const own = await create(it, orderJson(second));
      expect(jobOfUid(own!.uid)).toBeDefined();
      expect(await worklist(it).retrieve(uid)).toMatchObject({
        uid,
        studyUid: first,
        origin: 'request',
        requestedBy: radiologist.actor,
        priority: 20,
      });
      const [{ count } = { count: 0 }] = await server.database.query<{ count: number }>(
        `select count(*)::int as count from audit_event where action = 'reading' and study_uid = $1`,
        [first],
      );
      expect(count).toBe(1);
      await it.work({ read: quickRead });
      for (const study of [first, second])
        await expect.poll(() => readingsOf(it, study), POLL).toHaveLength(1);
      await expect.poll(() => stateOf(it, uid), POLL).toBe('COMPLETED');
    });

    test('of what is out of reach, or is not there, finds nothing', async () => {
      const it = await room();
      const study = await held();
      for (const who of [person('radiologist', 'elsewhere'), person('student', 'default')])
        expect(await refusal(create(it, orderJson(study), undefined, who))).toBe('absent');
      expect(await refusal(create(it, orderJson('1.2.3.4')))).toBe('absent');
      const otherSeries = {
        '00404021': {
          vr: 'SQ',
          Value: [{ '0020000D': { vr: 'UI', Value: [study] }, '0020000E': { vr: 'UI', Value: ['1.2.3.4'] } }],
        },
      };
      expect(await refusal(create(it, orderJson(study, otherSeries)))).toBe('absent');
      expect(await refusal(create(it, orderJson(study)))).toBe('accepted');
    });

    test('is refused twice, beside another that waits, and for another patient', async () => {
      const it = await room();
      const [study, other] = [await held(), await held({ PatientID: 'P-7' })];
      const uid = newUid();
      expect(await refusal(create(it, orderJson(study), uid))).toBe('accepted');
      expect(await refusal(create(it, orderJson(other), uid))).toBe('duplicate');
      const made = await create(it, orderJson(other, { '00100020': { vr: 'LO', Value: ['P-7'] } }));
      // Of ours the UID is made from the job: it cannot be taken either.
      expect(await refusal(create(it, orderJson(study), made!.uid))).toBe('duplicate');
      const waiting = create(it, orderJson(study), newUid());
      await expect(waiting).rejects.toMatchObject({ reason: 'under-way', uid });
      const third = await held({ PatientID: 'P-8' });
      const mistaken = orderJson(third, { '00100020': { vr: 'LO', Value: ['P-7'] } });
      expect(await refusal(create(it, mistaken))).toBe('other-patient');
    });

    test('two at the same time: one is created', async () => {
      const it = await room();
      const study = await held();
      const said = await Promise.all(
        Array.from({ length: 5 }, () => refusal(create(it, orderJson(study), newUid()))),
      );
      expect(said.sort()).toEqual(['accepted', ...Array(4).fill('under-way')]);
    });

    test('many at the same time under one UID, of several studies: one is created', async () => {
      const it = await room();
      for (let round = 0; round < 5; round++) {
        const uid = newUid();
        const studies = [await held(), await held(), await held(), await held()];
        const said = await Promise.all(studies.map((study) => refusal(create(it, orderJson(study), uid))));
        expect(said.sort()).toEqual(['accepted', ...Array(3).fill('duplicate')]);
      }
    });

    test('for later waits, and is brought forward by who wants it now', async () => {
      const it = await room();
      const study = await held();
      const tomorrow = new Date(Date.now() + 86_400_000).toISOString().replace(/[-:T]|\.\d+Z$/g, '');
      server.at = new Date();
      const made = await create(it, orderJson(study, { '00404005': { vr: 'DT', Value: [tomorrow] } }));
      await it.work({ read: quickRead });
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      expect(await stateOf(it, made!.uid)).toBe('SCHEDULED');
      expect((await worklist(it).retrieve(made!.uid))?.startAt).toBeDefined();
      await it.readingsFor(system).request(study);
      await expect.poll(() => stateOf(it, made!.uid), POLL).toBe('COMPLETED');
    });
  });

  describe('a claim', () => {
    async function ordered(of: ReadingsRoom): Promise<{ study: string; uid: string }> {
      const study = await held();
      const made = await create(of, orderJson(study));
      return { study, uid: made!.uid };
    }
    const change = (of: ReadingsRoom, uid: string, state: string, lock?: string, identity?: Identity) =>
      worklist(of, identity).changeState(uid, state, lock);

    test('is held by the Transaction UID, and by nothing else, to the end', async () => {
      const it = await room();
      const { uid } = await ordered(it);
      expect(await refusal(change(it, uid, 'IN PROGRESS'))).toBe('transaction-missing');
      expect(await refusal(change(it, uid, 'COMPLETED', LOCK))).toBe('not-claimed');
      expect(await refusal(change(it, uid, 'SCHEDULED', LOCK))).toBe('never-again-scheduled');
      expect(await refusal(change(it, uid, 'DONE', LOCK))).toBe('malformed');
      expect(await refusal(update(it, uid, {}, LOCK))).toBe('not-claimed');
      expect(await change(it, uid, 'IN PROGRESS', LOCK)).toEqual({ isAlready: false });
      expect(await refusal(change(it, uid, 'IN PROGRESS', LOCK))).toBe('in-progress');
      for (const wrong of ['2.25.112', LOCK.slice(0, -1), ` ${LOCK}`]) {
        expect(await refusal(change(it, uid, 'IN PROGRESS', wrong))).toBe('transaction-incorrect');
        expect(await refusal(change(it, uid, 'COMPLETED', wrong))).toBe('transaction-incorrect');
        expect(await refusal(update(it, uid, performedJson(), wrong))).toBe('transaction-incorrect');
      }
      expect(await refusal(update(it, uid, performedJson()))).toBe('transaction-missing');
      expect(await refusal(change(it, uid, 'COMPLETED', LOCK))).toBe('not-final');
      expect(await refusal(change(it, uid, 'CANCELED', LOCK))).toBe('not-final');
      expect(await update(it, uid, { ...progressJson(40, 'Measuring'), ...performedJson() }, LOCK)).toEqual({
        isCut: false,
      });
      expect(await worklist(it).retrieve(uid)).toMatchObject({ stage: 'Measuring', done: 40, total: 100 });
      expect(await change(it, uid, 'COMPLETED', LOCK)).toEqual({ isAlready: false });
      expect(await change(it, uid, 'COMPLETED', LOCK)).toEqual({ isAlready: true });
      expect(await refusal(change(it, uid, 'CANCELED', LOCK))).toBe('completed');
      expect(await refusal(change(it, uid, 'IN PROGRESS', LOCK))).toBe('completed');
      expect(await refusal(change(it, uid, 'COMPLETED', '2.25.112'))).toBe('transaction-incorrect');
      expect(await refusal(update(it, uid, performedJson(), LOCK))).toBe('completed');
    });

    test('the Transaction UID stands nowhere', async () => {
      const it = await room();
      const { uid } = await ordered(it);
      const lock = '2.25.98765432109876543210';
      await change(it, uid, 'IN PROGRESS', lock);
      await update(it, uid, { ...performedJson(), '00081195': { vr: 'UI', Value: [lock] } }, lock);
      await change(it, uid, 'COMPLETED', lock);
      const item = await worklist(it).retrieve(uid);
      expect(JSON.stringify([item, procedureStep(item!)])).not.toContain(lock);
      for (const table of ['work_item', 'work_item_event', 'audit_event', 'promontory_queue.job']) {
        const rows = await server.database.query(`select t::text as row from ${table} as t`);
        expect(JSON.stringify(rows), table).not.toContain(lock);
      }
    });

    test('needs the deed, and the study within reach', async () => {
      const it = await room();
      const { uid } = await ordered(it);
      for (const who of [
        person('technician', 'default'),
        person('radiologist', 'elsewhere'),
        { ...radiologist, scopes: ['read', 'request-reading'] as const },
      ])
        expect(await refusal(change(it, uid, 'IN PROGRESS', LOCK, who))).toBe('absent');
      const scoped: Identity = { ...radiologist, kind: 'token', scopes: ['perform-reading'] };
      expect(await refusal(change(it, uid, 'IN PROGRESS', LOCK, scoped))).toBe('accepted');
      const [refused] = await server.database.query<{ count: number }>(
        `select count(*)::int as count from audit_event where action = 'refusal' and body like '%perform-reading%'`,
      );
      expect(refused?.count).toBe(3);
    });

    test('cancelled by its performer: the reason is theirs, the time is filled in', async () => {
      const it = await room();
      const { uid } = await ordered(it);
      await change(it, uid, 'IN PROGRESS', LOCK);
      await update(it, uid, cancelledJson(), LOCK);
      await change(it, uid, 'CANCELED', LOCK);
      const step = procedureStep((await worklist(it).retrieve(uid))!);
      expect(step['00741000']?.Value).toEqual(['CANCELED']);
      expect(JSON.stringify(step['00741002'])).toMatch(/"110513".*"00404052"/);
      expect(await change(it, uid, 'CANCELED', LOCK)).toEqual({ isAlready: true });
      expect(await refusal(worklist(it).requestCancel(uid, {}))).toBe('cancelled');
    });

    test('what is claimed no worker of ours takes', async () => {
      const it = await room();
      const mine = await ordered(it);
      const other = await ordered(it);
      await change(it, mine.uid, 'IN PROGRESS', LOCK);
      let reads = 0;
      await it.work({
        read: (files, call) => {
          reads++;
          return quickRead(files, call);
        },
      });
      await expect.poll(() => readingsOf(it, other.study), POLL).toHaveLength(1);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect(reads).toBe(1);
      expect(await stateOf(it, mine.uid)).toBe('IN PROGRESS');
      // Nor does one that was just given the job, before the claim was made.
      const jobId = jobOfUid(mine.uid)!;
      expect(await beginItem(server.database, jobId, 1, server.at)).toBeUndefined();
      const next = await ordered(it);
      expect(await beginItem(server.database, jobOfUid(next.uid)!, 1, server.at)).toBeDefined();
      expect(await refusal(change(it, next.uid, 'IN PROGRESS', LOCK))).toBe('transaction-incorrect');
    });

    test('a job of ours that died at every try does not end what a client has claimed meanwhile', async () => {
      const it = await room();
      const { study, uid } = await ordered(it);
      await change(it, uid, 'IN PROGRESS', LOCK);
      const letter = { id: jobOfUid(uid)!, data: {}, attempts: 3, settle: async () => true };
      const { database } = server;
      await buryReading(letter, { database, softwareVersion: '0.0.0-test', now: () => server.at });
      expect(await stateOf(it, uid)).toBe('IN PROGRESS');
      expect(await readingsOf(it, study)).toEqual([]);
      await update(it, uid, performedJson(), LOCK);
      expect(await refusal(change(it, uid, 'COMPLETED', LOCK))).toBe('accepted');
    });

    test('what a worker of ours has begun nobody claims, not between two tries either', async () => {
      const it = await room();
      const { uid } = await ordered(it);
      let fail = () => {};
      let tries = 0;
      await it.work({
        read: async (files, call) => {
          tries++;
          if (tries > 1) return quickRead(files, call);
          await new Promise<void>((resolve) => {
            fail = resolve;
          });
          throw new TaskFailed('time-limit');
        },
      });
      await expect.poll(() => tries, POLL).toBe(1);
      await expect.poll(() => stateOf(it, uid), POLL).toBe('IN PROGRESS');
      expect(await refusal(change(it, uid, 'IN PROGRESS', LOCK))).toBe('transaction-incorrect');
      fail();
      await expect.poll(async () => (await worklist(it).retrieve(uid))?.state, POLL).not.toBe('in-progress');
      expect(await refusal(change(it, uid, 'IN PROGRESS', LOCK))).toBe('transaction-incorrect');
      await expect.poll(() => stateOf(it, uid), POLL).toBe('COMPLETED');
      const found = await it
        .readingsFor(system)
        .workItems({ states: ['scheduled'] }, { limit: 100, offset: 0 });
      expect(found.map(({ jobId }) => jobId)).not.toContain(jobOfUid(uid));
    });

    test('of many claims, and our worker, one gets it', async () => {
      const it = await room();
      let reads = 0;
      await it.work({
        read: async (files, call) => {
          reads++;
          return quickRead(files, call);
        },
      });
      for (let round = 0; round < 6; round++) {
        const { study, uid } = await ordered(it);
        const before = reads;
        const said = await Promise.all(
          Array.from({ length: 4 }, (_, i) => refusal(change(it, uid, 'IN PROGRESS', `2.25.${i + 1}`))),
        );
        const claims = said.filter((word) => word === 'accepted').length;
        expect(claims).toBeLessThanOrEqual(1);
        if (claims === 1) {
          await new Promise((resolve) => setTimeout(resolve, 300));
          expect(await readingsOf(it, study)).toEqual([]);
          expect(reads).toBe(before);
        } else {
          await expect.poll(() => readingsOf(it, study), POLL).toHaveLength(1);
        }
      }
    });

    test('while it holds, a study that grows is read beside it, and its performer keeps it', async () => {
      const it = await room();
      const { study, uid } = await ordered(it);
      await change(it, uid, 'IN PROGRESS', LOCK);
      const more = mrFile({ StudyInstanceUID: study, SeriesInstanceUID: newUid(), PatientID: study });
      await server.store([more]);
      await it.readingsFor(system).complete(study);
      expect(await stateOf(it, uid)).toBe('IN PROGRESS');
      await it.work({ read: quickRead });
      await expect.poll(() => readingsOf(it, study), POLL).toHaveLength(1);
      await update(it, uid, performedJson(), LOCK);
      expect(await refusal(change(it, uid, 'COMPLETED', LOCK))).toBe('accepted');
    });

    test('what nobody has claimed can be changed: priority, time, persons', async () => {
      const it = await room();
      const { uid } = await ordered(it);
      const people = {
        '00404034': { vr: 'SQ', Value: [{ '00404037': { vr: 'PN', Value: [{ Alphabetic: 'Reader' }] } }] },
      };
      expect(
        await update(it, uid, { '00741200': { vr: 'CS', Value: ['HIGH'] }, ...people } as JsonDataSet),
      ).toEqual({ isCut: false });
      const item = await worklist(it).retrieve(uid);
      expect(item).toMatchObject({ priority: 30, step: people });
      const [job] = await server.database.query<{ priority: number }>(
        'select priority from promontory_queue.job where id = $1',
        [item!.jobId],
      );
      expect(job?.priority).toBe(30);
      expect(await refusal(update(it, uid, progressJson(1, 'x')))).toBe('malformed');
    });

    test('what is said of a step does not grow without end', async () => {
      const it = await room();
      const { uid } = await ordered(it);
      const text = 'x'.repeat(10_000);
      const long = (key: string) => ({
        [key]: {
          vr: 'SQ',
          Value: Array.from({ length: 20 }, () => ({ '0040A160': { vr: 'UT', Value: [text] } })),
        },
      });
      expect(await refusal(update(it, uid, long('00741210')))).toBe('accepted');
      expect(await refusal(update(it, uid, long('00741210')))).toBe('accepted');
      expect(await refusal(update(it, uid, long('00404026')))).toBe('malformed');
    });

    test('what was put off can be wanted now', async () => {
      const it = await room();
      const { study, uid } = await ordered(it);
      const at = (ms: number) => ({ '00404005': { vr: 'DT', Value: [dateTime(new Date(ms))] } });
      const now = Date.now();
      server.at = new Date(now);
      await update(it, uid, at(now + 86_400_000));
      expect((await worklist(it).retrieve(uid))?.startAt?.getTime()).toBeGreaterThan(now + 86_000_000);
      await update(it, uid, at(now - 86_400_000));
      expect((await worklist(it).retrieve(uid))?.startAt?.getTime()).toBeLessThanOrEqual(now);
      await it.work({ read: quickRead });
      await expect.poll(() => readingsOf(it, study), POLL).toHaveLength(1);
    });

    test('asked to be cancelled: what waits is, what is claimed is its performer’s', async () => {
      const it = await room();
      const waiting = await ordered(it);
      expect(await worklist(it).requestCancel(waiting.uid, {})).toBe('cancelled');
      expect(await stateOf(it, waiting.uid)).toBe('CANCELED');
      expect(await refusal(worklist(it).requestCancel(waiting.uid, {}))).toBe('cancelled');
      const claimed = await ordered(it);
      await change(it, claimed.uid, 'IN PROGRESS', LOCK);
      // Nobody subscribes to it: the performer would never know.
      expect(await refusal(worklist(it).requestCancel(claimed.uid, {}))).toBe('performer-unreachable');
      expect(await it.readingsFor(radiologist).cancel(jobOfUid(claimed.uid)!)).toBe('unreachable');
      expect(await stateOf(it, claimed.uid)).toBe('IN PROGRESS');
      await update(it, claimed.uid, performedJson(), LOCK);
      await change(it, claimed.uid, 'COMPLETED', LOCK);
      expect(await refusal(worklist(it).requestCancel(claimed.uid, {}))).toBe('completed');
    });

    test('that was abandoned is cancelled, and another step is scheduled in its place', async () => {
      const name = `worklist-${queues++}`;
      const it = await room(name);
      const kept = await ordered(it);
      const { study, uid } = await ordered(it);
      await change(it, uid, 'IN PROGRESS', LOCK);
      await change(it, kept.uid, 'IN PROGRESS', LOCK);
      await update(it, uid, progressJson(70, 'Nearly'), LOCK);
      server.at = new Date(server.at.getTime() + 50 * 60_000);
      await update(it, kept.uid, progressJson(10, 'Slowly'), LOCK);
      server.at = new Date(server.at.getTime() + 15 * 60_000);
      // Two servers look after it.
      const another = await room(name);
      for (const one of [it, another]) one.tidy({ claimMs: 60 * 60_000, everyMs: 50 });
      await expect.poll(() => stateOf(it, uid), POLL).toBe('CANCELED');
      const step = procedureStep((await worklist(it).retrieve(uid))!);
      expect(JSON.stringify(step['00741002'])).toMatch(/Nearly.*110513|110513.*Nearly/);
      expect(JSON.stringify(step['00741002'])).toContain('abandoned');
      expect(await stateOf(it, kept.uid)).toBe('IN PROGRESS');
      expect(await refusal(change(it, uid, 'COMPLETED', LOCK))).toBe('completed');
      const items = await it.readingsFor(system).workItems({ studyUid: study }, { limit: 9, offset: 0 });
      expect(items).toHaveLength(2);
      const next = items.find(({ state }) => state === 'scheduled');
      expect(next).toMatchObject({ replacesUid: uid, priority: 20 });
      expect(JSON.stringify(procedureStep(next!)['00741224'])).toContain(uid);
      await it.work({ read: quickRead });
      await expect.poll(() => readingsOf(it, study), POLL).toHaveLength(1);
    });

    test('a performer who is heard of at the last moment keeps it', async () => {
      const it = await room();
      const { uid } = await ordered(it);
      await change(it, uid, 'IN PROGRESS', LOCK);
      const later = new Date(server.at.getTime() + 1);
      expect(await abandonedItems(server.database, later, 100)).toContainEqual(
        expect.objectContaining({ jobId: jobOfUid(uid) }),
      );
      expect(await abandonedItems(server.database, server.at, 100)).not.toContainEqual(
        expect.objectContaining({ jobId: jobOfUid(uid) }),
      );
      const claim = { transactionHash: 'x', claimedBy: 'y' };
      expect(await claimItem(server.database, jobOfUid(uid)!, claim, server.at)).toBeUndefined();
    });
  });

  test('what ended long ago is forgotten; its reading and the audit stay', async () => {
    const it = await room();
    const study = await held();
    const made = await create(it, orderJson(study));
    const waiting = await create(it, orderJson(await held()));
    await it.work({ read: quickRead });
    for (const one of [made, waiting]) await expect.poll(() => stateOf(it, one!.uid), POLL).toBe('COMPLETED');
    // On a queue that nobody works on.
    const young = await create(await room(), orderJson(await held()));
    await worklist(it).changeState(young!.uid, 'IN PROGRESS', LOCK);
    const audit = () =>
      server.database.query<{ count: number }>('select count(*)::int as count from audit_event');
    const [before] = await audit();
    server.at = new Date(server.at.getTime() + 400 * 86_400_000);
    await worklist(it).update(young!.uid, readStepDataSet(performedJson()), LOCK);
    await worklist(it).changeState(young!.uid, 'COMPLETED', LOCK);
    server.at = new Date(server.at.getTime() + 60_000);
    it.tidy({ keepMs: 400 * 86_400_000, everyMs: 50 });
    await expect.poll(() => stateOf(it, made!.uid), POLL).toBeUndefined();
    expect(await readingsOf(it, study)).toHaveLength(1);
    expect(await stateOf(it, young!.uid)).toBe('COMPLETED');
    const [after] = await audit();
    expect(after!.count).toBeGreaterThan(before!.count);
  });

  test('a reading that failed names what it was tried with', async () => {
    const it = await room();
    const study = await held();
    const model = { id: 'sagittal-segmenter', version: '7', sha256: 'c'.repeat(64) };
    await it.work({
      read: async (_files, { loaded }) => {
        loaded?.(model);
        loaded?.({ ...model, id: 'disc-grader' });
        throw new TaskFailed('crashed');
      },
    });
    await create(it, orderJson(study));
    await expect.poll(() => readingsOf(it, study), { timeout: 40_000 }).toHaveLength(1);
    const [reading] = await readingsOf(it, study);
    expect(reading).toMatchObject({
      outcome: 'failed',
      models: [model, { ...model, id: 'disc-grader' }],
      instanceCount: 1,
    });
    const [instance] = await server.recordsFor(system).instances({ studyUid: study }, 'retrieve');
    const [{ body } = { body: '' }] = await server.database.query<{ body: string }>(
      `select body from audit_event where study_uid = $1 and outcome = 'failed'`,
      [study],
    );
    expect(body).toContain(`disc-grader ${model.sha256}`);
    expect(body).toContain(reading!.inputSha256);
    expect(instance).toBeDefined();
  });
});
