/** Statements over recovery codes. */
import type { Sql } from '../ports/database/index.ts';

export const deleteRecoveryCodes = (sql: Sql, accountId: string) =>
  sql.query('delete from recovery_code where account_id = $1', [accountId]);

export async function replaceRecoveryCodes(
  sql: Sql,
  accountId: string,
  hashes: readonly string[],
  now: Date,
): Promise<void> {
  await deleteRecoveryCodes(sql, accountId);
  await sql.query(
    'insert into recovery_code (account_id, code_hash, made_at) select $1, unnest($2::text[]), $3::timestamptz',
    [accountId, hashes, now],
  );
}

/** @returns whether it was there and unused; it is used then */
export const takeRecoveryCode = async (
  sql: Sql,
  accountId: string,
  hash: string,
  now: Date,
): Promise<boolean> =>
  (
    await sql.query(
      `update recovery_code set used_at = $3 where account_id = $1 and code_hash = $2 and used_at is null
       returning code_hash`,
      [accountId, hash, now],
    )
  ).length === 1;
