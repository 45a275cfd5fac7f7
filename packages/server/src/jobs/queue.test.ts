import { fromPglite } from 'pg-boss';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openTestPglite } from '../ports/database/embedded.testing.ts';
import { openPostgres } from '../ports/database/index.ts';
import { embeddedBoss } from './embedded-boss.ts';
import { openQueue, type QueueDatabase } from './open-queue.ts';
import { type DeadLetter, type Queue, type QueueRules, type Task, TaskFailed } from './queue.ts';

interface Data {
  readonly n: number;
}

const URL = process.env.PROMONTORY_TEST_POSTGRES;
const databases: [string, () => Promise<QueueDatabase>][] = [
  ['PGlite', () => openTestPglite()],
  ...(URL === undefined ? [] : [['PostgreSQL', async () => openPostgres(URL)] as [string, never]]),
];

const RULES: Omit<QueueRules, 'name'> = {
  retryLimit: 2,
  retryDelaySeconds: 1,
  retryDelayMaxSeconds: 1,
  expireSeconds: 60,
  heartbeatSeconds: 10,
  heartbeatEverySeconds: 1,
  superviseSeconds: 1,
};

describe.each(databases)('on %s', (_, open) => {
  let database: QueueDatabase;
  const opened: Queue<Data>[] = [];
  let count = 0;

  beforeAll(async () => {
    database = await open();
  }, 60_000);
  afterEach(async () => {
    for (const queue of opened.splice(0)) await queue.close();
  });
  afterAll(() => database.close());

  const problems: string[] = [];
  async function queue(rules: Partial<QueueRules> = {}): Promise<Queue<Data>> {
    const made = await openQueue<Data>(
      database,
      { ...RULES, name: `q${process.pid}-${count++}`, ...rules },
      { log: ({ event }) => problems.push(event) },
    );
    opened.push(made);
    return made;
  }
  const add = (to: Queue<Data>, n: number, key = `${n}`, priority = 0) =>
    database.transaction((sql) => to.add(sql, { key, data: { n }, priority }));
  const settle = (task: Task<Data> | DeadLetter<Data>) => database.transaction((sql) => task.settle(sql));

  test('a job is there when its transaction is, and not before', async () => {
    const it = await queue();
    const taken: number[] = [];
    await it.work(
      async (task) => {
        taken.push(task.data.n);
        await settle(task);
      },
      { concurrency: 1 },
    );
    await expect(
      database.transaction(async (sql) => {
        await it.add(sql, { key: 'a', data: { n: 1 }, priority: 0 });
        throw new Error('the deed fails');
      }),
    ).rejects.toThrow('the deed fails');
    await add(it, 2, 'a');
    await expect.poll(() => taken, { timeout: 10_000 }).toEqual([2]);
  });

  test('of one key one job waits; the highest priority is taken first, and a waiting job can be raised', async () => {
    const it = await queue();
    const low = await add(it, 1, 'low', 1);
    expect(await add(it, 11, 'low', 9)).toBeUndefined();
    await add(it, 2, 'middle', 5);
    await add(it, 3, 'high', 7);
    await database.transaction((sql) => it.raise(sql, low as string, 8));
    const taken: number[] = [];
    await it.work(
      async (task) => {
        taken.push(task.data.n);
        await settle(task);
      },
      { concurrency: 1 },
    );
    await expect.poll(() => taken, { timeout: 20_000 }).toEqual([1, 3, 2]);
  });

  test('a job for later waits, and is taken when it is wanted now', async () => {
    const it = await queue();
    const taken: number[] = [];
    const startAfter = new Date(Date.now() + 3_600_000);
    const later = await database.transaction((sql) =>
      it.add(sql, { key: 'later', data: { n: 1 }, priority: 9, startAfter }),
    );
    await add(it, 2);
    await it.work(
      async (task) => {
        taken.push(task.data.n);
        await settle(task);
      },
      { concurrency: 1 },
    );
    await expect.poll(() => taken, { timeout: 10_000 }).toEqual([2]);
    await database.transaction((sql) => it.raise(sql, later as string, 9, 'now'));
    await expect.poll(() => taken, { timeout: 10_000 }).toEqual([2, 1]);
  });

  test('a job that always fails is tried again, then buried with its code; the queue goes on', async () => {
    const it = await queue();
    const tries: number[] = [];
    const letters: DeadLetter<Data>[] = [];
    await it.work(
      async (task) => {
        if (task.data.n === 2) return void (await settle(task));
        tries.push(task.attempt);
        if (task.attempt === 1) throw new Error('PATIENT^NAME in a message');
        throw new TaskFailed('time-limit');
      },
      { concurrency: 1 },
    );
    await it.bury(async (letter) => {
      letters.push(letter);
      await settle(letter);
    });
    const id = await add(it, 1);
    const next = await add(it, 2);
    await expect.poll(() => letters.length, { timeout: 30_000 }).toBe(1);
    expect(tries).toEqual([0, 1, 2]);
    expect(letters[0]).toMatchObject({ id, data: { n: 1 }, attempts: 3, reason: 'time-limit' });
    const kept = await database.query<{ state: string; text: string }>(
      'select state::text, output::text as text from promontory_queue.job where id = any($1)',
      [[id, next]],
    );
    expect(kept.map(({ state }) => state).sort()).toEqual(['completed', 'failed']);
    expect(JSON.stringify(kept)).not.toContain('PATIENT');
  });

  test('cancelling tells the worker, whose settlement is refused; a waiting job is never taken', async () => {
    const it = await queue();
    const running = await add(it, 1, 'same');
    let settledLate: boolean | undefined;
    const taken: number[] = [];
    await it.work(
      async (task) => {
        taken.push(task.data.n);
        await new Promise((resolve) => task.signal.addEventListener('abort', resolve));
        settledLate = await settle(task);
      },
      { concurrency: 1 },
    );
    await expect.poll(() => taken, { timeout: 10_000 }).toEqual([1]);
    const waiting = await add(it, 2, 'same');
    expect(waiting).toBeDefined();
    await database.transaction((sql) => it.cancel(sql, [running as string, waiting as string]));
    await expect.poll(() => settledLate, { timeout: 10_000 }).toBe(false);
    expect(taken).toEqual([1]);
  });

  test('many workers never hold one job twice, nor two of one key at a time', async () => {
    const rules = { name: `shared${process.pid}` };
    const [one, two] = [await queue(rules), await queue(rules)];
    const held = new Map<string, number>();
    const done: number[] = [];
    let most = 0;
    for (const it of [one, two])
      await it.work(
        async (task) => {
          const key = `${task.data.n % 5}`;
          held.set(key, (held.get(key) ?? 0) + 1);
          most = Math.max(most, held.get(key) as number);
          await new Promise((resolve) => setTimeout(resolve, 5));
          held.set(key, (held.get(key) as number) - 1);
          done.push(task.data.n);
          expect(await settle(task)).toBe(true);
        },
        { concurrency: 2 },
      );
    let added = 0;
    for (let n = 0; n < 30; n++) if ((await add(one, n, `${n % 5}`)) !== undefined) added++;
    await expect.poll(() => done.length, { timeout: 40_000 }).toBe(added);
    expect(new Set(done).size).toBe(done.length);
    expect(most).toBe(1);
  });

  test('closing gives back what is being worked on', async () => {
    const rules = { name: `closing${process.pid}` };
    const first = await queue(rules);
    let began = false;
    await first.work(
      async (task) => {
        began = true;
        await new Promise((resolve) => task.signal.addEventListener('abort', resolve));
        throw new TaskFailed('stopped');
      },
      { concurrency: 1 },
    );
    await add(first, 7);
    await expect.poll(() => began, { timeout: 10_000 }).toBe(true);
    await first.close();
    const second = await queue(rules);
    const taken: number[] = [];
    await second.work(
      async (task) => {
        taken.push(task.attempt);
        await settle(task);
      },
      {
        concurrency: 1,
      },
    );
    await expect.poll(() => taken, { timeout: 20_000 }).toEqual([1]);
    expect(problems).toEqual([]);
  });
});

describe('pg-boss on the connection that we work on', () => {
  const FAILING_BLOCK = 'BEGIN; select 1/0; COMMIT;';

  async function failuresOfOurs(adapter: (pglite: never) => { executeSql(text: string): Promise<unknown> }) {
    const database = await openTestPglite();
    const boss = adapter(database.pglite as never);
    let failed = 0;
    const ours = async () => {
      for (let i = 0; i < 50; i++)
        await database
          .transaction((sql) => sql.query('select 1'))
          .catch(() => {
            failed++;
          });
    };
    const theirs = async () => {
      for (let i = 0; i < 25; i++) await expect(boss.executeSql(FAILING_BLOCK)).rejects.toThrow('zero');
    };
    await Promise.all([ours(), ours(), theirs()]);
    await database.close();
    return failed;
  }

  test('a block of its that fails does no harm to a transaction of ours', async () => {
    expect(await failuresOfOurs((pglite) => embeddedBoss(pglite))).toBe(0);
  });

  test('with its own adapter it does: when this fails, ours is no longer needed', async () => {
    expect(await failuresOfOurs((pglite) => fromPglite(pglite))).toBeGreaterThan(0);
  });
});
