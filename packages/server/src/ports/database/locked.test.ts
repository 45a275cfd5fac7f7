/** Locks by name: one at a time over all processes, nobody else kept from the database. */
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openTestPglite } from './embedded.testing.ts';
import { type Database, openPostgres } from './index.ts';

const URL = process.env.PROMONTORY_TEST_POSTGRES;

/** Two servers over one database, where the engine allows it. */
const ENGINES: readonly (readonly [string, () => Promise<readonly [Database, Database]>])[] = [
  [
    'PGlite',
    async () => {
      const database = await openTestPglite();
      return [database, database];
    },
  ],
  ...(URL === undefined
    ? []
    : [['PostgreSQL', async () => [openPostgres(URL, 2), openPostgres(URL, 2)] as const] as const]),
];

describe.each(ENGINES)('on %s', (_, open) => {
  async function both(): Promise<readonly [Database, Database]> {
    const [a, b] = await open();
    onTestFinished(async () => {
      await a.close();
      if (b !== a) await b.close();
    });
    return [a, b];
  }

  test('one works, the others wait for it and not for more; transactions go on meanwhile', async () => {
    const [a, b] = await both();
    const said: string[] = [];
    const release = Promise.withResolvers<void>();
    const first = a.locked('x', async (sql) => {
      said.push('first');
      expect(await sql.query('select 1 as n')).toEqual([{ n: 1 }]);
      await release.promise;
      said.push('first ends');
    });
    await expect.poll(() => said).toEqual(['first']);
    const second = b.locked('x', async () => void said.push('second'));
    expect(await a.transaction((sql) => sql.query('select 2 as n'))).toEqual([{ n: 2 }]);
    await wait(300);
    release.resolve();
    await Promise.all([first, second]);
    expect(said).toEqual(['first', 'first ends', 'second']);
  });

  test('work that fails gives the lock back, and says what it said', async () => {
    const [a, b] = await both();
    const failed = a.locked('x', async (sql) => {
      await sql.query('select 1');
      throw new RangeError('no');
    });
    await expect(failed).rejects.toThrow(RangeError);
    await expect(a.locked('x', (sql) => sql.query('select nothing'))).rejects.toThrow();
    expect(await b.locked('x', async () => 'mine')).toBe('mine');
    expect(await a.locked('x', async () => 'mine again')).toBe('mine again');
  });
});
