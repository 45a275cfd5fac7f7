/** One-time sign-in links: the first administrator's, and those by which administrators invite. */
import type { Sql } from '../ports/database/index.ts';
import {
  accountById,
  accountByLogin,
  administrators,
  insertAccount,
  lockAccount,
  lockAdministrators,
} from './account-rows.ts';
import { type Account, accountOf } from './accounts.ts';
import { deleteLinks, insertLink } from './challenge-rows.ts';
import { AccessRefused } from './faults.ts';
import { insertRoleGrant, patientGrants, roleGrants } from './grant-rows.ts';
import { accountChange, type Ground } from './ground.ts';
import { type Identity, systemIdentity } from './identity.ts';
import { hashSecret, isUuid, newSecret, newUuid } from './secret.ts';

const HOLDS_MS = 3_600_000;
const FIRST_LOGIN = 'administrator';

export interface SignInLink {
  /** The secret, told this once: `…/sign-in?link=SECRET`. */
  readonly link: string;
  readonly accountId: string;
  readonly expiresAt: Date;
}

export interface Links {
  /**
   * Makes the first administrator, where there is no account, and a link for them. Until an administrator has a
   * password, passkey or provider to sign in with, each call gives a new link and ends the one before.
   * @returns `undefined` where an administrator can sign in
   */
  bootstrap(): Promise<SignInLink | undefined>;
  /** Ends the account's link before. @throws AccessRefused */
  issueSignInLink(identity: Identity, accountId: string): Promise<SignInLink>;
  /** Enabled administrators over every project: the server asks whether it has one. */
  administrators(): Promise<Account[]>;
}

export function linksOn(ground: Ground): Links {
  const issue = async (sql: Sql, now: Date, accountId: string): Promise<SignInLink> => {
    const link = newSecret(ground.random);
    const expiresAt = new Date(now.getTime() + HOLDS_MS);
    await deleteLinks(sql, accountId);
    await insertLink(sql, hashSecret(link), accountId, expiresAt);
    return { link, accountId, expiresAt };
  };
  const system = systemIdentity('system');

  return {
    bootstrap: () =>
      ground.change(async (sql, now, audit) => {
        await lockAdministrators(sql);
        const held = await administrators(sql);
        if (held.some((a) => a.password_hash !== null || a.passkeys > 0 || a.oidc_subject !== null))
          return undefined;
        let accountId = held[0]?.account_id;
        if (accountId === undefined) {
          accountId = newUuid(ground.random);
          const taken = (await accountByLogin(sql, FIRST_LOGIN)) !== undefined;
          const login = taken ? `${FIRST_LOGIN}-${accountId.slice(0, 8)}` : FIRST_LOGIN;
          await insertAccount(sql, { accountId, login, displayName: 'Administrator' }, now);
          await insertRoleGrant(sql, accountId, 'administrator', '*');
          audit(accountChange(system, 'created', accountId, { role: 'administrator *' }));
        }
        audit(accountChange(system, 'sign-in-link', accountId));
        return issue(sql, now, accountId);
      }),

    async issueSignInLink(identity, accountId) {
      await ground.administers(identity, 'sign-in-link');
      if (identity.kind === 'token')
        throw new AccessRefused('not-allowed', 'A person does this, not a token.');
      return ground.change(async (sql, now, audit) => {
        if (isUuid(accountId)) await lockAccount(sql, accountId);
        const account = isUuid(accountId) ? await accountById(sql, accountId) : undefined;
        if (account === undefined || account.disabled_at !== null)
          throw new AccessRefused('absent', 'There is no such account, or it is disabled.');
        audit(accountChange(identity, 'sign-in-link', accountId));
        return issue(sql, now, accountId);
      });
    },

    async administrators() {
      const { database } = ground;
      const [roles, patients] = [await roleGrants(database), await patientGrants(database)];
      const now = ground.clock();
      return (await administrators(database)).map((row) => accountOf(row, roles, patients, now));
    },
  };
}
