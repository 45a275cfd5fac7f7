/** The form of a recovery code, and what is kept of it. */
import { createHash } from 'node:crypto';
import type { Random } from './secret.ts';

/** 5 bits each. */
const SYMBOLS = 24;
const GROUP = 4;
/** Crockford's base 32: no I, L, O and U, so that what is read from paper is typed right. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 120 random bits in six groups of four: `7Q2M-…`. */
export function newRecoveryCode(random: Random): string {
  // 256 is a multiple of 32: every symbol is as likely.
  const symbols = Array.from(random(SYMBOLS), (byte) => ALPHABET[byte % 32]).join('');
  return (symbols.match(new RegExp(`.{${GROUP}}`, 'g')) as string[]).join('-');
}

/** What was meant by what was typed. @returns `undefined` where it cannot be a recovery code */
export function recoveryCodeOf(typed: string): string | undefined {
  const code = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\-‐-―]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  return new RegExp(`^[${ALPHABET}]{${SYMBOLS}}$`).test(code) ? code : undefined;
}

/**
 * @param code as `recoveryCodeOf` gives it
 * @returns SHA-256, hexadecimal: 112 bits and more need no stretching (NIST SP 800-63B, 5.1.2.2). Of one account, so that
 *   a row that is moved to another opens nothing
 */
export const hashRecoveryCode = (accountId: string, code: string): string =>
  createHash('sha256').update(`recovery ${accountId} ${code}`).digest('hex');
