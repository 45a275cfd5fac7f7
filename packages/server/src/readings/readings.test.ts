import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Identity, type Standing, systemIdentity } from '../access/index.ts';
import { person } from '../archive/archive.testing.ts';
import { TaskFailed } from '../jobs/index.ts';
import { readAll } from '../ports/blobs/index.ts';
import type { ReadingsRoom } from './open-readings.ts';
import { type ReadInProcess, readingProcess } from './reading-process.ts';
import {
  openTestServer,
  POSTGRES,
  quickRead,
  smallStudy,
  type TestServer,
  testPhantom,
} from './readings.testing.ts';
import type { Readings } from './study-readings.ts';

const kinds = ['PGlite', ...(POSTGRES === undefined ? [] : ['PostgreSQL' as const])] as const;
const system = systemIdentity('system');
const POLL = { timeout: 50_000 };

describe.each(kinds)('on %s', (kind) => {
  let server: TestServer;
  let rooms: ReadingsRoom[] = [];
  beforeAll(async () => {
    server = await openTestServer(kind as 'PGlite');
  }, 60_000);
  afterAll(() => server.close(), 60_000);

  /** A server over the archive, with a worker where one is given; each test has its own queue. */
  let queues = 0;
  async function room(read?: ReadInProcess, name = `reading-${queues++}`): Promise<ReadingsRoom> {
    const made = await server.open({ name });
    rooms.push(made);
    if (read !== undefined) await made.work({ read });
    return made;
  }
  async function within(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } finally {
      for (const made of rooms.splice(0)) await made.close();
      rooms = [];
    }
  }
  const later = (ms: number) => {
    server.at = new Date(server.at.getTime() + ms);
  };
  const all = (from: ReadingsRoom, identity: Identity = system): Readings => from.readingsFor(identity);
  const readingsOf = async (from: ReadingsRoom, studyUid: string) =>
    (await all(from).ofStudy(studyUid))?.readings ?? [];
  const auditOf = (studyUid: string) =>
    server.database.query<{ action: string; outcome: string; actor: string; body: string }>(
      'select action, outcome, actor, body from audit_event where study_uid = $1 order by seq',
      [studyUid],
    );

  test(
    'a study that is quiet is complete, is read, and its result stands with its provenance',
    () =>
      within(async () => {
        const it = await room(
          readingProcess({ entry: new URL('./truth-reading.testing.ts', import.meta.url) }),
        );
        const phantom = testPhantom();
        const files = phantom.files.map(({ bytes }) => bytes);
        await server.store(files);
        const [study] = await server.database.query<{ study_uid: string }>(
          "select study_uid from study where patient_id like 'PHANTOM-%'",
        );
        const studyUid = study?.study_uid as string;
        it.watch({ quietMs: 60_000, everyMs: 100 });
        await new Promise((resolve) => setTimeout(resolve, 400));
        expect(await all(it).ofStudy(studyUid)).toEqual({ readings: [], open: [] });
        later(61_000);
        await expect
          .poll(() => readingsOf(it, studyUid), { timeout: 150_000, interval: 200 })
          .toHaveLength(1);
        const [reading] = await readingsOf(it, studyUid);
        const hashes = (await server.recordsFor(system).instances({ studyUid }, 'retrieve')).map(
          (i) => i.sha256,
        );
        expect(reading).toMatchObject({
          status: 'unreviewed',
          outcome: 'read',
          softwareVersion: '0.0.0-test',
          instanceCount: files.length,
          inputSha256: createHash('sha256').update(hashes.sort().join('\n')).digest('hex'),
          models: [{ id: 'sagittal-segmenter' }, { id: 'disc-grader' }],
        });
        const opened = await all(it).openFile(reading!.readingId, 'findings.json');
        const bytes = await readAll(opened!.bytes);
        expect(createHash('sha256').update(bytes).digest('hex')).toBe(reading!.findingsSha256);
        const findings = JSON.parse(Buffer.from(bytes).toString());
        expect(findings.numbering.lowestDisc).toBe(phantom.truth.numbering.lowestDisc);
        expect(await all(it).openFile(reading!.readingId, '../findings.json')).toBeUndefined();
        const audit = await auditOf(studyUid);
        const read = audit.find(({ action }) => action === 'reading');
        expect(read).toMatchObject({ outcome: 'success', actor: 'worker' });
        expect(read?.body).toContain(reading!.inputSha256);
        // The worker went through the gate, as anybody does.
        expect(audit).toContainEqual(expect.objectContaining({ action: 'read', actor: 'worker' }));
        expect((await all(it).workItems({ studyUid }, { limit: 10, offset: 0 }))[0]).toMatchObject({
          state: 'completed',
          readingId: reading!.readingId,
          attempts: 1,
        });
      }),
    180_000,
  );

  test('a study that cannot be read gets its reason, and is not tried again', () =>
    within(async () => {
      let tries = 0;
      const it = await room(async () => {
        tries++;
        return {
          kind: 'refused',
          code: 'NOT_LUMBAR',
          message: 'No spine.',
          softwareVersion: '1',
          models: [],
        };
      });
      const { studyUid, files } = smallStudy();
      await server.store(files);
      expect(await all(it).complete(studyUid)).toBe(true);
      expect(await all(it).complete(studyUid)).toBe(false);
      await expect
        .poll(() => readingsOf(it, studyUid), POLL)
        .toMatchObject([
          { status: 'unreviewed', outcome: 'refused', refusal: { code: 'NOT_LUMBAR' }, files: [] },
        ]);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      expect(tries).toBe(1);
    }));

  test('a study that grows is read again; the earlier reading stays, superseded', () =>
    within(async () => {
      const it = await room(quickRead);
      const { studyUid, files, more } = smallStudy();
      await server.store(files);
      await all(it).complete(studyUid);
      await expect.poll(() => readingsOf(it, studyUid), POLL).toHaveLength(1);
      const [first] = await readingsOf(it, studyUid);
      later(1);
      await server.store([more()]);
      later(61_000);
      it.watch({ everyMs: 100 });
      await expect.poll(() => readingsOf(it, studyUid), POLL).toHaveLength(2);
      const [second, earlier] = await readingsOf(it, studyUid);
      expect(earlier).toEqual({ ...first, status: 'superseded' });
      expect(second).toMatchObject({ status: 'unreviewed', instanceCount: 3 });
      expect(second!.inputSha256).not.toBe(first!.inputSha256);
      expect(await all(it).openFile(first!.readingId, 'findings.json')).toBeDefined();
    }));

  test('a resend of the same images, or results of ours beside them, bring no second reading', () =>
    within(async () => {
      let reads = 0;
      const it = await room((files, call) => {
        reads++;
        return quickRead(files, call);
      });
      const { studyUid, files, more } = smallStudy();
      await server.store(files);
      await all(it).complete(studyUid);
      await expect.poll(() => readingsOf(it, studyUid), POLL).toHaveLength(1);
      const records = server.recordsFor(system);
      const own = more();
      await records.store(
        (async function* () {
          yield (async function* () {
            yield own;
          })();
        })(),
        { origin: 'reading' },
      );
      await server.database.query('update study set complete_at = null where study_uid = $1', [studyUid]);
      later(1);
      await all(it).complete(studyUid);
      const done = async () =>
        (await all(it).workItems({ studyUid }, { limit: 9, offset: 0 })).map(({ state, reason }) => [
          state,
          reason,
        ]);
      await expect.poll(done, POLL).toEqual([
        ['completed', undefined],
        ['completed', 'unchanged'],
      ]);
      expect(reads).toBe(1);
      expect(await readingsOf(it, studyUid)).toHaveLength(1);
    }));

  test('growth while a reading runs: it is born superseded, or its job is taken by the newest arrival', () =>
    within(async () => {
      const { studyUid, files, more } = smallStudy();
      const started: number[] = [];
      let go = () => {};
      const gate = () =>
        new Promise<void>((resolve) => {
          go = resolve;
        });
      const it = await room(async (given, call) => {
        started.push(given.length);
        if (started.length < 3)
          await Promise.race([
            gate(),
            new Promise((_, reject) =>
              call.signal.addEventListener('abort', () => reject(new TaskFailed('cancelled'))),
            ),
          ]);
        return quickRead(given, call);
      });
      await server.store(files);
      await all(it).complete(studyUid);
      await expect.poll(() => started, POLL).toEqual([2]);
      // It ends while the study is incomplete again.
      await server.store([more()]);
      go();
      await expect
        .poll(() => readingsOf(it, studyUid), POLL)
        .toMatchObject([{ status: 'superseded', instanceCount: 2 }]);
      await all(it).complete(studyUid);
      await expect.poll(() => started, POLL).toEqual([2, 3]);
      // It still runs when the study is complete again.
      later(1);
      await server.store([more()]);
      await all(it).complete(studyUid);
      await expect
        .poll(() => readingsOf(it, studyUid), POLL)
        .toMatchObject([
          { status: 'unreviewed', instanceCount: 4 },
          { status: 'superseded', instanceCount: 2 },
        ]);
      expect(started).toEqual([2, 3, 4]);
      const states = (await all(it).workItems({ studyUid }, { limit: 9, offset: 0 })).map(
        ({ state, reason }) => `${state} ${reason}`,
      );
      expect(states.sort()).toEqual(['cancelled superseded', 'completed undefined', 'completed undefined']);
    }));

  test('a study that fails at every try is buried with a failed reading, and the queue goes on', () =>
    within(async () => {
      const poison = smallStudy(1);
      const good = smallStudy(2);
      let tries = 0;
      const it = await room((files, call) => {
        if (files.length === 2) return quickRead(files, call);
        tries++;
        throw tries === 2 ? new Error('PATIENT^NAME') : new TaskFailed('time-limit');
      });
      await server.store(poison.files);
      await all(it).complete(poison.studyUid);
      await server.store(good.files);
      await all(it).complete(good.studyUid);
      await expect.poll(() => readingsOf(it, good.studyUid), POLL).toHaveLength(1);
      await expect
        .poll(() => readingsOf(it, poison.studyUid), POLL)
        .toMatchObject([
          { status: 'failed', outcome: 'failed', refusal: { code: 'time-limit' }, instanceCount: 1 },
        ]);
      expect(tries).toBe(3);
      const [item] = await all(it).workItems({ studyUid: poison.studyUid }, { limit: 1, offset: 0 });
      expect(item).toMatchObject({ state: 'failed', reason: 'time-limit', attempts: 3 });
      expect(await auditOf(poison.studyUid)).toContainEqual(
        expect.objectContaining({ action: 'reading', outcome: 'failed' }),
      );
      const kept = await server.database.query('select output from promontory_queue.job');
      expect(JSON.stringify(kept) + server.events).not.toContain('PATIENT');
      // Asked for again, it is given another chance; a success supersedes the failure.
      const request = await all(it).request(poison.studyUid);
      expect(request?.jobId).not.toBe(item!.jobId);
    }));

  test('cancelled while it runs: the process is told, nothing is recorded, and the next job is taken', () =>
    within(async () => {
      const first = smallStudy();
      const second = smallStudy();
      let stopped = false;
      const it = await room(async (files, call) => {
        if (stopped) return quickRead(files, call);
        await new Promise((resolve) => call.signal.addEventListener('abort', resolve));
        stopped = true;
        throw new TaskFailed('cancelled');
      });
      await server.store(first.files);
      await server.store(second.files);
      const item = await all(it).request(first.studyUid);
      await expect.poll(async () => (await all(it).workItem(item!.jobId))?.state, POLL).toBe('in-progress');
      expect(await all(it).cancel(item!.jobId)).toBe('cancelled');
      expect(await all(it).cancel(item!.jobId)).toBe('ended');
      await all(it).request(second.studyUid);
      await expect.poll(() => readingsOf(it, second.studyUid), POLL).toHaveLength(1);
      expect(stopped).toBe(true);
      expect(await readingsOf(it, first.studyUid)).toEqual([]);
      expect(await all(it).workItem(item!.jobId)).toMatchObject({ state: 'cancelled', reason: 'asked' });
    }));

  test('two servers on one queue read each study once', () =>
    within(async () => {
      const reads: string[] = [];
      const counted: ReadInProcess = async (files, call) => {
        const outcome = await quickRead(files, call);
        reads.push(
          createHash('sha256')
            .update(outcome.kind === 'read' ? outcome.files[0]!.bytes : '')
            .digest('hex'),
        );
        await new Promise((resolve) => setTimeout(resolve, 50));
        return outcome;
      };
      const [one] = [await room(counted, 'shared'), await room(counted, 'shared')];
      const studies = Array.from({ length: 6 }, (_, i) => smallStudy(1 + i));
      await server.database.query('update study set complete_at = now() where complete_at is null');
      for (const { files } of studies) await server.store(files);
      later(61_000);
      for (const it of rooms) it.watch({ everyMs: 50 });
      for (const { studyUid } of studies)
        await expect.poll(() => readingsOf(one!, studyUid), POLL).toHaveLength(1);
      expect(reads).toHaveLength(studies.length);
      const jobs = await server.database.query<{ n: number }>(
        'select count(*)::int as n from work_item where study_uid = any($1)',
        [studies.map(({ studyUid }) => studyUid)],
      );
      expect(jobs).toEqual([{ n: studies.length }]);
    }));

  test('who waits is read before what arrived, a suspected cauda equina before both', () =>
    within(async () => {
      const name = `reading-${queues++}`;
      const idle = await room(undefined, name);
      const [arrived, asked, urgent] = [smallStudy(1), smallStudy(2), smallStudy(3)];
      for (const { files } of [arrived, asked, urgent]) await server.store(files);
      await all(idle).complete(arrived.studyUid);
      await all(idle).request(asked.studyUid);
      await all(idle).complete(urgent.studyUid);
      const raised = await all(idle).request(urgent.studyUid, 'suspected-cauda-equina');
      expect(raised).toMatchObject({ origin: 'arrival', priority: 40, indication: 'suspected-cauda-equina' });
      expect(await all(idle).request(urgent.studyUid)).toMatchObject({ jobId: raised!.jobId, priority: 40 });
      const order: number[] = [];
      await room((files, call) => {
        order.push(files.length);
        return quickRead(files, call);
      }, name);
      await expect.poll(() => order, POLL).toEqual([3, 2, 1]);
    }));

  test('what is out of reach is not there, and the refusal is noted', () =>
    within(async () => {
      await server.database.query(
        "insert into project (project_id, title) values ('a', 'A'), ('b', 'B') on conflict do nothing",
      );
      const it = await room(quickRead);
      const { studyUid, files } = smallStudy();
      await server.store(files, 'a');
      await all(it, person('technician', 'a')).complete(studyUid);
      await expect.poll(() => readingsOf(it, studyUid), POLL).toHaveLength(1);
      const [reading] = await readingsOf(it, studyUid);
      const [item] = await all(it).workItems({ studyUid }, { limit: 1, offset: 0 });
      for (const stranger of [person('radiologist', 'b'), person('student', 'b')]) {
        const there = all(it, stranger);
        expect(await there.ofStudy(studyUid)).toBeUndefined();
        expect(await there.get(reading!.readingId)).toBeUndefined();
        expect(await there.openFile(reading!.readingId, 'findings.json')).toBeUndefined();
        expect(await there.request(studyUid)).toBeUndefined();
        expect(await there.complete(studyUid)).toBeUndefined();
        expect(await there.cancel(item!.jobId)).toBeUndefined();
        expect(await there.workItem(item!.jobId)).toBeUndefined();
        expect(await there.workItems({ studyUid }, { limit: 1, offset: 0 })).toEqual([]);
      }
      const refusals = (await auditOf(studyUid)).filter(({ action }) => action === 'refusal');
      expect(refusals).toHaveLength(14);
      expect(refusals.every(({ outcome }) => outcome === 'refused')).toBe(true);
      // A student of the project sees, but does not ask.
      const student = all(it, person('student', 'a'));
      expect(await student.get(reading!.readingId)).toMatchObject({ outcome: 'read' });
      expect(await student.request(studyUid)).toBeUndefined();
      for (const none of ['', 'x', '00000000-0000-4000-8000-000000000000'])
        expect([await all(it).get(none), await all(it).cancel(none)]).toEqual([undefined, undefined]);
    }));

  test('progress is told to those who may see the study, and to no one else', () =>
    within(async () => {
      const it = await room();
      const stop = new AbortController();
      const seen: string[] = [];
      const listen = async (identity: Identity, into: string[]) => {
        for await (const item of all(it, identity).progress(stop.signal))
          into.push(
            `${item.studyUid} ${item.state}${item.done === undefined ? '' : ` ${item.done}/${item.total}`}`,
          );
      };
      const strange: string[] = [];
      const listening = [
        listen(person('student', 'default'), seen),
        listen(person('student', 'nowhere'), strange),
      ];
      await new Promise((resolve) => setTimeout(resolve, 200));
      const { studyUid, files } = smallStudy();
      await server.store(files);
      later(1);
      await all(it).request(studyUid);
      await expect.poll(() => seen, POLL).toEqual([`${studyUid} scheduled`]);
      let go = () => {};
      await it.work({
        read: async (given, call) => {
          call.progress('Measuring', 1, 4);
          await new Promise<void>((resolve) => {
            go = resolve;
          });
          return quickRead(given, call);
        },
      });
      await expect.poll(() => seen.at(-1), POLL).toBe(`${studyUid} in-progress 1/4`);
      go();
      await expect.poll(() => seen.at(-1), POLL).toBe(`${studyUid} completed`);
      stop.abort();
      await Promise.all(listening);
      expect(strange).toEqual([]);
    }));

  test('who listens is judged for each change, and ends when their session does', () =>
    within(async () => {
      const it = await room();
      let who: Identity | undefined = person('student', 'default');
      const told = new Set<() => void>();
      const standing: Standing = {
        identity: async () => who,
        changed: (tell) => {
          told.add(tell);
          return () => void told.delete(tell);
        },
      };
      const seen: string[] = [];
      let isOver = false;
      const listening = (async () => {
        const never = new AbortController().signal;
        for await (const item of all(it, who as Identity).progress(never, standing)) seen.push(item.studyUid);
        isOver = true;
      })();
      await new Promise((resolve) => setTimeout(resolve, 200));
      const ask = async () => {
        const { studyUid, files } = smallStudy();
        await server.store(files);
        later(1);
        await all(it).request(studyUid);
        return studyUid;
      };
      const first = await ask();
      await expect.poll(() => seen, POLL).toEqual([first]);
      // The right is withdrawn, with no word of it from this process.
      who = person('student', 'elsewhere');
      await ask();
      await new Promise((resolve) => setTimeout(resolve, 1_200));
      expect(seen).toEqual([first]);
      who = person('student', 'default');
      const third = await ask();
      await expect.poll(() => seen, POLL).toEqual([first, third]);
      // The session ends: nothing has to change for the stream to end.
      who = undefined;
      for (const tell of told) tell();
      await expect.poll(() => isOver, POLL).toBe(true);
      await listening;
      expect(told.size).toBe(0);
    }));

  test('a study that is deleted takes its readings along; their bytes are noted, a job of it ends quietly', () =>
    within(async () => {
      const name = `reading-${queues++}`;
      const it = await room(quickRead, name);
      const { studyUid, files } = smallStudy();
      await server.store(files);
      await all(it).complete(studyUid);
      await expect.poll(() => readingsOf(it, studyUid), POLL).toHaveLength(1);
      const [reading] = await readingsOf(it, studyUid);
      await it.close();
      const idle = await room(undefined, name);
      await all(idle).request(studyUid);
      expect(await server.recordsFor(system).remove({ studyUid })).toBe(2);
      const queue = await server.database.query('select * from promontory_queue.job');
      expect(JSON.stringify(queue)).not.toContain(studyUid);
      expect(await all(idle).get(reading!.readingId)).toBeUndefined();
      const noted = await server.database.query<{ sha256: string }>('select sha256 from blob_to_remove');
      for (const { sha256 } of reading!.files) expect(noted).toContainEqual({ sha256 });
      // It comes again while the old job still waits.
      await server.store(files);
      await all(idle).complete(studyUid);
      await idle.work({ read: quickRead });
      await expect.poll(() => readingsOf(idle, studyUid), POLL).toHaveLength(1);
      const wanted = (await readingsOf(idle, studyUid))[0]!.files.map(({ sha256 }) => sha256);
      const still = await server.database.query<{ sha256: string }>('select sha256 from blob_to_remove');
      for (const sha256 of wanted) expect(still).not.toContainEqual({ sha256 });
    }));

  test('a study beyond the caps is refused before its bytes are asked for', () =>
    within(async () => {
      let asked = false;
      const it = await room(async () => {
        asked = true;
        throw new TaskFailed('defect');
      });
      const { studyUid, files } = smallStudy(1);
      await server.store(files);
      await server.database.query('update instance set size = $2 where study_uid = $1', [
        studyUid,
        3 * 2 ** 30,
      ]);
      await all(it).complete(studyUid);
      await expect
        .poll(() => readingsOf(it, studyUid), POLL)
        .toMatchObject([{ outcome: 'refused', refusal: { code: 'LIMIT_EXCEEDED' } }]);
      expect(asked).toBe(false);
    }));

  test('the disk is full: nothing is recorded but the failed try, and the reading comes once there is room', () =>
    within(async () => {
      const { studyUid, files } = smallStudy(1);
      await server.store(files);
      let full = true;
      const keep = server.blobs.keep.bind(server.blobs);
      (server.blobs as { keep: typeof keep }).keep = (staged) => {
        if (full) throw Object.assign(new Error('The disk is full.'), { name: 'StorageFull' });
        return keep(staged);
      };
      const it = await room(quickRead);
      await all(it).complete(studyUid);
      await expect
        .poll(async () => (await all(it).ofStudy(studyUid))?.open, POLL)
        .toMatchObject([{ state: 'scheduled', reason: 'StorageFull' }]);
      full = false;
      await expect.poll(() => readingsOf(it, studyUid), POLL).toHaveLength(1);
    }));

  test.skipIf(kind !== 'PostgreSQL')(
    'the database drops every connection: the reading comes all the same',
    () =>
      within(async () => {
        let began = 0;
        let go = () => {};
        const it = await room(async (files, call) => {
          began++;
          if (began === 1)
            await new Promise<void>((resolve) => {
              go = resolve;
            });
          return quickRead(files, call);
        });
        const { studyUid, files } = smallStudy(1);
        await server.store(files);
        await all(it).complete(studyUid);
        await expect.poll(() => began, POLL).toBe(1);
        await server.database
          .query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()')
          .catch(() => {});
        go();
        await expect.poll(() => readingsOf(it, studyUid).catch(() => []), POLL).toHaveLength(1);
        // The queue still listens and works.
        const next = smallStudy(1);
        await server.store(next.files);
        await all(it).complete(next.studyUid);
        await expect.poll(() => readingsOf(it, next.studyUid), POLL).toHaveLength(1);
      }),
  );
});
