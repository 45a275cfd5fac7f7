/** Codes that each stand in once for a lost second factor (NIST SP 800-63B, 5.1.2: look-up secrets). */
import { accountById, lockAccount } from './account-rows.ts';
import { AccessRefused } from './faults.ts';
import { accountChange, type Ground } from './ground.ts';
import type { Identity } from './identity.ts';
import { mayAddFactor } from './own-factors.ts';
import type { Proof } from './proof.ts';
import { hashRecoveryCode, newRecoveryCode, recoveryCodeOf } from './recovery-code.ts';
import { replaceRecoveryCodes } from './recovery-code-rows.ts';
import { freshSession } from './sessions.ts';

export const RECOVERY_CODES = 10;

export interface RecoveryCodes {
  /**
   * Ten new codes, told this once; those before hold no longer.
   * @throws AccessRefused `invalid` where the account has no second factor that they could stand in for
   */
  renew(identity: Identity): Promise<string[]>;
}

export function recoveryCodesOn(ground: Ground): RecoveryCodes {
  const required = ground.settings.requireSecondFactor;
  return {
    async renew(identity) {
      const person = await ground.isPerson(identity, 'recovery-codes');
      const { accountId } = person;
      const codes = Array.from({ length: RECOVERY_CODES }, () => newRecoveryCode(ground.random));
      return ground.change(async (sql, now, audit) => {
        await lockAccount(sql, accountId);
        const session = await freshSession(sql, person, now);
        const account = (await accountById(sql, accountId))!;
        mayAddFactor(account, session.proof as Proof, required);
        if (account.totp_secret === null && account.passkeys === 0)
          throw new AccessRefused(
            'invalid',
            'Recovery codes stand in for a passkey or an authenticator app: set one up first.',
          );
        const hashes = codes.map((code) => hashRecoveryCode(accountId, recoveryCodeOf(code)!));
        await replaceRecoveryCodes(sql, accountId, hashes, now);
        audit(accountChange(identity, 'recovery-codes-made', accountId, { codes: codes.length }));
        return codes;
      });
    },
  };
}
