/** From the faults of access to HTTP, and from dates to text. */
import {
  type Access,
  type AccessRefusal,
  AccessRefused,
  cookieValue,
  type From,
  ProviderUnavailable,
  type SignedIn,
  SignInRefused,
  saysCrossSite,
  sessionCookieName,
  TooManyAttempts,
} from '../access/index.ts';
import { type Call, HttpRefusal, type Reply } from './route.ts';

const STATUS: Readonly<Record<AccessRefusal, number>> = {
  absent: 404,
  taken: 409,
  invalid: 422,
  'weak-password': 422,
  'last-administrator': 409,
  'last-way-in': 409,
  'sign-in-again': 403,
  'not-allowed': 403,
};

/** All failed sign-ins answer alike, to the byte. */
export function accessRefusal(error: unknown): unknown {
  if (error instanceof SignInRefused) return new HttpRefusal(401, 'sign-in', error.message);
  if (error instanceof TooManyAttempts)
    return new HttpRefusal(429, 'too-many-attempts', error.message, {
      'retry-after': String(error.retryAfterSeconds),
    });
  if (error instanceof ProviderUnavailable) return new HttpRefusal(503, 'provider', error.message);
  if (error instanceof AccessRefused) return new HttpRefusal(STATUS[error.code], error.code, error.message);
  return error;
}

/** Nothing of what these routes say is for a cache. */
const NO_STORE = { 'cache-control': 'no-store' };

/** A body with its dates as ISO 8601, never cached; `undefined` is 204. */
export const told = (body: object | undefined, more: Reply = {}): Reply => ({
  ...(body === undefined ? { status: 204 } : { body: JSON.parse(JSON.stringify(body)) as object }),
  ...more,
  headers: { ...NO_STORE, ...more.headers },
});

/** Who asks to sign in, and with which session the browser came. */
export function from(access: Access, call: Call): From {
  const origin = access.settings.origin();
  const replaces = cookieValue(call.headers, sessionCookieName(origin));
  return { address: call.address, ...(replaces === undefined ? {} : { replaces }) };
}

/** Another site's page must not sign a browser in as somebody of its choosing. */
export function refuseCrossSite(access: Access, call: Call): void {
  if (saysCrossSite(call.headers, access.settings.origin()))
    throw new HttpRefusal(403, 'cross-site', 'Sign in from this site itself.');
}

export const withSession = ({ cookie, proof, expiresAt }: SignedIn): Reply =>
  told({ proof, expiresAt }, { headers: { 'set-cookie': cookie } });
