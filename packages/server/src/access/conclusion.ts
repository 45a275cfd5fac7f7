/** How every way to sign in ends: with a session or with one and the same refusal, audited in both cases. */
import type { AuditEvent } from '../audit/index.ts';
import type { Sql } from '../ports/database/index.ts';
import type { Attempts } from './attempts.ts';
import { SignInRefused, TooManyAttempts } from './faults.ts';
import type { From, Ground } from './ground.ts';
import type { Proof } from './proof.ts';
import { beginSession, type SignedIn } from './sessions.ts';

/** Why a sign-in is refused: for the audit only. */
export interface Refusal {
  readonly reason:
    | 'unknown'
    | 'disabled'
    | 'locked'
    | 'password'
    | 'second-factor'
    | 'link'
    | 'passkey'
    | 'challenge'
    | 'counter'
    | 'provider'
    | 'no-roles';
  readonly accountId?: string;
}

/**
 * Takes an attempt from the address.
 * @throws TooManyAttempts
 */
export async function takeAttempt(ground: Ground, attempts: Attempts, from: From): Promise<void> {
  try {
    attempts.take(from.address, ground.clock());
  } catch (error) {
    if (error instanceof TooManyAttempts && error.first)
      await ground.change(async (_sql, _now, audit) =>
        audit({
          action: 'sign-in',
          outcome: 'refused',
          actor: 'nobody',
          address: from.address,
          detail: { reason: 'too-many-attempts' },
        }),
      );
    throw error;
  }
}

/**
 * Writes a sign-in, or that it failed and why. What was typed stands nowhere: people type passwords as names.
 * @throws SignInRefused after the failure is written
 */
export async function concluded(
  ground: Ground,
  attempts: Attempts,
  method: 'password' | 'link' | 'passkey' | 'provider',
  from: From,
  judge: (
    sql: Sql,
    now: Date,
    audit: (...events: AuditEvent[]) => void,
  ) => Promise<{ accountId: string; proof: Proof } | Refusal>,
): Promise<SignedIn> {
  const signedIn = await ground.change(async (sql, now, audit) => {
    const judged = await judge(sql, now, audit);
    const event = {
      action: 'sign-in' as const,
      actor: judged.accountId === undefined ? 'nobody' : `account:${judged.accountId}`,
      address: from.address,
    };
    if ('reason' in judged) {
      audit({ ...event, outcome: 'refused', detail: { method, reason: judged.reason } });
      return undefined;
    }
    const { accountId, proof } = judged;
    audit({ ...event, outcome: 'success', detail: { method, proof } });
    return beginSession(ground, sql, now, { accountId, proof, ...from });
  });
  if (signedIn === undefined) throw new SignInRefused();
  attempts.giveBack(from.address);
  return signedIn;
}
