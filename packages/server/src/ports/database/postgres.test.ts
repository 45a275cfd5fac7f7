import { createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DatabaseUnavailable, openPostgres } from './index.ts';

const URL = process.env.PROMONTORY_TEST_POSTGRES;

test('a server that is not there is unavailable, and the message tells nothing of the URL', async () => {
  const database = openPostgres('postgres://somebody:secret@127.0.0.1:1/none');
  const error = await database.query('select 1').catch((e: Error) => e);
  expect(error).toBeInstanceOf(DatabaseUnavailable);
  expect((error as Error).message).not.toContain('secret');
  await database.close();
});

/** AuthenticationOk, then ReadyForQuery. */
const WELCOME = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);

/** Lets anyone in and then says no more. */
async function silent(): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => socket.write(WELCOME));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `postgres://nobody@127.0.0.1:${(server.address() as { port: number }).port}/none`;
}

test('what is silent is given up, in a transaction without asking once more', async () => {
  const database = openPostgres(await silent(), 2, 500);
  onTestFinished(() => database.close());
  await expect(database.query('select 1')).rejects.toBeInstanceOf(DatabaseUnavailable);
  const start = performance.now();
  await expect(database.transaction((sql) => sql.query('select 1'))).rejects.toBeInstanceOf(
    DatabaseUnavailable,
  );
  expect(performance.now() - start).toBeLessThan(950);
  expect(database.pool.totalCount).toBe(0);
});

describe.skipIf(URL === undefined)('on a server', () => {
  test('a connection that is cut within a transaction, between two statements, undoes it and harms nothing else', async () => {
    const database = openPostgres(URL as string, 2);
    const name = `cut_${process.pid}`;
    await database.script(`create table ${name} (n int)`);
    try {
      const cut = database.transaction(async (sql) => {
        await sql.query(`insert into ${name} values (1)`);
        const [row] = await sql.query<{ pid: number }>('select pg_backend_pid() as pid');
        await database.query('select pg_terminate_backend($1)', [row?.pid]);
        await wait(300);
        await sql.query(`insert into ${name} values (2)`);
      });
      await expect(cut).rejects.toBeInstanceOf(DatabaseUnavailable);
      expect(await database.query(`select * from ${name}`)).toEqual([]);
      await database.transaction((sql) => sql.query(`insert into ${name} values (3)`));
      expect(await database.query(`select n from ${name}`)).toEqual([{ n: 3 }]);
    } finally {
      await database.script(`drop table ${name}`);
      await database.close();
    }
  });
});
