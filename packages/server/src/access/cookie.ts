/** The two cookies: the session's, and the one that ties a sign-in at the hospital's provider to its browser. */

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const isTls = (origin: string): boolean => origin.startsWith('https:');

/** RFC 6265bis 4.1.3.2: a `__Host-` cookie is Secure, of this host alone, and no other host can plant it. */
const prefix = (origin: string): string => (isTls(origin) ? '__Host-' : '');

export const sessionCookieName = (origin: string): string => `${prefix(origin)}promontory`;
export const providerCookieName = (origin: string): string => `${prefix(origin)}promontory-provider`;

function written(origin: string, name: string, value: string, rest: readonly string[]): string {
  return [`${name}=${value}`, 'Path=/', 'HttpOnly', ...(isTls(origin) ? ['Secure'] : []), ...rest].join('; ');
}

/** Without Max-Age: a browser that is closed forgets it; the server ends it in any case. */
export const sessionCookie = (origin: string, secret: string): string =>
  written(origin, sessionCookieName(origin), secret, ['SameSite=Strict']);

export const noSessionCookie = (origin: string): string =>
  written(origin, sessionCookieName(origin), '', ['SameSite=Strict', 'Max-Age=0']);

/** Lax, as the browser comes back from the provider by a navigation from another site. */
export const providerCookie = (origin: string, secret: string, seconds: number): string =>
  written(origin, providerCookieName(origin), secret, ['SameSite=Lax', `Max-Age=${seconds}`]);

/** @returns `undefined` where there is none, or two that differ: one of them was planted */
export function cookieValue(headers: Headers, name: string): string | undefined {
  const { cookie } = headers;
  const text = typeof cookie === 'string' ? cookie : (cookie ?? []).join('; ');
  const values = text
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return new Set(values).size === 1 ? values[0] : undefined;
}
