/** Who is told of readings, what takes them along, and what ends them before they are made. */
import { describe, expect, test } from 'vitest';
import type { Identity, Standing } from '../access/index.ts';
import { person } from '../archive/archive.testing.ts';
import { TaskFailed } from '../jobs/index.ts';
import { quickRead, smallStudy } from './readings.testing.ts';
import { kinds, POLL, readingsBench, system } from './readings-bench.testing.ts';

describe.each(kinds)('on %s', (kind) => {
  const bench = readingsBench(kind);
  const { room, within, later, all, readingsOf, auditOf } = bench;

  test('what is out of reach is not there, and the refusal is noted', () =>
    within(async () => {
      await bench.server.database.query(
        "insert into project (project_id, title) values ('a', 'A'), ('b', 'B') on conflict do nothing",
      );
      const it = await room(quickRead);
      const { studyUid, files } = smallStudy();
      await bench.server.store(files, 'a');
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
      await bench.server.store(files);
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
        await bench.server.store(files);
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
      const name = `reading-${bench.nextQueue()}`;
      const it = await room(quickRead, name);
      const { studyUid, files } = smallStudy();
      await bench.server.store(files);
      await all(it).complete(studyUid);
      await expect.poll(() => readingsOf(it, studyUid), POLL).toHaveLength(1);
      const [reading] = await readingsOf(it, studyUid);
      await it.close();
      const idle = await room(undefined, name);
      await all(idle).request(studyUid);
      expect(await bench.server.recordsFor(system).remove({ studyUid })).toBe(2);
      const queue = await bench.server.database.query('select * from promontory_queue.job');
      expect(JSON.stringify(queue)).not.toContain(studyUid);
      expect(await all(idle).get(reading!.readingId)).toBeUndefined();
      const noted = await bench.server.database.query<{ sha256: string }>(
        'select sha256 from blob_to_remove',
      );
      for (const { sha256 } of reading!.files) expect(noted).toContainEqual({ sha256 });
      // It comes again while the old job still waits.
      await bench.server.store(files);
      await all(idle).complete(studyUid);
      await idle.work({ read: quickRead });
      await expect.poll(() => readingsOf(idle, studyUid), POLL).toHaveLength(1);
      const wanted = (await readingsOf(idle, studyUid))[0]!.files.map(({ sha256 }) => sha256);
      const still = await bench.server.database.query<{ sha256: string }>(
        'select sha256 from blob_to_remove',
      );
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
      await bench.server.store(files);
      await bench.server.database.query('update instance set size = $2 where study_uid = $1', [
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
      await bench.server.store(files);
      let full = true;
      const keep = bench.server.blobs.keep.bind(bench.server.blobs);
      (bench.server.blobs as { keep: typeof keep }).keep = (staged) => {
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
        await bench.server.store(files);
        await all(it).complete(studyUid);
        await expect.poll(() => began, POLL).toBe(1);
        await bench.server.database
          .query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()')
          .catch(() => {});
        go();
        await expect.poll(() => readingsOf(it, studyUid).catch(() => []), POLL).toHaveLength(1);
        // The queue still listens and works.
        const next = smallStudy(1);
        await bench.server.store(next.files);
        await all(it).complete(next.studyUid);
        await expect.poll(() => readingsOf(it, next.studyUid), POLL).toHaveLength(1);
      }),
  );
});
