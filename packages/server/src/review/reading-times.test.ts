import { describe, expect, test } from 'vitest';
import type { Identity } from '../access/index.ts';
import type { ReadingTime } from './reading-time-rows.ts';
import { ENGINES, reviewBench } from './review.testing.ts';

const MINUTE = 60_000;
const reasonOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    (value) => (value === undefined ? 'absent' : 'kept'),
    (error: { reason?: string }) => error.reason ?? 'broken',
  );

describe.each(ENGINES)('reading times on %s', (_name, fresh) => {
  const bench = reviewBench(fresh);
  const times = (who: Identity) => bench.room.readingTimesFor(who);
  let turn = 0;
  /** Of so many minutes, half of them active. */
  const took = (studyUid: string, minutes: number, given: Partial<ReadingTime> = {}): ReadingTime => {
    const openedAt = new Date(bench.at.getTime() - 5 * 3_600_000 + turn++);
    return {
      studyUid,
      openedAt,
      signedAt: new Date(openedAt.getTime() + minutes * MINUTE),
      activeMs: (minutes * MINUTE) / 2,
      withReading: true,
      blindFirst: false,
      ...given,
    };
  };
  const keptOf = ({ accountId }: Identity) =>
    bench.database.query('select 1 from reading_time where account_id = $1', [accountId]);

  test('nothing is kept without a yes, and a no takes everything along', async () => {
    const { studyUid } = await bench.study();
    const anna = await bench.member('radiologist');
    expect(await times(anna).consent()).toBe(false);
    expect(await reasonOf(times(anna).keep(took(studyUid, 10)))).toBe('no-consent');
    expect(await keptOf(anna)).toEqual([]);
    await times(anna).setConsent(true);
    const time = took(studyUid, 10);
    expect(await reasonOf(times(anna).keep(time))).toBe('kept');
    // Sent again.
    expect(await reasonOf(times(anna).keep(time))).toBe('kept');
    expect((await times(anna).report()).times).toEqual([time]);
    await times(anna).setConsent(true);
    expect(await keptOf(anna)).toHaveLength(1);
    await times(anna).setConsent(false);
    expect(await keptOf(anna)).toEqual([]);
    expect(await times(anna).report()).toEqual({ consent: false, summary: [], times: [] });
    expect(await reasonOf(times(anna).keep(time))).toBe('no-consent');
    const said = await bench.database.query<{ body: string }>(
      `select body from audit_event where action = 'account-change' and actor = $1 order by seq`,
      [anna.actor],
    );
    expect(said.map(({ body }) => JSON.parse(body).detail.given)).toEqual([true, false]);
  });

  test("one's own can be deleted, and nobody else's go", async () => {
    const { studyUid } = await bench.study();
    const [anna, bert] = [await bench.member('radiologist'), await bench.member('surgeon')];
    for (const who of [anna, bert]) {
      await times(who).setConsent(true);
      for (const minutes of [4, 8]) await times(who).keep(took(studyUid, minutes));
    }
    expect(await times(anna).forget()).toBe(2);
    expect(await keptOf(anna)).toEqual([]);
    expect(await keptOf(bert)).toHaveLength(2);
    expect((await times(anna).report()).consent).toBe(true);
  });

  test('what nobody can have taken is refused; so is a study out of reach', async () => {
    const { studyUid } = await bench.study('a');
    const anna = await bench.member('radiologist', 'a');
    await times(anna).setConsent(true);
    const now = bench.at.getTime();
    for (const wrong of [
      took(studyUid, -1, { activeMs: 0 }),
      took(studyUid, 10, { activeMs: 11 * MINUTE }),
      took(studyUid, 8 * 24 * 60),
      took(studyUid, 1, {
        openedAt: new Date(now + 48 * 3_600_000),
        signedAt: new Date(now + 49 * 3_600_000),
      }),
      took(studyUid, 1, { openedAt: new Date(0), signedAt: new Date(MINUTE) }),
      took(studyUid, 1, { openedAt: new Date('0000-01-01T00:00:00Z') }),
    ])
      expect(await reasonOf(times(anna).keep(wrong))).toBe('impossible-time');
    const stranger = await bench.member('radiologist', 'b');
    await times(stranger).setConsent(true);
    expect(await reasonOf(times(stranger).keep(took(studyUid, 5)))).toBe('absent');
    expect(await reasonOf(times(anna).keep(took('1.2.3', 5)))).toBe('absent');
    for (const kind of ['token', 'system'] as const)
      expect(await reasonOf(times({ ...anna, kind }).setConsent(true))).toBe('person-needed');
  });

  test('before and after: quartiles of each; those of all to administrators, of five at least, without names', async () => {
    const { studyUid } = await bench.study();
    const [anna, bert] = [await bench.member('radiologist'), await bench.member('surgeon')];
    const chief = await bench.member('administrator', '*');
    for (const who of [anna, bert]) await times(who).setConsent(true);
    await bench.database.query('delete from reading_time');
    for (const minutes of [2, 4, 6, 8]) await times(anna).keep(took(studyUid, minutes));
    await times(bert).keep(took(studyUid, 10));
    for (const minutes of [10, 20])
      await times(bert).keep(took(studyUid, minutes, { withReading: false, blindFirst: true }));
    expect((await times(anna).report()).summary).toEqual([
      {
        withReading: true,
        n: 4,
        active: { q1Ms: 1.75 * MINUTE, medianMs: 2.5 * MINUTE, q3Ms: 3.25 * MINUTE },
        elapsed: { q1Ms: 3.5 * MINUTE, medianMs: 5 * MINUTE, q3Ms: 6.5 * MINUTE },
      },
    ]);
    expect((await times(bert).report()).summary.map(({ withReading, n }) => [withReading, n])).toEqual([
      [false, 2],
      [true, 1],
    ]);
    const told = await times(chief).report();
    expect(told.times).toEqual([]);
    expect(told.everyone).toEqual([
      {
        withReading: true,
        n: 5,
        active: { q1Ms: 2 * MINUTE, medianMs: 3 * MINUTE, q3Ms: 4 * MINUTE },
        elapsed: { q1Ms: 4 * MINUTE, medianMs: 6 * MINUTE, q3Ms: 8 * MINUTE },
      },
    ]);
    expect(JSON.stringify(told)).not.toContain(anna.accountId);
    for (const other of [anna, await bench.member('administrator', 'a')])
      expect(await times(other).report()).not.toHaveProperty('everyone');
  });
});
