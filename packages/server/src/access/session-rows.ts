/** Statements over sessions and API tokens, and the one that makes an identity of either. */
import type { Sql } from '../ports/database/index.ts';

/** Grants as JSON, so that one question answers who asks and what they may. */
const GRANTS = `
  (select coalesce(json_agg(json_build_object('role', g.role, 'projectId', g.project_id)), '[]'::json)
     from role_grant g where g.account_id = a.account_id) as projects,
  (select coalesce(json_agg(json_build_object('role', g.role, 'patientKey', g.patient_key)), '[]'::json)
     from patient_grant g where g.account_id = a.account_id) as patients`;

interface GrantColumns {
  readonly account_id: string;
  readonly projects: readonly { role: string; projectId: string }[];
  readonly patients: readonly { role: string; patientKey: string }[];
}

export interface SessionIdentityRow extends GrantColumns {
  readonly session_id: string;
  readonly proof: string;
  readonly seen_at: Date;
  readonly expires_at: Date;
  readonly glass: readonly { studyUid: string; until: string }[];
}

/** A session that was not ended, of an account that is not disabled. Its times are judged by the caller. */
export const sessionIdentity = async (
  sql: Sql,
  secretHash: string,
  now: Date,
): Promise<SessionIdentityRow | undefined> =>
  (
    await sql.query<SessionIdentityRow>(
      `select s.session_id, s.account_id, s.proof, s.seen_at, s.expires_at, ${GRANTS},
         (select coalesce(json_agg(json_build_object('studyUid', b.study_uid, 'until', b.expires_at)), '[]'::json)
            from break_glass b where b.account_id = a.account_id and b.expires_at > $2) as glass
       from session s join account a on a.account_id = s.account_id
       where s.secret_hash = $1 and s.ended_at is null and a.disabled_at is null`,
      [secretHash, now],
    )
  )[0];

export interface TokenIdentityRow extends GrantColumns {
  readonly token_id: string;
  readonly scopes: readonly string[];
  readonly expires_at: Date;
  readonly used_at: Date | null;
}

export const tokenIdentity = async (sql: Sql, secretHash: string): Promise<TokenIdentityRow | undefined> =>
  (
    await sql.query<TokenIdentityRow>(
      `select t.token_id, t.account_id, t.scopes, t.expires_at, t.used_at, ${GRANTS}
       from api_token t join account a on a.account_id = t.account_id
       where t.secret_hash = $1 and t.revoked_at is null and a.disabled_at is null`,
      [secretHash],
    )
  )[0];

export const sessionSeen = (sql: Sql, sessionId: string, now: Date) =>
  sql.query('update session set seen_at = $2 where session_id = $1 and ended_at is null and seen_at < $2', [
    sessionId,
    now,
  ]);

export const tokenUsed = (sql: Sql, tokenId: string, now: Date) =>
  sql.query('update api_token set used_at = $2 where token_id = $1', [tokenId, now]);

export interface SessionRow {
  readonly session_id: string;
  readonly account_id: string;
  readonly proof: string;
  readonly address: string | null;
  readonly created_at: Date;
  readonly seen_at: Date;
  readonly expires_at: Date;
}

export const insertSession = (
  sql: Sql,
  session: {
    secretHash: string;
    sessionId: string;
    accountId: string;
    proof: string;
    address: string | undefined;
    at: Date;
    until: Date;
  },
) =>
  sql.query(
    `insert into session (secret_hash, session_id, account_id, proof, address, created_at, seen_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $6, $7)`,
    [
      session.secretHash,
      session.sessionId,
      session.accountId,
      session.proof,
      session.address ?? null,
      session.at,
      session.until,
    ],
  );

const LIVE = 'ended_at is null and expires_at > $2 and seen_at > $3';

export const liveSessions = (sql: Sql, accountId: string, now: Date, seenSince: Date) =>
  sql.query<SessionRow>(
    `select session_id, account_id, proof, address, created_at, seen_at, expires_at from session
     where account_id = $1 and ${LIVE} order by created_at`,
    [accountId, now, seenSince],
  );

export const liveSession = async (
  sql: Sql,
  sessionId: string,
  now: Date,
  seenSince: Date,
): Promise<SessionRow | undefined> =>
  (
    await sql.query<SessionRow>(
      `select session_id, account_id, proof, address, created_at, seen_at, expires_at from session
       where session_id = $1 and ${LIVE}`,
      [sessionId, now, seenSince],
    )
  )[0];

/** @returns the sessions that were ended: [] where it is another's, ended already, or none */
export const endSession = (sql: Sql, accountId: string, sessionId: string, now: Date) =>
  sql.query<{ session_id: string }>(
    `update session set ended_at = $3 where session_id = $2 and account_id = $1 and ended_at is null
     returning session_id`,
    [accountId, sessionId, now],
  );

export const endSessionBySecret = (sql: Sql, secretHash: string, now: Date) =>
  sql.query<{ account_id: string }>(
    'update session set ended_at = $2 where secret_hash = $1 and ended_at is null returning account_id',
    [secretHash, now],
  );

/** All of an account but one. */
export const endSessions = (sql: Sql, accountId: string, now: Date, but?: string) =>
  sql.query<{ session_id: string }>(
    `update session set ended_at = $2
     where account_id = $1 and ended_at is null and ($3::uuid is null or session_id <> $3::uuid)
     returning session_id`,
    [accountId, now, but ?? null],
  );

export interface TokenRow {
  readonly token_id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
  readonly used_at: Date | null;
}

export const tokensOf = (sql: Sql, accountId: string) =>
  sql.query<TokenRow>(
    `select token_id, name, scopes, created_at, expires_at, revoked_at, used_at from api_token
     where account_id = $1 and revoked_at is null order by created_at`,
    [accountId],
  );

export const insertToken = (
  sql: Sql,
  token: {
    tokenId: string;
    secretHash: string;
    accountId: string;
    name: string;
    scopes: readonly string[];
    at: Date;
    until: Date;
  },
) =>
  sql.query(
    `insert into api_token (token_id, secret_hash, account_id, name, scopes, created_at, expires_at)
     values ($1, $2, $3, $4, $5::text[], $6, $7)`,
    [token.tokenId, token.secretHash, token.accountId, token.name, [...token.scopes], token.at, token.until],
  );

export const revokeToken = (sql: Sql, accountId: string, tokenId: string, now: Date) =>
  sql.query<{ token_id: string }>(
    `update api_token set revoked_at = $3 where token_id = $2 and account_id = $1 and revoked_at is null
     returning token_id`,
    [accountId, tokenId, now],
  );
