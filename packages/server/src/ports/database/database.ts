/**
 * The index's database. One SQL dialect, PostgreSQL's as version 15 knows it, on PGlite (embedded) and on a server.
 */

/** Runs statements; values go as `$1`, `$2` and never into the text. */
export interface Sql {
  /** @throws DatabaseUnavailable where no connection can be had, ConflictError where a unique key exists already */
  query<Row extends object = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<Row[]>;
}

export interface Database extends Sql {
  /** All of it or nothing: rolled back when `work` throws, durable when this resolves. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /**
   * Work that is done by one at a time under this name, in all processes over the database, and outside of any
   * transaction: what waits in it (for another machine) keeps nobody from the database. `sql` runs each statement by
   * itself. Within it no second one is begun.
   */
  locked<T>(name: string, work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Several statements without values, for migrations. */
  script(text: string): Promise<void>;
  close(): Promise<void>;
}

/** No connection, or it broke. A retry helps once the database is back; nothing was half done. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
}

/** SQLSTATE 23505: the row is there already. */
export const isUniqueViolation = (error: unknown): boolean =>
  (error as { code?: unknown } | null)?.code === '23505';
