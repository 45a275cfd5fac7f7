import type { AuditEvent } from '../audit/index.ts';
import type { Sql } from '../ports/database/index.ts';
import {
  type AccountRow,
  accountById,
  accountByLogin,
  chargeFailure,
  clearFailures,
  lockAccount,
  setPasswordHash,
  useTotpStep,
} from './account-rows.ts';
import type { Attempts } from './attempts.ts';
import { linkFor, linkUsed } from './challenge-rows.ts';
import { concluded, type Refusal, takeAttempt } from './conclusion.ts';
import { accountChange, type From, type Ground } from './ground.ts';
import { loginOf } from './names.ts';
import type { Passwords } from './password.ts';
import { proofOf } from './proof.ts';
import { hashRecoveryCode, recoveryCodeOf } from './recovery-code.ts';
import { takeRecoveryCode } from './recovery-code-rows.ts';
import { hashSecret, isSecret, unseal } from './secret.ts';
import type { SignedIn } from './sessions.ts';
import { totpSeal, totpStep } from './totp.ts';

/** Failures before a lock: a person mistypes so often, a program more. */
const FREE_FAILURES = 5;
const FIRST_LOCK_MS = 30_000;
/** Not longer: a lock keeps its owner out as well (passkeys, provider and links stay open). */
const LONGEST_LOCK_MS = 15 * 60_000;

export interface SignIn {
  /** @throws SignInRefused, TooManyAttempts */
  password(given: { login: string; password: string; code?: string }, from: From): Promise<SignedIn>;
  /** A one-time link. @throws SignInRefused, TooManyAttempts */
  link(given: { link: string; code?: string }, from: From): Promise<SignedIn>;
}

/** How long the n-th failure locks: doubled each time. */
export const lockMs = (failures: number): number =>
  failures < FREE_FAILURES
    ? 0
    : Math.min(LONGEST_LOCK_MS, FIRST_LOCK_MS * 2 ** Math.min(failures - FREE_FAILURES, 20));

export function signInOn(ground: Ground, passwords: Passwords, attempts: Attempts): SignIn {
  const required = ground.settings.requireSecondFactor;
  /** A code holds once, and only for who has the secret, or the list of recovery codes. */
  const codeOf = async (
    sql: Sql,
    now: Date,
    account: AccountRow,
    code: string | undefined,
    audit: (event: AuditEvent) => void,
    from: From,
  ): Promise<Parameters<typeof proofOf>[2]> => {
    const recovery = recoveryCodeOf(code ?? '');
    if (recovery !== undefined) {
      const { account_id: accountId, recovery_codes: held } = account;
      const hash = hashRecoveryCode(accountId, recovery);
      if (!(await takeRecoveryCode(sql, accountId, hash, now))) return 'wrong';
      const who = { actor: `account:${accountId}`, address: from.address };
      audit(accountChange(who, 'recovery-code-used', accountId, { left: held - 1 }));
      return 'recovery';
    }
    if (code === undefined || account.totp_secret === null) return 'absent';
    const secret = unseal(ground.sealKey, totpSeal(account.account_id), account.totp_secret);
    const step = secret === undefined ? undefined : totpStep(secret, code, now);
    return step !== undefined && (await useTotpStep(sql, account.account_id, step)) ? 'totp' : 'wrong';
  };

  return {
    async password({ login, password, code }, from) {
      await takeAttempt(ground, attempts, from);
      const name = loginOf(login);
      const charged = await ground.change<{ account?: AccountRow; refusal?: Refusal }>(async (sql, now) => {
        const known = name === undefined ? undefined : await accountByLogin(sql, name);
        if (known === undefined) return { refusal: { reason: 'unknown' } };
        await lockAccount(sql, known.account_id);
        const account = (await accountById(sql, known.account_id))!;
        const accountId = account.account_id;
        if (account.disabled_at !== null) return { refusal: { reason: 'disabled', accountId } };
        if (account.locked_until !== null && account.locked_until > now)
          return { refusal: { reason: 'locked', accountId } };
        const lock = lockMs(account.failures + 1);
        await chargeFailure(sql, accountId, lock === 0 ? null : new Date(now.getTime() + lock));
        return { account };
      });
      const hashed = charged.account?.password_hash ?? undefined;
      const right = await passwords.verify(hashed, password);
      const renewed =
        right && hashed !== undefined && passwords.outdated(hashed)
          ? await passwords.hash(password)
          : undefined;
      return concluded(ground, attempts, 'password', from, async (sql, now, audit) => {
        if (charged.account === undefined) return charged.refusal!;
        const accountId = charged.account.account_id;
        if (!right) return { reason: 'password', accountId };
        await lockAccount(sql, accountId);
        const account = (await accountById(sql, accountId))!;
        // What was verified must still be so: the password may have been changed, the account disabled meanwhile.
        if (account.disabled_at !== null) return { reason: 'disabled', accountId };
        if (account.password_hash !== hashed) return { reason: 'password', accountId };
        const proof = proofOf(
          'password',
          account,
          await codeOf(sql, now, account, code, audit, from),
          required,
        );
        if (proof === undefined) return { reason: 'second-factor', accountId };
        await clearFailures(sql, accountId);
        if (renewed !== undefined) await setPasswordHash(sql, accountId, renewed);
        return { accountId, proof };
      });
    },

    async link({ link, code }, from) {
      await takeAttempt(ground, attempts, from);
      return concluded(ground, attempts, 'link', from, async (sql, now, audit) => {
        const row = isSecret(link) ? await linkFor(sql, hashSecret(link)) : undefined;
        if (row === undefined) return { reason: 'link' };
        const accountId = row.account_id;
        if (row.used_at !== null || row.expires_at <= now) return { reason: 'link', accountId };
        await linkUsed(sql, hashSecret(link), now);
        await lockAccount(sql, accountId);
        const account = (await accountById(sql, accountId))!;
        if (account.disabled_at !== null) return { reason: 'disabled', accountId };
        const proof = proofOf('link', account, await codeOf(sql, now, account, code, audit, from), required);
        return proof === undefined ? { reason: 'second-factor', accountId } : { accountId, proof };
      });
    },
  };
}
