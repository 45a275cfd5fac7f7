/** Who is told of which work items, and of nothing else. */
import type { JsonDataSet } from '@promontory/core/dicom';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Identity, type Standing, systemIdentity } from '../access/index.ts';
import { mrFile, newUid } from '../archive/archive.testing.ts';
import type { TextChannel } from '../ports/channel/index.ts';
import { CHANNEL_LIMITS, type ChannelLimits, eventFeed } from './event-feed.ts';
import type { ReadingsRoom } from './open-readings.ts';
import { openTestServer, POSTGRES, quickRead, smallStudy, type TestServer } from './readings.testing.ts';
import { readStepDataSet } from './step-attributes.ts';
import { ALL_STEPS, FILTERED_STEPS } from './step-uids.ts';
import { WorklistSubscriptions } from './subscriptions.ts';
import { cancelledJson, orderJson, performedJson, progressJson, withAccount } from './worklist.testing.ts';
import { WorklistRefused } from './worklist-refused.ts';

const kinds = ['PGlite', ...(POSTGRES === undefined ? [] : ['PostgreSQL' as const])] as const;
const system = systemIdentity('system');
const LOCK = '2.25.111';

/** The other side of a channel, without a network between. */
function channel(): TextChannel & { readonly said: JsonDataSet[]; readonly codes: number[] } {
  const closed = new AbortController();
  const said: JsonDataSet[] = [];
  const codes: number[] = [];
  return {
    said,
    codes,
    closed: closed.signal,
    send: (text) => void (closed.signal.aborted || said.push(JSON.parse(text))),
    close: (code) => {
      codes.push(code);
      closed.abort();
    },
  };
}

/** Somebody whose rights the test changes. */
class Somebody implements Standing {
  who: Identity | undefined;
  readonly #told = new Set<() => void>();
  constructor(who: Identity) {
    this.who = who;
  }
  async identity() {
    return this.who;
  }
  changed(tell: () => void) {
    this.#told.add(tell);
    return () => void this.#told.delete(tell);
  }
  become(who: Identity | undefined) {
    this.who = who;
    for (const tell of this.#told) tell();
  }
}

describe.each(kinds)('on %s', (kind) => {
  let server: TestServer;
  let it: ReadingsRoom;
  let anna: Identity & { readonly accountId: string };
  const open: TextChannel[] = [];
  beforeAll(async () => {
    server = await openTestServer(kind as 'PGlite');
    it = await server.open({ name: 'subscriptions' });
    anna = await withAccount(server.database, 'radiologist', 'default');
  }, 60_000);
  afterEach(async () => {
    for (const one of open.splice(0)) one.close(1001);
    await server.database.query('delete from worklist_subscription');
    await server.database.query('delete from work_item_subscription');
    server.at = new Date(server.at.getTime() + 60_000);
  });
  afterAll(() => server.close(), 60_000);

  const subscriptions = (who: Identity = anna) => it.subscriptionsFor(who);
  async function listen(aeTitle: string, who: Identity = anna, standing: Standing = new Somebody(who)) {
    const made = channel();
    open.push(made);
    expect(await subscriptions(who).open(aeTitle, standing, () => made)).toBe('admitted');
    return made;
  }
  async function held(projectId = 'default'): Promise<string> {
    const { studyUid, files } = smallStudy(1);
    await server.store(files, projectId);
    return studyUid;
  }
  const create = async (studyUid: string, more: JsonDataSet = {}) => {
    const made = await it.worklistFor(system).create(readStepDataSet(orderJson(studyUid, more)), undefined);
    return made!.uid;
  };
  const change = (uid: string, state: string) => it.worklistFor(system).changeState(uid, state, LOCK);
  const update = (uid: string, json: JsonDataSet) =>
    it.worklistFor(system).update(uid, readStepDataSet(json), LOCK);
  /** Kind, step, and what is said of it. */
  const short = (said: readonly JsonDataSet[]) =>
    said
      .filter((event) => event['00001002']?.Value?.[0] !== 4)
      .map((event) => {
        const { '00000002': _, '00000110': __, '00001000': uid, '00001002': type, ...rest } = event;
        const value = rest['00741000']?.Value?.[0];
        return [type?.Value?.[0], uid?.Value?.[0], ...(value === undefined ? [] : [value])];
      });
  const settle = () => new Promise((resolve) => setTimeout(resolve, 1_200));
  const refusal = async (work: Promise<unknown>) => {
    try {
      return (await work) === undefined ? 'absent' : 'accepted';
    } catch (error) {
      if (error instanceof WorklistRefused) return error.reason;
      throw error;
    }
  };

  test('a subscriber to all hears the life of a step, in order, in the words of the standard', async () => {
    const heard = await listen('WATCH');
    expect(heard.said[0]).toEqual({
      '00000002': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.34.6.1'] },
      '00000110': { vr: 'US', Value: [1] },
      '00001000': { vr: 'UI', Value: [ALL_STEPS] },
      '00001002': { vr: 'US', Value: [4] },
      '00741242': { vr: 'CS', Value: ['RESTARTED'] },
      '00741244': { vr: 'CS', Value: ['WARM START'] },
      '00741246': { vr: 'CS', Value: ['WARM START'] },
    });
    await subscriptions().subscribe(ALL_STEPS, 'WATCH', undefined);
    const people = {
      '00404034': { vr: 'SQ', Value: [{ '00404036': { vr: 'LO', Value: ['Department'] } }] },
    };
    const uid = await create(await held(), people);
    await change(uid, 'IN PROGRESS');
    await update(uid, progressJson(30, 'Measuring'));
    await it.worklistFor(anna).requestCancel(uid, {
      '00741238': { vr: 'LT', Value: ['Wrong side'] },
      '0074100C': { vr: 'LO', Value: ['Dr. Doe'] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Not^This' }] },
    });
    await update(uid, performedJson());
    await change(uid, 'COMPLETED');
    await expect
      .poll(() => short(heard.said), { timeout: 10_000 })
      .toEqual([
        [1, uid, 'SCHEDULED'],
        [5, uid],
        [1, uid, 'IN PROGRESS'],
        [3, uid],
        [2, uid],
        [1, uid, 'COMPLETED'],
      ]);
    const [, , assigned, began, progress, cancel] = heard.said;
    expect(began?.['00404041']).toEqual({ vr: 'CS', Value: ['READY'] });
    expect(assigned).toMatchObject(people);
    expect(progress).toMatchObject(progressJson(30, 'Measuring'));
    expect(cancel).toMatchObject({
      '00741236': { vr: 'AE', Value: ['PROMONTORY'] },
      '00741238': { Value: ['Wrong side'] },
      '0074100C': { Value: ['Dr. Doe'] },
    });
    expect(JSON.stringify(heard.said)).not.toMatch(/Not\^This|2\.25\.111"/);
    const ids = heard.said.map((event) => event['00000110']?.Value?.[0]);
    expect(ids).toEqual(ids.map((_, i) => i + 1));
  });

  test('what a worker of ours does is told as well; what is cancelled while it waits was begun before', async () => {
    const heard = await listen('WORKER');
    await subscriptions().subscribe(ALL_STEPS, 'WORKER', undefined);
    const uid = await create(await held());
    const waiting = await it.readingsFor(system).request(await held());
    await it.readingsFor(system).cancel(waiting!.jobId);
    const reader = await server.open({ name: 'subscriptions' });
    await reader.work({ read: quickRead });
    await expect.poll(() => short(heard.said).at(-1), { timeout: 20_000 }).toEqual([1, uid, 'COMPLETED']);
    await reader.close();
    const of = (name: string) =>
      short(heard.said).filter(([type, at]) => type === 1 && (at === name) === true);
    expect(of(uid).map(([, , state]) => state)).toEqual(['SCHEDULED', 'IN PROGRESS', 'COMPLETED']);
    const other = short(heard.said).find(([, at]) => at !== uid)?.[1] as string;
    expect(of(other).map(([, , state]) => state)).toEqual(['SCHEDULED', 'IN PROGRESS', 'CANCELED']);
    expect(short(heard.said)).toContainEqual([3, uid]);
  });

  test('a subscriber to one step hears how it stands, and of no other', async () => {
    const heard = await listen('ONE');
    const [uid, other] = [await create(await held()), await create(await held())];
    expect(await subscriptions().subscribe(uid, 'ONE', undefined)).toBe(true);
    await change(uid, 'IN PROGRESS');
    await change(other, 'IN PROGRESS');
    await expect
      .poll(() => short(heard.said), { timeout: 10_000 })
      .toEqual([
        [1, uid, 'SCHEDULED'],
        [1, uid, 'IN PROGRESS'],
      ]);
    expect(await subscriptions().unsubscribe(uid, 'ONE')).toBe(true);
    expect(await subscriptions().unsubscribe(uid, 'ONE')).toBeUndefined();
    await update(uid, progressJson(1, 'x'));
    await settle();
    expect(short(heard.said)).toHaveLength(2);
  });

  test('table CC.2.3-2: leaving one out, suspending, coming back, leaving all', async () => {
    const heard = await listen('TABLE');
    const before = await create(await held());
    await subscriptions().subscribe(ALL_STEPS, 'TABLE', undefined);
    const left = await create(await held());
    expect(await subscriptions().unsubscribe(left, 'TABLE')).toBe(true);
    server.at = new Date(server.at.getTime() + 1_000);
    expect(await subscriptions().suspend(ALL_STEPS, 'TABLE')).toBe(true);
    expect(await subscriptions().suspend(ALL_STEPS, 'TABLE')).toBeUndefined();
    server.at = new Date(server.at.getTime() + 1_000);
    const after = await create(await held());
    for (const uid of [before, left, after]) await change(uid, 'IN PROGRESS');
    await expect.poll(() => short(heard.said), { timeout: 10_000 }).toEqual([[1, before, 'IN PROGRESS']]);
    server.at = new Date(server.at.getTime() + 1_000);
    await subscriptions().subscribe(ALL_STEPS, 'TABLE', undefined);
    for (const uid of [left, after]) {
      await update(uid, cancelledJson());
      await change(uid, 'CANCELED');
    }
    await expect
      .poll(() => short(heard.said).filter(([type]) => type === 1), { timeout: 10_000 })
      .toEqual([
        [1, before, 'IN PROGRESS'],
        [1, left, 'CANCELED'],
        [1, after, 'CANCELED'],
      ]);
    expect(await subscriptions().unsubscribe(ALL_STEPS, 'TABLE')).toBe(true);
    expect(await subscriptions().unsubscribe(ALL_STEPS, 'TABLE')).toBeUndefined();
    await update(before, cancelledJson());
    await change(before, 'CANCELED');
    await settle();
    expect(short(heard.said).at(-1)).toEqual([1, after, 'CANCELED']);
  });

  test('by a filter: what matches once stays subscribed, whatever becomes of it', async () => {
    const heard = await listen('FILTER');
    const running = await create(await held());
    await change(running, 'IN PROGRESS');
    const waiting = await create(await held());
    await subscriptions().subscribe(FILTERED_STEPS, 'FILTER', { states: ['scheduled'], priorityFrom: 30 });
    const [low, high] = [
      await create(await held()),
      await create(await held(), { '00741200': { vr: 'CS', Value: ['HIGH'] } }),
    ];
    for (const uid of [low, high, waiting]) await change(uid, 'IN PROGRESS');
    await expect
      .poll(() => short(heard.said), { timeout: 10_000 })
      .toEqual([
        [1, high, 'SCHEDULED'],
        [1, high, 'IN PROGRESS'],
      ]);
    expect(await subscriptions().suspend(FILTERED_STEPS, 'FILTER')).toBe(true);
    const next = await create(await held(), { '00741200': { vr: 'CS', Value: ['HIGH'] } });
    await update(high, progressJson(1, 'x'));
    await expect.poll(() => short(heard.said).at(-1), { timeout: 10_000 }).toEqual([3, high]);
    expect(short(heard.said).map(([, uid]) => uid)).not.toContain(next);
    expect(await subscriptions().unsubscribe(FILTERED_STEPS, 'FILTER')).toBe(true);
    expect(await subscriptions().unsubscribe(FILTERED_STEPS, 'FILTER')).toBeUndefined();
  });

  test('a filter by a study goes with the study', async () => {
    const study = await held();
    expect(await refusal(subscriptions().subscribe(FILTERED_STEPS, 'F', { studyUid: '1.2.3.4' }))).toBe(
      'absent',
    );
    expect(await refusal(subscriptions().subscribe(FILTERED_STEPS, 'F', { studyUid: study }))).toBe(
      'accepted',
    );
    await server.recordsFor(system).remove({ studyUid: study });
    expect(await server.database.query('select 1 from worklist_subscription')).toEqual([]);
  });

  test('each event is judged when it is sent: what is out of reach now is not told', async () => {
    const standing = new Somebody(anna);
    const heard = await listen('REACH', anna, standing);
    await subscriptions().subscribe(ALL_STEPS, 'REACH', undefined);
    await server.database.query(
      `insert into project (project_id, title) values ('elsewhere', 'x') on conflict do nothing`,
    );
    const [mine, theirs] = [await create(await held()), await create(await held('elsewhere'))];
    await expect.poll(() => short(heard.said), { timeout: 10_000 }).toEqual([[1, mine, 'SCHEDULED']]);
    standing.become({ ...anna, projects: [{ role: 'radiologist', projectId: 'elsewhere' }] });
    for (const uid of [mine, theirs]) await change(uid, 'IN PROGRESS');
    await expect
      .poll(() => short(heard.said).at(-1), { timeout: 10_000 })
      .toEqual([1, theirs, 'IN PROGRESS']);
    expect(short(heard.said)).toHaveLength(2);
    standing.become(undefined);
    await expect.poll(() => heard.codes, { timeout: 2_000 }).toEqual([1008]);
  });

  test('a title is its account’s own; without an account, or with too many titles, there is none', async () => {
    const berta = await withAccount(server.database, 'radiologist', 'default');
    const [hers, his] = [await listen('SAME'), await listen('SAME', berta)];
    await subscriptions().subscribe(ALL_STEPS, 'SAME', undefined);
    expect(await subscriptions(berta).unsubscribe(ALL_STEPS, 'SAME')).toBeUndefined();
    const uid = await create(await held());
    await expect.poll(() => short(hers.said), { timeout: 10_000 }).toEqual([[1, uid, 'SCHEDULED']]);
    await settle();
    expect(short(his.said)).toEqual([]);
    expect(await refusal(subscriptions(system).subscribe(ALL_STEPS, 'X', undefined))).toBe(
      'subscriber-refused',
    );
    for (const title of ['', ' ', 'x'.repeat(17), 'a\\b', 'a\nb'])
      expect(await refusal(subscriptions().subscribe(ALL_STEPS, title, undefined)), title).toBe('malformed');
    for (let i = 0; i < 15; i++) await subscriptions().subscribe(ALL_STEPS, `T${i}`, undefined);
    expect(await refusal(subscriptions().subscribe(ALL_STEPS, 'ONE-MORE', undefined))).toBe(
      'subscriber-refused',
    );
    expect(await refusal(subscriptions().subscribe(ALL_STEPS, 'T3', undefined))).toBe('accepted');
    expect(await refusal(subscriptions().subscribe(FILTERED_STEPS, 'T3', undefined))).toBe('malformed');
    expect(await refusal(subscriptions().suspend(uid, 'T3'))).toBe('malformed');
    expect(await refusal(subscriptions(berta).subscribe('2.25.1', 'T3', undefined))).toBe('absent');
  });

  test('subscriptions outlive the server, and a client that comes again is told of the last seconds', async () => {
    await subscriptions().subscribe(ALL_STEPS, 'LASTS', undefined);
    const uid = await create(await held());
    const again = await server.open({ name: 'subscriptions' });
    const made = channel();
    open.push(made);
    await again.subscriptionsFor(anna).open('LASTS', new Somebody(anna), () => made);
    await expect.poll(() => short(made.said), { timeout: 10_000 }).toEqual([[1, uid, 'SCHEDULED']]);
    // What another server does is told here.
    await change(uid, 'IN PROGRESS');
    await expect.poll(() => short(made.said).at(-1), { timeout: 10_000 }).toEqual([1, uid, 'IN PROGRESS']);
    expect(made.said.filter((event) => event['00001002']?.Value?.[0] === 4)).toHaveLength(1);
    await again.close();
    expect(made.codes).toEqual([1001]);
  });

  describe('limits', () => {
    const rows = () => server.database.query<{ job_id: string }>('select job_id from work_item_subscription');

    test('a filter that lets everything through that has ended writes down nothing of it', async () => {
      const uid = await create(await held());
      await it.worklistFor(system).requestCancel(uid, {});
      await subscriptions().subscribe(FILTERED_STEPS, 'MANY', { states: ['cancelled', 'completed'] });
      expect(await rows()).toEqual([]);
      await subscriptions().subscribe(FILTERED_STEPS, 'MANY', { priorityFrom: 0 });
      const open = await server.database.query(
        `select job_id from work_item where state in ('scheduled', 'in-progress')`,
      );
      expect((await rows()).length).toBe(open.length);
    });

    test('who subscribes to a step that has ended, and been told of, is forgotten', async () => {
      const uid = await create(await held());
      const other = await create(await held());
      for (const one of [uid, other]) await subscriptions().subscribe(one, 'ONE', undefined);
      await it.worklistFor(system).requestCancel(uid, {});
      server.at = new Date(server.at.getTime() + 11 * 60_000);
      it.tidy({ everyMs: 50 });
      await expect.poll(async () => (await rows()).length, { timeout: 10_000 }).toBe(1);
    });

    const within = (limits: Partial<ChannelLimits>) => {
      const events = eventFeed(
        { database: server.database, now: () => server.at },
        { mostChannels: 3, mostOfAccount: 2, mostWaiting: 5, everyMs: 50, ...limits },
      );
      const of = (who: Identity) =>
        new WorklistSubscriptions(who, { database: server.database, events, now: () => server.at });
      return { events, of };
    };

    test('channels of an account, and of all; one that ends makes room', async () => {
      const berta = await withAccount(server.database, 'radiologist', 'default');
      const { events, of } = within({});
      let accepted = 0;
      const attempt = (who: Identity) => {
        const made = channel();
        return of(who)
          .open('X', new Somebody(who), () => {
            accepted++;
            return made;
          })
          .then((admission) => ({ admission, made }));
      };
      const first = await attempt(anna);
      await attempt(anna);
      expect((await attempt(anna)).admission).toBe('full-for-account');
      expect((await attempt(berta)).admission).toBe('admitted');
      expect((await attempt(berta)).admission).toBe('full');
      first.made.close(1001);
      expect((await attempt(berta)).admission).toBe('admitted');
      expect(accepted).toBe(4);
      events.close();
      expect((await attempt(berta)).admission).toBe('full');
    });

    test('what is told is read once, however many hear it and however often it is looked for', async () => {
      let texts = 0;
      const database: typeof server.database = {
        ...server.database,
        async query<Row extends object>(text: string, values?: readonly unknown[]) {
          const found = await server.database.query<Row>(text, values);
          texts += found.filter((row) => 'report' in row).length;
          return found;
        },
      };
      const events = eventFeed({ database, now: () => server.at }, { ...CHANNEL_LIMITS, everyMs: 20 });
      const of = new WorklistSubscriptions(anna, { database, events, now: () => server.at });
      const heard = [channel(), channel(), channel()];
      for (const [i, made] of heard.entries()) {
        await of.open(`T${i % 2}`, new Somebody(anna), () => made);
        await of.subscribe(ALL_STEPS, `T${i % 2}`, undefined);
      }
      const uid = await create(await held());
      await change(uid, 'IN PROGRESS');
      for (const { said } of heard) await expect.poll(() => short(said)).toHaveLength(2);
      await new Promise((resolve) => setTimeout(resolve, 200));
      events.close();
      expect(texts).toBe(2);
    });

    test('names are not remembered without end: who is forgotten is told of the start again', async () => {
      const { events } = within({});
      const greetings = (aeTitle: string) => {
        const made = channel();
        events.serve({ accountId: anna.accountId, aeTitle }, new Somebody(anna), () => made);
        made.close(1001);
        return made.said.length;
      };
      expect([greetings('FIRST'), greetings('FIRST')]).toEqual([1, 0]);
      for (let i = 0; i < 10_000; i++) greetings(`T${i}`);
      expect(greetings('FIRST')).toBe(1);
      events.close();
    });

    test('what would be told to many is brief', async () => {
      const uid = await create(await held());
      await change(uid, 'IN PROGRESS');
      const long = Array.from({ length: 40 }, () => 'x'.repeat(1_000));
      const parameters = {
        vr: 'SQ',
        Value: long.map((text) => ({ '0040A160': { vr: 'UT', Value: [text] } })),
      };
      const progress = { '00741002': { vr: 'SQ', Value: [{ '00741007': parameters }] } };
      expect(await refusal(update(uid, progress))).toBe('malformed');
      const persons = {
        '00404034': {
          vr: 'SQ',
          Value: long.map((text) => ({ '00404036': { vr: 'LO', Value: [text.slice(0, 60)] } })),
        },
      };
      expect(await refusal(update(uid, persons))).toBe('accepted');
    });

    test('what waits for one that cannot be judged ends it, rather than waiting for ever', async () => {
      const { events, of } = within({});
      const stuck: Standing = { identity: () => new Promise(() => {}), changed: () => () => {} };
      const made = channel();
      await of(anna).open('STUCK', stuck, () => made);
      await of(anna).subscribe(ALL_STEPS, 'STUCK', undefined);
      const uid = await create(await held());
      await change(uid, 'IN PROGRESS');
      for (let i = 0; i < 6; i++) await update(uid, progressJson(i, 'x'));
      await expect.poll(() => made.codes, { timeout: 10_000 }).toEqual([1013]);
      events.close();
    });
  });

  test('nothing is written down while nobody subscribes; what was told of is forgotten', async () => {
    const count = async () =>
      (await server.database.query<{ n: number }>('select count(*)::int as n from work_item_event'))[0]!.n;
    await server.database.query('delete from work_item_event');
    const uid = await create(await held());
    await change(uid, 'IN PROGRESS');
    expect(await count()).toBe(0);
    await subscriptions().subscribe(ALL_STEPS, 'LATER', undefined);
    await update(uid, progressJson(1, 'x'));
    expect(await count()).toBe(1);
    server.at = new Date(server.at.getTime() + 11 * 60_000);
    it.tidy({ everyMs: 50 });
    await expect.poll(count, { timeout: 10_000 }).toBe(0);
  });

  test('a study that is deleted takes events and subscriptions of its steps along', async () => {
    const study = await held();
    await server.store([mrFile({ StudyInstanceUID: study, SeriesInstanceUID: newUid(), PatientID: study })]);
    const uid = await create(study);
    await subscriptions().subscribe(uid, 'GONE', undefined);
    await change(uid, 'IN PROGRESS');
    await server.recordsFor(system).remove({ studyUid: study });
    expect(await server.database.query('select 1 from work_item_subscription')).toEqual([]);
    expect(await refusal(subscriptions().subscribe(uid, 'GONE', undefined))).toBe('absent');
  });
});
