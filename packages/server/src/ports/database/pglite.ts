import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { Database, Sql } from './database.ts';

/**
 * PostgreSQL in this process (WASM) over one folder; in memory where no folder is given, for tests.
 * PGlite does not notice a second opener of the same folder: hold the data folder's lock first.
 * @param template what `dumpDataDir` gave: loading it is faster than making a new database
 */
export async function openPglite(
  folder?: string,
  template?: Blob,
): Promise<Database & { readonly pglite: PGlite }> {
  if (folder !== undefined) mkdirSync(dirname(folder), { recursive: true });
  const pglite = await PGlite.create({
    ...(folder === undefined ? {} : { dataDir: folder }),
    ...(template === undefined ? {} : { loadDataDir: template }),
  });
  return {
    pglite,
    query: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
      (await pglite.query<Row>(text, [...values])).rows,
    transaction: async <T>(work: (sql: Sql) => Promise<T>) =>
      (await pglite.transaction((tx) =>
        work({
          query: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
            (
              await tx.query<Row>(text, [...values])
            ).rows,
        }),
      )) as T,
    script: async (text) => void (await pglite.exec(text)),
    close: () => pglite.close(),
  };
}
