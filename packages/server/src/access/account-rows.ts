/** Statements over accounts. */
import type { Sql } from '../ports/database/index.ts';

export interface AccountRow {
  readonly account_id: string;
  readonly login: string;
  readonly display_name: string;
  readonly password_hash: string | null;
  readonly totp_secret: string | null;
  readonly totp_pending: string | null;
  readonly oidc_subject: string | null;
  readonly provisioned: boolean;
  readonly failures: number;
  readonly locked_until: Date | null;
  readonly disabled_at: Date | null;
  readonly created_at: Date;
  readonly passkeys: number;
  /** Those that were not used yet. */
  readonly recovery_codes: number;
  readonly administers: boolean;
}

const ACCOUNT = `
select a.account_id, a.login, a.display_name, a.password_hash, a.totp_secret, a.totp_pending, a.oidc_subject,
  a.provisioned, a.failures, a.locked_until, a.disabled_at, a.created_at,
  (select count(*)::int from passkey p where p.account_id = a.account_id) as passkeys,
  (select count(*)::int from recovery_code r where r.account_id = a.account_id and r.used_at is null)
    as recovery_codes,
  exists (select 1 from role_grant g where g.account_id = a.account_id and g.role = 'administrator') as administers
from account a`;

export const allAccounts = (sql: Sql) => sql.query<AccountRow>(`${ACCOUNT} order by a.login`);

export const accountById = async (sql: Sql, accountId: string): Promise<AccountRow | undefined> =>
  (await sql.query<AccountRow>(`${ACCOUNT} where a.account_id = $1`, [accountId]))[0];

export const accountByLogin = async (sql: Sql, login: string): Promise<AccountRow | undefined> =>
  (await sql.query<AccountRow>(`${ACCOUNT} where a.login = $1`, [login]))[0];

export const accountBySubject = async (sql: Sql, subject: string): Promise<AccountRow | undefined> =>
  (await sql.query<AccountRow>(`${ACCOUNT} where a.oidc_subject = $1`, [subject]))[0];

/** Until the commit, nobody else changes this account or signs in to it. */
export const lockAccount = (sql: Sql, accountId: string) =>
  sql.query('select 1 from account where account_id = $1 for update', [accountId]);

/** One at a time among all that make or unmake administrators: two must not remove each other. */
export const lockAdministrators = (sql: Sql) => sql.query('select pg_advisory_xact_lock(7031106)');

export const insertAccount = (
  sql: Sql,
  account: { accountId: string; login: string; displayName: string; subject?: string; provisioned?: boolean },
  now: Date,
) =>
  sql.query(
    `insert into account (account_id, login, display_name, oidc_subject, provisioned, created_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [
      account.accountId,
      account.login,
      account.displayName,
      account.subject ?? null,
      account.provisioned ?? false,
      now,
    ],
  );

export const setLogin = (sql: Sql, accountId: string, login: string) =>
  sql.query('update account set login = $2 where account_id = $1', [accountId, login]);

export const setDisplayName = (sql: Sql, accountId: string, name: string) =>
  sql.query('update account set display_name = $2 where account_id = $1', [accountId, name]);

export const setSubject = (sql: Sql, accountId: string, subject: string | null) =>
  sql.query('update account set oidc_subject = $2, provisioned = false where account_id = $1', [
    accountId,
    subject,
  ]);

export const setDisabled = (sql: Sql, accountId: string, at: Date | null) =>
  sql.query('update account set disabled_at = $2 where account_id = $1', [accountId, at]);

/** Counted before the password is looked at: guesses that come at once are each counted. */
export const chargeFailure = (sql: Sql, accountId: string, lockedUntil: Date | null) =>
  sql.query('update account set failures = failures + 1, locked_until = $2 where account_id = $1', [
    accountId,
    lockedUntil,
  ]);

export const clearFailures = (sql: Sql, accountId: string) =>
  sql.query('update account set failures = 0, locked_until = null where account_id = $1', [accountId]);

export const setPasswordHash = (sql: Sql, accountId: string, hash: string | null) =>
  sql.query('update account set password_hash = $2 where account_id = $1', [accountId, hash]);

export const setPendingTotp = (sql: Sql, accountId: string, sealed: string) =>
  sql.query('update account set totp_pending = $2 where account_id = $1', [accountId, sealed]);

export const confirmTotp = (sql: Sql, accountId: string, step: number) =>
  sql.query(
    `update account set totp_secret = totp_pending, totp_pending = null, totp_step = $2 where account_id = $1`,
    [accountId, step],
  );

/** @returns whether the step was not used yet, nor a later one (RFC 6238 5.2) */
export const useTotpStep = async (sql: Sql, accountId: string, step: number): Promise<boolean> =>
  (
    await sql.query(
      `update account set totp_step = $2 where account_id = $1 and (totp_step is null or totp_step < $2)
       returning account_id`,
      [accountId, step],
    )
  ).length === 1;

export const removeTotp = (sql: Sql, accountId: string) =>
  sql.query(
    'update account set totp_secret = null, totp_pending = null, totp_step = null where account_id = $1',
    [accountId],
  );

/** Enabled administrators over every project. */
export const administrators = (sql: Sql) =>
  sql.query<AccountRow>(
    `${ACCOUNT} where a.disabled_at is null and exists (
       select 1 from role_grant g
       where g.account_id = a.account_id and g.role = 'administrator' and g.project_id = '*')
     order by a.created_at, a.login`,
  );
