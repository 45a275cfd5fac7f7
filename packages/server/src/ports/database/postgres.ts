import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { type Database, DatabaseUnavailable, type Sql } from './database.ts';
import { inTurn } from './in-turn.ts';

/** Long enough for a server that restarts, short enough for a person who waits. */
const CONNECT_MS = 5_000;
/** A statement that runs longer is a defect or an attack; it must not hold its connection. */
const STATEMENT_MS = 60_000;
/** A network that swallows ends no statement; what has not answered long after it should have ended is given up. */
const SILENCE_MS = STATEMENT_MS + 5_000;
const SILENT = 'Query read timeout';
/** Longer than an object store is waited for under a lock. */
const LOCK_MS = 240_000;
const LOCK_LOOK_MS = 100;

// bigint (sequence numbers, byte counts) fits a double here; timestamps stay Date as in PGlite.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** A PostgreSQL server, version 15 or later, by its connection URL. Connections are made when first needed. */
export function openPostgres(
  url: string,
  connections = 8,
  silenceMs = SILENCE_MS,
): Database & { readonly pool: pg.Pool } {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: silenceMs,
    keepAlive: true,
    application_name: 'promontory',
  });
  // An idle connection that breaks is replaced by the pool; without a listener the process would end.
  pool.on('error', () => {});
  // One connection of the pool at most holds locks: who waits for one must not keep the others from the database.
  const turn = inTurn();
  return {
    pool,
    query: (text, values) => guarded(() => rowsOf(pool, text, values)),
    transaction: (work) => guarded(() => inTransaction(pool, work)),
    locked: (name, work) => turn(() => guarded(() => underLock(pool, name, work))),
    script: (text) => guarded(async () => void (await pool.query(text))),
    close: () => pool.end(),
  };
}

async function rowsOf<Row extends object>(
  on: pg.Pool | pg.PoolClient,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  return (await on.query(text, [...values])).rows as Row[];
}

const inTransaction = <T>(pool: pg.Pool, work: (sql: Sql) => Promise<T>): Promise<T> =>
  onOneConnection(pool, 'rollback', async (client) => {
    await client.query('begin');
    const result = await work({ query: (text, values) => rowsOf(client, text, values) });
    await client.query('commit');
    return result;
  });

/** By the session's advisory lock, which ends with its process or connection at the latest. */
const underLock = <T>(pool: pg.Pool, name: string, work: (sql: Sql) => Promise<T>): Promise<T> =>
  onOneConnection(pool, 'select pg_advisory_unlock_all()', async (client) => {
    const key = 'hashtextextended($1, 0)';
    for (const until = performance.now() + LOCK_MS; ; await wait(LOCK_LOOK_MS)) {
      const [row] = await rowsOf<{ got: boolean }>(client, `select pg_try_advisory_lock(${key}) as got`, [
        name,
      ]);
      if (row?.got === true) break;
      if (performance.now() > until) throw new DatabaseUnavailable('Another process holds the lock.');
    }
    const result = await work({ query: (text, values) => rowsOf(client, text, values) });
    await client.query(`select pg_advisory_unlock(${key})`, [name]);
    return result;
  });

/** @param undo what makes the connection fit for others where the work failed */
async function onOneConnection<T>(
  pool: pg.Pool,
  undo: string,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A connection may break between two statements, when nobody waits for an answer of it: the next one fails then.
  const breaks = (error: Error) => {
    broken = error;
  };
  client.on('error', breaks);
  try {
    return await work(client);
  } catch (error) {
    // Who did not answer is not asked again.
    if (error instanceof Error && error.message === SILENT) broken = error;
    else
      await client.query(undo).catch((cause: Error) => {
        broken = cause;
      });
    throw error;
  } finally {
    client.off('error', breaks);
    client.release(broken);
  }
}

/**
 * Codes of a connection that is not there: Node's, and SQLSTATE classes 08 and 57P; of a transaction that stood in
 * another's way (40001, 40P01): there, too, nothing was done and a retry helps.
 */
const GONE = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|ENOENT|EAI_|08|57P|53300|40001|40P01)/;

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    const gone =
      code === undefined ? /terminated|timeout|Connection|not queryable/.test(message) : GONE.test(code);
    if (error instanceof Error && gone)
      throw new DatabaseUnavailable('The database cannot be reached.', { cause: error });
    throw error;
  }
}
