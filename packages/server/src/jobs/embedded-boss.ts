import type { PGlite } from '@electric-sql/pglite';
import type { Db } from 'pg-boss';

/** Several statements that pg-boss wants done as a whole. */
const BLOCK = /^\s*BEGIN;([\s\S]*)COMMIT;?\s*$/i;

/**
 * pg-boss on the one connection of PGlite that we work on too. Its own adapter sends a block as one text, so that a
 * statement that fails in it leaves the connection in a dead transaction until the adapter's rollback has its turn:
 * whatever of ours stands in between fails with it (docs/decisions/0011-queue.md). Here a block is a transaction of
 * PGlite's, which rolls back before anybody else is let in.
 */
export function embeddedBoss(pglite: PGlite): Db {
  return {
    async executeSql(text, values) {
      if (values !== undefined && values.length > 0) return pglite.query(text, values);
      const block = BLOCK.exec(text)?.[1];
      const results =
        block === undefined ? await pglite.exec(text) : await pglite.transaction((tx) => tx.exec(block));
      return { rows: results.flatMap(({ rows }) => rows) };
    },
    async listen(channel, onNotification, onReconnect) {
      const close = await pglite.listen(channel, onNotification);
      onReconnect();
      return { close: () => close() };
    },
  };
}
