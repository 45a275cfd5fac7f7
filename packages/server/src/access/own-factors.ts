/** How a person signs in: their password and their second factor, changed by themselves. */
import {
  type AccountRow,
  accountById,
  chargeFailure,
  clearFailures,
  confirmTotp,
  lockAccount,
  removeTotp,
  setPasswordHash,
  setPendingTotp,
} from './account-rows.ts';
import { AccessRefused } from './faults.ts';
import { accountChange, type Ground, type Person } from './ground.ts';
import type { Identity } from './identity.ts';
import type { Passwords } from './password.ts';
import { passwordFault } from './password-rules.ts';
import { hasWayIn, isLimited, type Proof, withTotp } from './proof.ts';
import { deleteRecoveryCodes } from './recovery-code-rows.ts';
import { seal, unseal } from './secret.ts';
import { endSessions } from './session-rows.ts';
import { freshSession, renewSession, type SignedIn } from './sessions.ts';
import { lockMs } from './sign-in.ts';
import { newTotpSecret, totpAddress, totpSeal, totpStep } from './totp.ts';

export interface OwnFactors {
  /**
   * Ends every session of the account and begins a new one here.
   * @param given.current asked for where the session began with the password
   * @throws AccessRefused
   */
  changePassword(identity: Identity, given: { current?: string; password: string }): Promise<SignedIn>;
  /** Holds once a code of it is confirmed; until then, what was enrolled before. @throws AccessRefused */
  enrolTotp(identity: Identity): Promise<{ secret: string; address: string }>;
  /** Ends this session and begins a new one, with all that the account may. @throws AccessRefused */
  confirmTotp(identity: Identity, code: string): Promise<SignedIn>;
  /** @throws AccessRefused `last-way-in` where the account needs it */
  removeTotp(identity: Identity): Promise<void>;
}

/**
 * A session that is limited may give the account its first second factor, and not another beside the first: a
 * password or link alone must not go round it.
 */
export function mayAddFactor(account: AccountRow, proof: Proof, required: boolean): void {
  const hasFactor = account.totp_secret !== null || account.passkeys > 0;
  if (hasFactor && isLimited(proof, account, required))
    throw new AccessRefused('sign-in-again', 'Sign in with the second factor that this account has.');
}

export function ownFactorsOn(ground: Ground, passwords: Passwords): OwnFactors {
  const required = ground.settings.requireSecondFactor;
  const wrongCurrent = () => new AccessRefused('not-allowed', 'The present password is not this one.');

  /** Guesses at the present password count as those at sign-in do. */
  const checkCurrent = async (person: Person, current: string | undefined): Promise<string | null> => {
    const { account, needed } = await ground.change(async (sql, now) => {
      await lockAccount(sql, person.accountId);
      const session = await freshSession(sql, person, now);
      const row = (await accountById(sql, person.accountId))!;
      const asks = row.password_hash !== null && session.proof.startsWith('password');
      if (!asks) return { account: row, needed: false };
      if (row.locked_until !== null && row.locked_until > now) return { account: undefined, needed: true };
      const lock = lockMs(row.failures + 1);
      await chargeFailure(sql, row.account_id, lock === 0 ? null : new Date(now.getTime() + lock));
      return { account: row, needed: true };
    });
    if (!needed) return account!.password_hash;
    const right = await passwords.verify(account?.password_hash ?? undefined, current ?? '');
    if (account === undefined || !right) {
      await ground.change(async (_sql, _now, audit) =>
        audit({ ...accountChange(person, 'password', person.accountId), outcome: 'refused' }),
      );
      throw wrongCurrent();
    }
    return account.password_hash;
  };

  return {
    async changePassword(identity, given) {
      const person = await ground.isPerson(identity, 'password');
      const { login } = (await accountById(ground.database, person.accountId))!;
      const fault = passwordFault(given.password, login);
      if (fault !== undefined) throw new AccessRefused('weak-password', fault);
      const before = await checkCurrent(person, given.current);
      const hashed = await passwords.hash(given.password);
      return ground.change(async (sql, now, audit) => {
        await lockAccount(sql, person.accountId);
        const session = await freshSession(sql, person, now);
        const account = (await accountById(sql, person.accountId))!;
        if (account.password_hash !== before) throw wrongCurrent();
        await setPasswordHash(sql, person.accountId, hashed);
        await clearFailures(sql, person.accountId);
        const gone = await endSessions(sql, person.accountId, now, person.sessionId);
        audit(accountChange(identity, 'password', person.accountId, { sessionsEnded: gone.length }));
        return renewSession(ground, sql, now, person, session.proof as Proof);
      });
    },

    async enrolTotp(identity) {
      const person = await ground.isPerson(identity, 'totp');
      const secret = newTotpSecret(ground.random);
      return ground.change(async (sql, now, audit) => {
        await lockAccount(sql, person.accountId);
        const session = await freshSession(sql, person, now);
        const account = (await accountById(sql, person.accountId))!;
        mayAddFactor(account, session.proof as Proof, required);
        const sealed = seal(ground.sealKey, ground.random, totpSeal(person.accountId), secret);
        await setPendingTotp(sql, person.accountId, sealed);
        audit(accountChange(identity, 'totp-enrolled', person.accountId));
        return { secret, address: totpAddress(secret, account.login) };
      });
    },

    async confirmTotp(identity, code) {
      const person = await ground.isPerson(identity, 'totp');
      return ground.change(async (sql, now, audit) => {
        await lockAccount(sql, person.accountId);
        const session = await freshSession(sql, person, now);
        const account = (await accountById(sql, person.accountId))!;
        mayAddFactor(account, session.proof as Proof, required);
        const secret =
          account.totp_pending === null
            ? undefined
            : unseal(ground.sealKey, totpSeal(person.accountId), account.totp_pending);
        const step = secret === undefined ? undefined : totpStep(secret, code, now);
        if (step === undefined) throw new AccessRefused('invalid', 'The code is not the one expected.');
        await confirmTotp(sql, person.accountId, step);
        audit(accountChange(identity, 'totp-confirmed', person.accountId));
        return renewSession(ground, sql, now, person, withTotp(session.proof as Proof));
      });
    },

    async removeTotp(identity) {
      const person = await ground.isPerson(identity, 'totp');
      await ground.change(async (sql, now, audit) => {
        await lockAccount(sql, person.accountId);
        await freshSession(sql, person, now);
        const account = (await accountById(sql, person.accountId))!;
        if (account.totp_secret === null && account.totp_pending === null)
          throw new AccessRefused('absent', 'There is no code generator to remove.');
        if (account.totp_secret !== null && !hasWayIn({ ...account, totp_secret: null }, required))
          throw new AccessRefused('last-way-in', 'This account needs a second factor: add a passkey first.');
        await removeTotp(sql, person.accountId);
        // They stand in for a second factor: with the last one they go.
        if (account.passkeys === 0) await deleteRecoveryCodes(sql, person.accountId);
        audit(accountChange(identity, 'totp-removed', person.accountId));
      });
    },
  };
}
