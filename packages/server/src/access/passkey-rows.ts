/** Statements over passkeys. */
import type { Sql } from '../ports/database/index.ts';

export interface PasskeyRow {
  readonly credential_id: string;
  readonly account_id: string;
  readonly public_key: Uint8Array;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly name: string;
  readonly created_at: Date;
  readonly used_at: Date | null;
}

const COLUMNS = 'credential_id, account_id, public_key, counter, transports, name, created_at, used_at';

export const passkeysOf = (sql: Sql, accountId: string) =>
  sql.query<PasskeyRow>(`select ${COLUMNS} from passkey where account_id = $1 order by created_at`, [
    accountId,
  ]);

export const passkeyById = async (sql: Sql, credentialId: string): Promise<PasskeyRow | undefined> =>
  (await sql.query<PasskeyRow>(`select ${COLUMNS} from passkey where credential_id = $1`, [credentialId]))[0];

export const insertPasskey = (
  sql: Sql,
  key: {
    credentialId: string;
    accountId: string;
    publicKey: Uint8Array;
    counter: number;
    transports: readonly string[];
    name: string;
    at: Date;
  },
) =>
  sql.query(
    `insert into passkey (credential_id, account_id, public_key, counter, transports, name, created_at)
     values ($1, $2, $3, $4, $5::text[], $6, $7)`,
    [key.credentialId, key.accountId, key.publicKey, key.counter, [...key.transports], key.name, key.at],
  );

/** @returns whether the counter grew, or is one that stays at zero (WebAuthn 6.1.1): a copy of a key would not */
export const passkeyUsed = async (
  sql: Sql,
  credentialId: string,
  counter: number,
  now: Date,
): Promise<boolean> =>
  (
    await sql.query(
      `update passkey set counter = $2, used_at = $3
       where credential_id = $1 and (counter < $2 or (counter = 0 and $2 = 0)) returning credential_id`,
      [credentialId, counter, now],
    )
  ).length === 1;

export const renamePasskey = (sql: Sql, accountId: string, credentialId: string, name: string) =>
  sql.query(
    'update passkey set name = $3 where credential_id = $2 and account_id = $1 returning credential_id',
    [accountId, credentialId, name],
  );

export const deletePasskey = (sql: Sql, accountId: string, credentialId: string) =>
  sql.query('delete from passkey where credential_id = $2 and account_id = $1 returning credential_id', [
    accountId,
    credentialId,
  ]);

export const deletePasskeys = (sql: Sql, accountId: string) =>
  sql.query('delete from passkey where account_id = $1', [accountId]);
