/** Statements over what is used once: sign-in links and challenges, and the clearing up of all that is over. */
import type { Sql } from '../ports/database/index.ts';

export const insertLink = (sql: Sql, secretHash: string, accountId: string, until: Date) =>
  sql.query('insert into sign_in_link (secret_hash, account_id, expires_at) values ($1, $2, $3)', [
    secretHash,
    accountId,
    until,
  ]);

/** An account has one link at most: the newest. */
export const deleteLinks = (sql: Sql, accountId: string) =>
  sql.query('delete from sign_in_link where account_id = $1 and used_at is null', [accountId]);

/** Locked until the commit: of two that come at once, the second waits and finds it used. */
export const linkFor = async (
  sql: Sql,
  secretHash: string,
): Promise<{ account_id: string; expires_at: Date; used_at: Date | null } | undefined> =>
  (
    await sql.query<{ account_id: string; expires_at: Date; used_at: Date | null }>(
      'select account_id, expires_at, used_at from sign_in_link where secret_hash = $1 for update',
      [secretHash],
    )
  )[0];

export const linkUsed = (sql: Sql, secretHash: string, now: Date) =>
  sql.query('update sign_in_link set used_at = $2 where secret_hash = $1', [secretHash, now]);

export const insertChallenge = (
  sql: Sql,
  challenge: { hash: string; purpose: string; accountId?: string; sealed?: string; until: Date },
) =>
  sql.query(
    'insert into challenge (challenge_hash, purpose, account_id, sealed, expires_at) values ($1, $2, $3, $4, $5)',
    [
      challenge.hash,
      challenge.purpose,
      challenge.accountId ?? null,
      challenge.sealed ?? null,
      challenge.until,
    ],
  );

/** Taken out by the answer, right or wrong: nothing is answered twice. */
export const takeChallenge = async (
  sql: Sql,
  hash: string,
  purpose: string,
  now: Date,
): Promise<{ account_id: string | null; sealed: string | null } | undefined> =>
  (
    await sql.query<{ account_id: string | null; sealed: string | null; live: boolean }>(
      `delete from challenge where challenge_hash = $1 and purpose = $2
       returning account_id, sealed, expires_at > $3 as live`,
      [hash, purpose, now],
    )
  ).filter(({ live }) => live)[0];

export const deleteOldChallenges = (sql: Sql, now: Date) =>
  sql.query('delete from challenge where expires_at <= $1', [now]);

export const deleteOldSessions = (sql: Sql, before: Date) =>
  sql.query('delete from session where expires_at < $1', [before]);

export const deleteOldLinks = (sql: Sql, before: Date) =>
  sql.query('delete from sign_in_link where expires_at < $1', [before]);
