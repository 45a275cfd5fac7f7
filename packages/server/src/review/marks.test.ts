import { randomUUID } from 'node:crypto';
import type { KeptMark, Mark } from '@promontory/core/review';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { person } from '../archive/archive.testing.ts';
import { MOST_BYTES, MOST_MARKS } from './append-marks.ts';
import { ENGINES, markOf, measured, reviewBench, said } from './review.testing.ts';
import { ReviewRefused } from './review-refused.ts';

describe.each(ENGINES)('marks on %s', (_name, fresh) => {
  const bench = reviewBench(fresh);
  const ofStudy = async (studyUid: string, after = 0) =>
    bench.room.reviewsFor(await bench.member('student')).marks(studyUid, after);

  test('are kept as they were made, in order, with who and when', async () => {
    const it = await bench.study();
    const anna = await bench.member('radiologist', 'a', 'Anna ‮Ω');
    const marks = [
      markOf({ kind: 'judge', readingId: it.readingId, target: 'disc/L4~L5/pfirrmann', verdict: 'accept' }),
      said('Nul \u0000, half \ud800, <b>"it\'s"</b> $1 \\ 椎間板\n', 1),
      markOf(measured(it), 0, { madeAt: '0001-01-01T00:00:00Z' }),
    ];
    const done = await bench.room.reviewsFor(anna).append(it.studyUid, marks);
    const kept = marks.map((mark, i) => ({
      ...mark,
      sequence: i + 1,
      author: anna.accountId,
      authorName: 'Anna ‮Ω',
      receivedAt: '2026-03-04T05:06:07.000Z',
    }));
    expect(done).toMatchObject({ kept, refused: [], sequence: 3 });
    expect(await ofStudy(it.studyUid)).toEqual({ marks: kept, sequence: 3 });
    expect(await ofStudy(it.studyUid, 2)).toEqual({ marks: kept.slice(2), sequence: 3 });
    expect(await ofStudy(it.studyUid, 9)).toEqual({ marks: [], sequence: 3 });
  });

  test('the audit says how many and of which kind, and nothing that was written', async () => {
    const it = await bench.study();
    const anna = await bench.member('surgeon');
    await bench.room.reviewsFor(anna).append(it.studyUid, [said('CANARY'), said('CANARY')]);
    const [event, ...more] = (await bench.auditOf(it.studyUid)).filter(({ action }) => action === 'review');
    expect(more).toEqual([]);
    expect(JSON.parse(event?.body ?? '').detail).toEqual({ marks: 2, kinds: ['text:2'] });
    expect(event?.body).not.toContain('CANARY');
  });

  test('sent again they are the same; the same id with other content is refused, and the rest is kept', async () => {
    const it = await bench.study();
    const reviews = bench.room.reviewsFor(await bench.member('radiologist'));
    const [a, b] = [said('a'), said('b')];
    const first = await reviews.append(it.studyUid, [a]);
    const again = await reviews.append(it.studyUid, [a, b, b, { ...a, markId: a.markId.toUpperCase() }]);
    expect(again?.kept.map(({ sequence }) => sequence)).toEqual([1, 2, 2, 1]);
    expect(again?.kept[0]).toEqual(first?.kept[0]);
    const other = await reviews.append(it.studyUid, [
      { ...a, deed: b.deed },
      { ...a, madeAt: '2026-03-04T05:00:01.000Z' },
      said('c'),
    ]);
    expect(other?.refused).toEqual([
      { markId: a.markId, code: 'OTHER_CONTENT' },
      { markId: a.markId, code: 'OTHER_CONTENT' },
    ]);
    expect(other?.kept.map(({ sequence }) => sequence)).toEqual([3]);
  });

  test('an id of another study is refused in the same words, at the same time too', async () => {
    const [one, two] = [await bench.study('a'), await bench.study('b')];
    const anna = bench.room.reviewsFor(await bench.member('radiologist', 'a'));
    const bert = bench.room.reviewsFor(await bench.member('radiologist', 'b'));
    const mark = said('secret of b');
    await bert.append(two.studyUid, [mark]);
    const refused = [{ markId: mark.markId, code: 'OTHER_CONTENT' }];
    expect(await anna.append(one.studyUid, [mark])).toMatchObject({ kept: [], refused, sequence: 0 });

    const race = Array.from({ length: 20 }, () => said('race'));
    const done = await Promise.all(
      race.flatMap((m) => [anna.append(one.studyUid, [m]), bert.append(two.studyUid, [m])]),
    );
    expect(done.filter((d) => d?.kept.length === 1)).toHaveLength(race.length);
    expect(done.filter((d) => d?.refused.length === 1)).toHaveLength(race.length);
  });

  test('who says to have seen more than there is has seen what there is', async () => {
    const it = await bench.study();
    const reviews = bench.room.reviewsFor(await bench.member('radiologist'));
    const mark = said('far ahead', 1_000);
    expect((await reviews.append(it.studyUid, [said('a'), mark]))?.kept.map(({ seen }) => seen)).toEqual([
      0, 1,
    ]);
    expect((await reviews.append(it.studyUid, [mark]))?.kept.map(({ sequence }) => sequence)).toEqual([2]);
  });

  test('what is not of the study is refused mark by mark', async () => {
    const [it, other] = [await bench.study(), await bench.study()];
    const reviews = bench.room.reviewsFor(await bench.member('neurologist'));
    const judge = (readingId: string) =>
      markOf({ kind: 'judge', readingId, target: 'numbering', verdict: 'accept' });
    const line = markOf(measured(it));
    const marks: Mark[] = [
      judge(other.readingId),
      judge(randomUUID()),
      judge(it.readingId.toUpperCase()),
      markOf(measured(other)),
      markOf(measured({ ...it, seriesUid: other.seriesUid })),
      markOf({ kind: 'remove', mark: line.markId }),
      line,
      markOf({ kind: 'remove', mark: line.markId.toUpperCase() }),
      markOf(measured(it, { instead: line.markId })),
      markOf(measured(it, { instead: randomUUID() })),
      markOf({ kind: 'restore', mark: randomUUID() }),
    ];
    const done = await reviews.append(it.studyUid, marks);
    expect(done?.refused.map(({ code }) => code)).toEqual([
      'NO_SUCH_READING',
      'NO_SUCH_READING',
      'NO_SUCH_INSTANCE',
      'NO_SUCH_INSTANCE',
      'NO_SUCH_MARK',
      'NO_SUCH_MARK',
      'NO_SUCH_MARK',
    ]);
    expect(done?.kept.map(({ deed }) => deed.kind)).toEqual([
      'judge',
      'measurement',
      'remove',
      'measurement',
    ]);
    expect(done?.kept[0]?.deed).toMatchObject({ readingId: it.readingId });
  });

  test('a study takes no more than its share', async () => {
    const it = await bench.study();
    const anna = await bench.member('radiologist');
    await bench.database.query(
      `insert into review_mark (study_uid, sequence, mark_id, kind, author, author_name, body, received_at)
       select $1, n, gen_random_uuid(), 'text', $2::uuid, '', $4, now() from generate_series(1, $3) as n`,
      [it.studyUid, anna.accountId, MOST_MARKS - 1, JSON.stringify({ ...said(''), markId: undefined })],
    );
    const done = await bench.room.reviewsFor(anna).append(it.studyUid, [said('last'), said('too many')]);
    expect([done?.kept.length, done?.refused.map(({ code }) => code)]).toEqual([1, ['FULL']]);

    const wide = await bench.study();
    await bench.database.query(
      `insert into review_mark (study_uid, sequence, mark_id, kind, author, author_name, body, received_at)
       select $1, n, gen_random_uuid(), 'text', $2::uuid, '', repeat('é', 500000), now()
       from generate_series(1, $3) as n`,
      [wide.studyUid, anna.accountId, Math.floor(MOST_BYTES / 1e6)],
    );
    const outline = Array.from({ length: 2_000 }, (_, i): [number, number] => [i + 0.123456789012, 1 / 3]);
    const large = () => markOf({ kind: 'outline', readingId: wide.readingId, structure: 'sac', outline });
    const some = await bench.room
      .reviewsFor(anna)
      .append(wide.studyUid, [...Array.from({ length: 20 }, large), said('a word')]);
    const codes = new Set(some?.refused.map(({ code }) => code));
    expect([codes, some?.kept.at(-1)?.deed.kind]).toEqual([new Set(['FULL']), 'text']);
    expect(some?.kept.length).toBeGreaterThan(5);
  }, 60_000);

  test('nobody adds who may not: strangers, readers, tokens, peers', async () => {
    const it = await bench.study('a');
    const there = await bench.member('radiologist', 'b');
    for (const who of [there, await bench.member('student'), await bench.member('physiotherapist')])
      expect(await bench.room.reviewsFor(who).append(it.studyUid, [said('x')])).toBeUndefined();
    expect(await bench.room.reviewsFor(there).marks(it.studyUid, 0)).toBeUndefined();
    const glass = { ...there, brokenGlass: [it.studyUid] };
    expect(await bench.room.reviewsFor(glass).append(it.studyUid, [said('x')])).toBeUndefined();
    expect(await bench.room.reviewsFor(glass).marks(it.studyUid, 0)).toMatchObject({ marks: [] });
    const radiologist = await bench.member('radiologist');
    for (const kind of ['token', 'peer', 'worker', 'system'] as const)
      await expect(
        bench.room.reviewsFor({ ...radiologist, kind }).append(it.studyUid, [said('x')]),
      ).rejects.toThrow(ReviewRefused);
    expect(await bench.room.reviewsFor(radiologist).append('1.2.3', [said('x')])).toBeUndefined();
    const refusals = (await bench.auditOf(it.studyUid)).filter(({ action }) => action === 'refusal');
    expect(refusals).toHaveLength(5);
    expect(await ofStudy(it.studyUid)).toEqual({ marks: [], sequence: 0 });
  });

  test('two people at once, on two servers: no gap, nothing lost, each mark once and in order', async () => {
    const it = await bench.study();
    const other = bench.another();
    const people = [await bench.member('radiologist'), await bench.member('surgeon')];
    const own = people.map(() => Array.from({ length: 12 }, (_, i) => [said(`${i}`), said(`${i}'`)]));
    await Promise.all(
      own.flatMap((batches, who) =>
        batches.map((batch, i) =>
          (i % 2 === 0 ? bench.room : other).reviewsFor(people[who]!).append(it.studyUid, batch),
        ),
      ),
    );
    await other.close();
    const { marks = [] } = (await ofStudy(it.studyUid)) ?? {};
    expect(marks.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 48 }, (_, i) => i + 1));
    expect(new Set(marks.map(({ markId }) => markId))).toEqual(
      new Set(own.flat(2).map(({ markId }) => markId)),
    );
    // A batch stays together.
    for (const batch of own.flat()) {
      const [first, second] = batch.map(({ markId }) => marks.findIndex((m) => m.markId === markId));
      expect(second).toBe((first ?? 0) + 1);
    }
  }, 30_000);

  test('whatever batches come, again and at once: each mark once, in order, as it was answered', async () => {
    const people = [await bench.member('radiologist'), await bench.member('surgeon')];
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            who: fc.nat(1),
            marks: fc.array(fc.nat(9), { maxLength: 5 }),
            together: fc.boolean(),
          }),
          { maxLength: 10 },
        ),
        async (batches) => {
          const { studyUid } = await bench.study();
          const pool = Array.from({ length: 10 }, (_, i) => said(`mark ${i}`));
          const answered = new Map<string, KeptMark>();
          let under: Promise<unknown>[] = [];
          for (const { who, marks, together } of batches) {
            const send = async () => {
              const batch = marks.map((i) => pool[i]!);
              const done = await bench.room.reviewsFor(people[who]!).append(studyUid, batch);
              expect(done?.refused).toEqual([]);
              expect(done?.kept.map(({ markId }) => markId)).toEqual(batch.map(({ markId }) => markId));
              for (const mark of done?.kept ?? []) {
                expect(answered.get(mark.markId) ?? mark).toEqual(mark);
                answered.set(mark.markId, mark);
              }
            };
            under.push(send());
            if (!together) {
              await Promise.all(under);
              under = [];
            }
          }
          await Promise.all(under);
          const { marks = [], sequence } = (await ofStudy(studyUid)) ?? {};
          expect(marks.map((m) => m.sequence)).toEqual(marks.map((_, i) => i + 1));
          expect(sequence).toBe(marks.length);
          expect(marks).toEqual([...answered.values()].sort((a, b) => a.sequence - b.sequence));
        },
      ),
      { numRuns: 12 },
    );
  }, 60_000);

  test('a batch whose transaction fails leaves nothing, and is taken whole when it comes again', async () => {
    const it = await bench.study();
    const anna = await bench.member('radiologist');
    const marks = [said('a'), said('b')];
    const gone = { ...anna, accountId: randomUUID() };
    await expect(bench.room.reviewsFor(gone).append(it.studyUid, marks)).rejects.toThrow();
    expect(await ofStudy(it.studyUid)).toEqual({ marks: [], sequence: 0 });
    expect((await bench.room.reviewsFor(anna).append(it.studyUid, marks))?.sequence).toBe(2);
  });

  test('nothing changes or takes away a mark, but the deletion of its study', async () => {
    const it = await bench.study();
    const anna = await bench.member('radiologist');
    await bench.room.reviewsFor(anna).append(it.studyUid, [said('a')]);
    for (const statement of [
      `update review_mark set body = '{}'`,
      'delete from review_mark',
      'truncate review_mark',
    ])
      await expect(bench.database.query(statement)).rejects.toThrow('append-only');
    await bench.archive.recordsFor(person('administrator')).remove({ studyUid: it.studyUid });
    const left = await bench.database.query('select 1 from review_mark where study_uid = $1', [it.studyUid]);
    expect(left).toEqual([]);
  });
});
