import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { Database, Sql } from './database.ts';
import { FLUSHING, FlushedFolder, flushAll } from './flushed-folder.ts';
import { inTurn } from './in-turn.ts';

/** A commit is on the disk when it is made. */
const START = [...PGlite.defaultStartParams.filter((given) => given !== '-F'), ...FLUSHING];

/**
 * PostgreSQL in this process (WASM) over one folder; in memory where no folder is given, for tests.
 * PGlite does not notice a second opener of the same folder: hold the data folder's lock first.
 * @param template what `dumpDataDir` gave: loading it is faster than making a new database
 */
export async function openPglite(
  folder?: string,
  template?: Blob,
): Promise<Database & { readonly pglite: PGlite }> {
  const isNew = folder !== undefined && !existsSync(folder);
  if (folder !== undefined) mkdirSync(dirname(folder), { recursive: true });
  const pglite = await PGlite.create({
    ...(folder === undefined ? {} : { fs: new FlushedFolder(folder), startParams: START }),
    ...(template === undefined ? {} : { loadDataDir: template }),
  });
  if (isNew) flushAll(folder);
  const query = async <Row extends object>(text: string, values: readonly unknown[] = []) =>
    (await pglite.query<Row>(text, [...values])).rows;
  const turn = inTurn();
  return {
    pglite,
    query,
    transaction: async <T>(work: (sql: Sql) => Promise<T>) =>
      (await pglite.transaction((tx) =>
        work({
          query: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
            (
              await tx.query<Row>(text, [...values])
            ).rows,
        }),
      )) as T,
    // Whoever holds the folder is alone with it: the turns of this process are all there are.
    locked: (_name, work) => turn(() => work({ query })),
    script: async (text) => void (await pglite.exec(text)),
    close: () => pglite.close(),
  };
}
