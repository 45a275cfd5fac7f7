/** What was shown at sign-in, and what that is enough for. */
import type { AccountRow } from './account-rows.ts';

export const PROOFS = [
  'password',
  'password+totp',
  'password+recovery',
  'passkey',
  'provider',
  'link',
  'link+totp',
  'link+recovery',
] as const;
export type Proof = (typeof PROOFS)[number];

/** Whether an account that signs in by password needs a second factor. */
export const needsSecondFactor = (account: Pick<AccountRow, 'administers'>, required: boolean): boolean =>
  required || account.administers;

/**
 * Whether a session with this proof has no grants: it may set up a second factor and nothing else. A link beyond
 * loopback is an invitation; on loopback it was printed by the server on the screen of who started it.
 */
export function isLimited(
  proof: Proof,
  account: Pick<AccountRow, 'administers'>,
  required: boolean,
): boolean {
  if (proof === 'password') return needsSecondFactor(account, required);
  return proof === 'link' && required;
}

/** @returns `undefined` where the sign-in is refused: a factor that exists is asked for, never gone round */
export function proofOf(
  by: 'password' | 'link',
  account: Pick<AccountRow, 'administers' | 'totp_secret' | 'passkeys'>,
  code: 'totp' | 'recovery' | 'wrong' | 'absent',
  required: boolean,
): Proof | undefined {
  if (code === 'recovery') return `${by}+recovery`;
  if (account.totp_secret !== null) {
    if (code === 'totp') return `${by}+totp`;
    if (code === 'wrong' || by === 'password' || required) return undefined;
  }
  return isLimited(by, account, required) && account.passkeys > 0 ? undefined : by;
}

export const withTotp = (proof: Proof): Proof =>
  proof === 'password' || proof === 'link' ? `${proof}+totp` : proof;

/** Whether an account could still sign in as fully as it must, were it so. */
export function hasWayIn(
  account: Pick<AccountRow, 'administers' | 'password_hash' | 'totp_secret' | 'passkeys' | 'oidc_subject'>,
  required: boolean,
): boolean {
  if (account.passkeys > 0 || account.oidc_subject !== null) return true;
  return (
    account.password_hash !== null && (account.totp_secret !== null || !needsSecondFactor(account, required))
  );
}
