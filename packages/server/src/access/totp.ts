/** Time-based one-time passwords (RFC 6238): SHA-1, six digits, 30 s, as every authenticator app knows them. */
import { Secret, TOTP } from 'otpauth';
import type { Random } from './secret.ts';

const PERIOD_S = 30;
const DIGITS = 6;
/** RFC 4226 4, requirement R6: 160 bits. */
const SECRET_BYTES = 20;
/** Steps to either side: clocks differ, and people type slowly (RFC 6238 5.2). */
const WINDOW = 1;

const totp = (base32: string, label = '') =>
  new TOTP({
    issuer: 'Promontory',
    label,
    secret: Secret.fromBase32(base32),
    period: PERIOD_S,
    digits: DIGITS,
    algorithm: 'SHA1',
  });

/** @returns base32 */
export const newTotpSecret = (random: Random): string =>
  new Secret({ buffer: new Uint8Array(random(SECRET_BYTES)).buffer }).base32;

/** `otpauth:` address, for the square code that apps read. */
export const totpAddress = (base32: string, login: string): string => totp(base32, login).toString();

/** @returns the time step that the code is of, or `undefined` where it is of none within the window */
export function totpStep(base32: string, code: string, now: Date): number | undefined {
  const token = code.replace(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return undefined;
  const delta = totp(base32).validate({ token, timestamp: now.getTime(), window: WINDOW });
  return delta === null ? undefined : Math.floor(now.getTime() / 1000 / PERIOD_S) + delta;
}

/** What the secret is sealed for. */
export const totpSeal = (accountId: string): string => `totp:${accountId}`;
