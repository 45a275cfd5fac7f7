import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { TaskFailed } from '../jobs/index.ts';
import { readAll } from '../ports/blobs/index.ts';
import { type ReadInProcess, readingProcess } from './reading-process.ts';
import { quickRead, smallStudy, testPhantom } from './readings.testing.ts';
import { kinds, POLL, readingsBench, system } from './readings-bench.testing.ts';

describe.each(kinds)('on %s', (kind) => {
  const bench = readingsBench(kind);
  const { room, within, later, all, readingsOf, auditOf } = bench;

  test(
    'a study that is quiet is complete, is read, and its result stands with its provenance',
    () =>
      within(async () => {
        const it = await room(
          readingProcess({ entry: new URL('./truth-reading.testing.ts', import.meta.url) }),
        );
        const phantom = testPhantom();
        const files = phantom.files.map(({ bytes }) => bytes);
        await bench.server.store(files);
        const [study] = await bench.server.database.query<{ study_uid: string }>(
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
        const hashes = (await bench.server.recordsFor(system).instances({ studyUid }, 'retrieve')).map(
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
      await bench.server.store(files);
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
      await bench.server.store(files);
      await all(it).complete(studyUid);
      await expect.poll(() => readingsOf(it, studyUid), POLL).toHaveLength(1);
      const [first] = await readingsOf(it, studyUid);
      later(1);
      await bench.server.store([more()]);
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
      await bench.server.store(files);
      await all(it).complete(studyUid);
      await expect.poll(() => readingsOf(it, studyUid), POLL).toHaveLength(1);
      const records = bench.server.recordsFor(system);
      const own = more();
      await records.store(
        (async function* () {
          yield (async function* () {
            yield own;
          })();
        })(),
        { origin: 'reading' },
      );
      await bench.server.database.query('update study set complete_at = null where study_uid = $1', [
        studyUid,
      ]);
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
      await bench.server.store(files);
      await all(it).complete(studyUid);
      await expect.poll(() => started, POLL).toEqual([2]);
      // It ends while the study is incomplete again.
      await bench.server.store([more()]);
      go();
      await expect
        .poll(() => readingsOf(it, studyUid), POLL)
        .toMatchObject([{ status: 'superseded', instanceCount: 2 }]);
      await all(it).complete(studyUid);
      await expect.poll(() => started, POLL).toEqual([2, 3]);
      // It still runs when the study is complete again.
      later(1);
      await bench.server.store([more()]);
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
      await bench.server.store(poison.files);
      await all(it).complete(poison.studyUid);
      await bench.server.store(good.files);
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
      const kept = await bench.server.database.query('select output from promontory_queue.job');
      expect(JSON.stringify(kept) + bench.server.events).not.toContain('PATIENT');
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
      await bench.server.store(first.files);
      await bench.server.store(second.files);
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
      await bench.server.database.query('update study set complete_at = now() where complete_at is null');
      for (const { files } of studies) await bench.server.store(files);
      later(61_000);
      for (const it of bench.rooms) it.watch({ everyMs: 50 });
      for (const { studyUid } of studies)
        await expect.poll(() => readingsOf(one!, studyUid), POLL).toHaveLength(1);
      expect(reads).toHaveLength(studies.length);
      const jobs = await bench.server.database.query<{ n: number }>(
        'select count(*)::int as n from work_item where study_uid = any($1)',
        [studies.map(({ studyUid }) => studyUid)],
      );
      expect(jobs).toEqual([{ n: studies.length }]);
    }));

  test('who waits is read before what arrived, a suspected cauda equina before both', () =>
    within(async () => {
      const name = `reading-${bench.nextQueue()}`;
      const idle = await room(undefined, name);
      const [arrived, asked, urgent] = [smallStudy(1), smallStudy(2), smallStudy(3)];
      for (const { files } of [arrived, asked, urgent]) await bench.server.store(files);
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
});
