/** Who is told of marks and reports, from where on, and until when. */
import { describe, expect, test } from 'vitest';
import type { Identity, Standing } from '../access/index.ts';
import { person } from '../archive/archive.testing.ts';
import { ENGINES, reviewBench, said } from './review.testing.ts';
import type { ReviewChange } from './study-reviews.ts';

const POLL = { timeout: 20_000 };
const told = (change: ReviewChange): string =>
  'mark' in change ? `mark ${change.mark.sequence}` : `report ${change.report.version}`;

describe.each(ENGINES)('changes on %s', (_name, fresh) => {
  const bench = reviewBench(fresh);

  /** Listens until stopped. */
  async function listen(
    who: Identity,
    studyUid: string,
    seen: { sequence?: number; version?: number } = {},
    standing?: Standing,
    room = bench.room,
  ) {
    const stop = new AbortController();
    const heard: string[] = [];
    const changes = await room.reviewsFor(who).changes(studyUid, seen, stop.signal, standing);
    if (changes === undefined) return undefined;
    let isOver = false;
    const ended = (async () => {
      for await (const change of changes) heard.push(told(change));
      isOver = true;
    })();
    return {
      heard,
      isOver: () => isOver,
      async end() {
        stop.abort();
        await ended;
      },
    };
  }

  test('marks and reports come in order, from what was seen on, on every server', async () => {
    const { studyUid } = await bench.study();
    const anna = await bench.member('radiologist');
    const student = await bench.member('student');
    const other = bench.another();
    const reviews = bench.room.reviewsFor(anna);
    await reviews.append(studyUid, [said('a'), said('b')]);
    const [fromNow, fromStart, fromOne, ahead] = await Promise.all([
      listen(student, studyUid),
      listen(student, studyUid, { sequence: 0 }),
      listen(student, studyUid, { sequence: 1, version: 0 }, undefined, other),
      listen(student, studyUid, { sequence: 99, version: 99 }),
    ]);
    await reviews.append(studyUid, [said('c')]);
    await expect.poll(() => fromNow?.heard, POLL).toEqual(['mark 3']);
    await reviews.sign({ studyUid, sequence: 3, language: 'en' });
    await expect.poll(() => fromNow?.heard, POLL).toEqual(['mark 3', 'report 1']);
    await reviews.append(
      studyUid,
      Array.from({ length: 150 }, (_, i) => said(`${i}`, 3)),
    );
    const rest = Array.from({ length: 150 }, (_, i) => `mark ${i + 4}`);
    await expect.poll(() => fromNow?.heard, POLL).toEqual(['mark 3', 'report 1', ...rest]);
    await expect
      .poll(() => fromStart?.heard, POLL)
      .toEqual(['mark 1', 'mark 2', 'mark 3', 'report 1', ...rest]);
    await expect.poll(() => fromOne?.heard, POLL).toEqual(['mark 2', 'mark 3', 'report 1', ...rest]);
    expect(ahead?.heard).toEqual(fromNow?.heard);
    for (const each of [fromNow, fromStart, fromOne, ahead]) await each?.end();
    await other.close();
  });

  test('nothing is told to who may not read, nor of another study', async () => {
    const [one, two] = [await bench.study('a'), await bench.study('a')];
    expect(await listen(await bench.member('radiologist', 'b'), one.studyUid)).toBeUndefined();
    expect(await listen(await bench.member('radiologist', 'b'), '1.2.3')).toBeUndefined();
    const anna = await bench.member('radiologist');
    const listener = await listen(anna, one.studyUid);
    await bench.room.reviewsFor(anna).append(two.studyUid, [said('x')]);
    await bench.room.reviewsFor(anna).append(one.studyUid, [said('y')]);
    await expect.poll(() => listener?.heard, POLL).toEqual(['mark 1']);
    await listener?.end();
    expect(listener?.heard).toEqual(['mark 1']);
  });

  test('who listens is judged for each; it ends with the right, the session or the study', async () => {
    const { studyUid } = await bench.study();
    const anna = await bench.member('radiologist');
    let who: Identity | undefined = await bench.member('student');
    const tellers = new Set<() => void>();
    const standing: Standing = {
      identity: async () => who,
      changed: (tell) => {
        tellers.add(tell);
        return () => void tellers.delete(tell);
      },
    };
    const student = who;
    const add = (text: string) => bench.room.reviewsFor(anna).append(studyUid, [said(text)]);

    const losesRole = await listen(student, studyUid, {}, standing);
    await add('a');
    await expect.poll(() => losesRole?.heard, POLL).toEqual(['mark 1']);
    who = { ...student, projects: [] };
    await add('b');
    await expect.poll(() => losesRole?.isOver(), POLL).toBe(true);
    expect(losesRole?.heard).toEqual(['mark 1']);

    who = student;
    const losesSession = await listen(student, studyUid, {}, standing);
    who = undefined;
    for (const tell of tellers) tell();
    await expect.poll(() => losesSession?.isOver(), POLL).toBe(true);
    expect(tellers.size).toBe(0);

    const losesStudy = await listen(student, studyUid);
    await bench.archive.recordsFor(person('administrator')).remove({ studyUid });
    await expect.poll(() => losesStudy?.isOver(), POLL).toBe(true);
  });

  test('a server that closes lets its listeners go', async () => {
    const { studyUid } = await bench.study();
    const room = bench.another();
    const listener = await listen(await bench.member('student'), studyUid, {}, undefined, room);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await room.close();
    await expect.poll(() => listener?.isOver(), POLL).toBe(true);
  });
});
