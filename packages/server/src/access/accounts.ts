/** Accounts, as administrators see them. */
import type { Sql } from '../ports/database/index.ts';
import { isUniqueViolation } from '../ports/database/index.ts';
import {
  type AccountRow,
  accountById,
  administrators,
  allAccounts,
  clearFailures,
  insertAccount,
  lockAccount,
  lockAdministrators,
  removeTotp,
  setDisabled,
  setDisplayName,
  setLogin,
  setPasswordHash,
  setSubject,
} from './account-rows.ts';
import { deleteLinks } from './challenge-rows.ts';
import { AccessRefused } from './faults.ts';
import { type PatientGrantRow, patientGrants, type RoleGrantRow, roleGrants } from './grant-rows.ts';
import { type Grants, replaceGrants } from './grants.ts';
import { accountChange, type Ground } from './ground.ts';
import type { Identity, PatientGrant, ProjectGrant } from './identity.ts';
import { loginOf, titleOf } from './names.ts';
import { deletePasskeys } from './passkey-rows.ts';
import { deleteRecoveryCodes } from './recovery-code-rows.ts';
import type { Role } from './roles.ts';
import { isUuid, newUuid } from './secret.ts';
import { endSessions } from './session-rows.ts';
import { subjectKey } from './subject.ts';

export interface Account {
  readonly accountId: string;
  readonly login: string;
  readonly displayName: string;
  readonly disabled: boolean;
  readonly locked: boolean;
  readonly factors: {
    readonly password: boolean;
    readonly totp: boolean;
    readonly passkeys: number;
    /** How many are left; what they are nobody can see. */
    readonly recoveryCodes: number;
  };
  /** Tied to the hospital's own login. */
  readonly provider: boolean;
  readonly createdAt: Date;
  readonly projects: readonly ProjectGrant[];
  readonly patients: readonly PatientGrant[];
}

export interface AccountEdit {
  readonly login?: string;
  readonly displayName?: string;
  readonly disabled?: boolean;
  /** Subject at the hospital's provider; `null` unties. */
  readonly subject?: string | null;
}

/** All throw AccessRefused: `not-allowed` to who does not administer, `absent`, `taken`, `invalid`. */
export interface Accounts {
  list(identity: Identity): Promise<Account[]>;
  /** Without any way to sign in: that comes by a link, or by the hospital's provider. */
  create(
    identity: Identity,
    given: { login: string; displayName: string; grants?: Grants },
  ): Promise<Account>;
  edit(identity: Identity, accountId: string, edit: AccountEdit): Promise<Account>;
  setGrants(identity: Identity, accountId: string, grants: Grants): Promise<Account>;
  /**
   * Takes password, code generator, passkeys, recovery codes and sessions away: only a new link, or the provider, opens the account.
   * The password goes too, as it alone would let its finder set up a second factor of their own.
   */
  resetFactors(identity: Identity, accountId: string): Promise<Account>;
}

const absent = () => new AccessRefused('absent', 'There is no such account.');

export function accountOf(
  row: AccountRow,
  roles: readonly RoleGrantRow[],
  patients: readonly PatientGrantRow[],
  now: Date,
): Account {
  const own = (grant: { account_id: string }) => grant.account_id === row.account_id;
  return {
    accountId: row.account_id,
    login: row.login,
    displayName: row.display_name,
    disabled: row.disabled_at !== null,
    locked: row.locked_until !== null && row.locked_until > now,
    factors: {
      password: row.password_hash !== null,
      totp: row.totp_secret !== null,
      passkeys: row.passkeys,
      recoveryCodes: row.recovery_codes,
    },
    provider: row.oidc_subject !== null,
    createdAt: row.created_at,
    projects: roles.filter(own).map((g) => ({ role: g.role as Role, projectId: g.project_id })),
    patients: patients.filter(own).map((g) => ({ role: g.role as Role, patientKey: g.patient_key })),
  };
}

export async function readAccount(sql: Sql, accountId: string, now: Date): Promise<Account | undefined> {
  const row = await accountById(sql, accountId);
  if (row === undefined) return undefined;
  return accountOf(row, await roleGrants(sql, accountId), await patientGrants(sql, accountId), now);
}

/** @throws AccessRefused `last-administrator` where the work would take the last one away; nothing is changed then */
async function administratorRemains<T>(sql: Sql, work: () => Promise<T>): Promise<T> {
  const before = (await administrators(sql)).length;
  const result = await work();
  if (before > 0 && (await administrators(sql)).length === 0)
    throw new AccessRefused('last-administrator', 'One administrator must remain.');
  return result;
}

export function accountsOn(ground: Ground): Accounts {
  const changeOf = async (
    identity: Identity,
    what: string,
    accountId: string,
    work: (sql: Sql, now: Date, row: AccountRow) => Promise<Parameters<typeof accountChange>[3]>,
  ): Promise<Account> => {
    await ground.administers(identity, 'accounts');
    if (!isUuid(accountId)) throw absent();
    try {
      return await ground.change(async (sql, now, audit) => {
        await lockAdministrators(sql);
        await lockAccount(sql, accountId);
        const row = await accountById(sql, accountId);
        if (row === undefined) throw absent();
        const detail = await work(sql, now, row);
        audit(accountChange(identity, what, accountId, detail));
        return (await readAccount(sql, accountId, now))!;
      });
    } catch (error) {
      if (isUniqueViolation(error))
        throw new AccessRefused('taken', 'Another account has that name or subject.');
      throw error;
    }
  };

  return {
    async list(identity) {
      await ground.administers(identity, 'accounts');
      const { database } = ground;
      const [roles, patients] = [await roleGrants(database), await patientGrants(database)];
      const now = ground.clock();
      return (await allAccounts(database)).map((row) => accountOf(row, roles, patients, now));
    },

    async create(identity, given) {
      await ground.administers(identity, 'accounts');
      const login = loginOf(given.login);
      const displayName = titleOf(given.displayName);
      if (login === undefined || displayName === undefined)
        throw new AccessRefused(
          'invalid',
          'A sign-in name has 2 to 64 letters, digits or ._@+-, and there is a name to show.',
        );
      const accountId = newUuid(ground.random);
      try {
        return await ground.change(async (sql, now, audit) => {
          await lockAdministrators(sql);
          await insertAccount(sql, { accountId, login, displayName }, now);
          audit(accountChange(identity, 'created', accountId));
          if (given.grants !== undefined)
            audit(...(await replaceGrants(sql, identity, accountId, given.grants)));
          return (await readAccount(sql, accountId, now))!;
        });
      } catch (error) {
        if (isUniqueViolation(error)) throw new AccessRefused('taken', 'Another account has that name.');
        throw error;
      }
    },

    async edit(identity, accountId, edit) {
      await ground.administers(identity, 'accounts');
      // Whoever holds a token could sign in as any account by a subject of their own.
      if (identity.kind === 'token' && edit.subject !== undefined)
        throw new AccessRefused('not-allowed', 'A person does this, not a token.');
      return changeOf(identity, 'edited', accountId, async (sql, now, row) => {
        const changed: string[] = [];
        if (edit.login !== undefined) {
          const login = loginOf(edit.login);
          if (login === undefined) throw new AccessRefused('invalid', 'This cannot be a sign-in name.');
          await setLogin(sql, accountId, login);
          changed.push('login');
        }
        if (edit.displayName !== undefined) {
          const name = titleOf(edit.displayName);
          if (name === undefined) throw new AccessRefused('invalid', 'This cannot be a name to show.');
          await setDisplayName(sql, accountId, name);
          changed.push('displayName');
        }
        if (edit.subject !== undefined) {
          await setSubject(sql, accountId, subjectOf(edit.subject));
          changed.push('subject');
        }
        if (edit.disabled !== undefined && edit.disabled !== (row.disabled_at !== null)) {
          await administratorRemains(sql, () => setDisabled(sql, accountId, edit.disabled ? now : null));
          if (edit.disabled) {
            await endSessions(sql, accountId, now);
            await deleteLinks(sql, accountId);
          } else await clearFailures(sql, accountId);
          changed.push(edit.disabled ? 'disabled' : 'enabled');
        }
        return { fields: changed };
      });
    },

    async setGrants(identity, accountId, grants) {
      await ground.administers(identity, 'accounts');
      if (!isUuid(accountId)) throw absent();
      return ground.change(async (sql, now, audit) => {
        await lockAdministrators(sql);
        await lockAccount(sql, accountId);
        if ((await accountById(sql, accountId)) === undefined) throw absent();
        const events = await administratorRemains(sql, () => replaceGrants(sql, identity, accountId, grants));
        audit(...events);
        return (await readAccount(sql, accountId, now))!;
      });
    },

    async resetFactors(identity, accountId) {
      await ground.administers(identity, 'accounts');
      if (identity.kind === 'token')
        throw new AccessRefused('not-allowed', 'A person does this, not a token.');
      return changeOf(identity, 'factors-reset', accountId, async (sql, now) => {
        if (accountId === identity.accountId)
          throw new AccessRefused('not-allowed', 'Another administrator does this for you.');
        await setPasswordHash(sql, accountId, null);
        await deleteLinks(sql, accountId);
        await removeTotp(sql, accountId);
        await deletePasskeys(sql, accountId);
        await deleteRecoveryCodes(sql, accountId);
        await clearFailures(sql, accountId);
        const gone = await endSessions(sql, accountId, now);
        return { sessionsEnded: gone.length };
      });
    },
  };

  function subjectOf(subject: string | null): string | null {
    if (subject === null) return null;
    const issuer = ground.settings.provider?.issuer;
    if (issuer === undefined || subject.trim() === '' || subject.length > 255)
      throw new AccessRefused('invalid', 'No provider is set up, or this cannot be a subject at it.');
    return subjectKey(issuer, subject);
  }
}
