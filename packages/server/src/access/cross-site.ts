import type { Headers } from './cookie.ts';

const one = (value: Headers[string]): string | undefined =>
  typeof value === 'string' || value === undefined ? value : value.join(', ');

/**
 * Where a browser says that a request comes from: `Sec-Fetch-Site` (Fetch Metadata) and `Origin` (RFC 6454).
 * `same` needs both to agree as far as they are there; `unsaid` is a program, or a browser too old to trust.
 */
function siteOf(headers: Headers, origins: readonly string[]): 'same' | 'other' | 'unsaid' {
  const site = one(headers['sec-fetch-site']);
  const origin = one(headers.origin);
  if (origin !== undefined && !origins.includes(origin)) return 'other';
  if (site !== undefined && site !== 'same-origin') return 'other';
  return site === undefined && origin === undefined ? 'unsaid' : 'same';
}

/**
 * Whether a state-changing request that comes with the session cookie must be refused (cross-site request forgery).
 * What does not say where it comes from is refused as well: every browser of today says it.
 * @param origins this server's own, as configured: never made from the request's `Host`
 */
export const crossSite = (headers: Headers, ...origins: readonly string[]): boolean =>
  siteOf(headers, origins) !== 'same';

/** Whether another site's page sends this: asked at sign-in, where no cookie is needed and programs may come too. */
export const saysCrossSite = (headers: Headers, ...origins: readonly string[]): boolean =>
  siteOf(headers, origins) === 'other';
