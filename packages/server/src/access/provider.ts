/** The hospital's own login: OpenID Connect, authorisation code with PKCE, state and nonce (RFC 9700 2.1). */
import * as openid from 'openid-client';
import type { Attempts } from './attempts.ts';
import { deleteOldChallenges, insertChallenge, takeChallenge } from './challenge-rows.ts';
import { concluded, takeAttempt } from './conclusion.ts';
import { cookieValue, type Headers, providerCookie, providerCookieName } from './cookie.ts';
import { ProviderUnavailable } from './faults.ts';
import type { From, Ground } from './ground.ts';
import type { ProviderSettings } from './provider-settings.ts';
import { accountForSubject } from './provision.ts';
import { hashSecret, newSecret, seal, unseal } from './secret.ts';
import type { SignedIn } from './sessions.ts';

const HOLDS_MS = 10 * 60_000;
const TIMEOUT_S = 10;
export const PROVIDER_CALLBACK = '/api/access/provider/callback';

export interface Provider {
  readonly title: string;
  /**
   * Where to send the browser, with the cookie that ties the answer to it.
   * @param to path of this site to go to afterwards
   * @throws ProviderUnavailable, TooManyAttempts
   */
  start(to: string | undefined, from: From): Promise<{ location: string; cookie: string }>;
  /**
   * @param query of the address that the provider sent the browser back to
   * @throws SignInRefused, TooManyAttempts
   */
  finish(query: string, headers: Headers, from: From): Promise<{ signedIn: SignedIn; to: string }>;
}

interface Flow {
  readonly verifier: string;
  readonly nonce: string;
  readonly to: string;
  readonly browser: string;
}

/**
 * A path of this site and nothing else: what browsers read as another host's becomes the front page, and so does what
 * means something to HTML (quotes, angles, semicolons).
 */
export const localPath = (to: string | undefined): string =>
  to !== undefined && /^\/(?!\/)[\w\-.~:/?#[\]@!$&()*+,=%]*$/.test(to) ? to : '/';

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/;

/** As the provider says that it takes the secret; Basic where it says nothing (OpenID Connect Discovery 3). */
function clientAuthentication(secret: string | undefined): openid.ClientAuth {
  if (secret === undefined) return openid.None();
  const [basic, post] = [openid.ClientSecretBasic(secret), openid.ClientSecretPost(secret)];
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const authenticate = methods.includes('client_secret_basic') ? basic : post;
    return authenticate(server, client, body, headers);
  };
}

/** Found when first needed and kept; asked again after a failure. */
function discovery(settings: ProviderSettings): () => Promise<openid.Configuration> {
  const issuer = new URL(settings.issuer);
  const plain = issuer.protocol === 'http:';
  if (plain && !LOOPBACK.test(issuer.hostname))
    throw new Error('The identity provider is reached by https: only loopback may do without.');
  let found: Promise<openid.Configuration> | undefined;
  return () => {
    found ??= openid
      .discovery(
        issuer,
        settings.clientId,
        settings.clientSecret,
        clientAuthentication(settings.clientSecret),
        { timeout: TIMEOUT_S, execute: plain ? [openid.allowInsecureRequests] : [] },
      )
      .catch((cause: unknown) => {
        found = undefined;
        throw new ProviderUnavailable('The identity provider cannot be reached.', { cause });
      });
    return found;
  };
}

export function providerOn(
  ground: Ground,
  settings: ProviderSettings,
  attempts: Attempts,
  asked: Attempts,
): Provider {
  const configuration = discovery(settings);
  const sealedFor = (stateHash: string) => `provider:${stateHash}`;

  /** @returns the ID token's claims, checked; `undefined` where anything is not as it should be */
  const claimsOf = async (url: URL, state: string, flow: Flow) => {
    try {
      const tokens = await openid.authorizationCodeGrant(await configuration(), url, {
        pkceCodeVerifier: flow.verifier,
        expectedState: state,
        expectedNonce: flow.nonce,
        idTokenExpected: true,
      });
      return tokens.claims();
    } catch {
      return undefined;
    }
  };

  return {
    title: settings.title,

    async start(to, from) {
      await takeAttempt(ground, asked, from);
      const config = await configuration();
      const [state, nonce, verifier, browser] = [1, 2, 3, 4].map(() => newSecret(ground.random));
      const stateHash = hashSecret(state);
      const flow: Flow = { verifier, nonce, to: localPath(to), browser: hashSecret(browser) };
      await ground.change(async (sql, now) => {
        await deleteOldChallenges(sql, now);
        await insertChallenge(sql, {
          hash: stateHash,
          purpose: 'provider',
          sealed: seal(ground.sealKey, ground.random, sealedFor(stateHash), JSON.stringify(flow)),
          until: new Date(now.getTime() + HOLDS_MS),
        });
      });
      const origin = ground.settings.origin();
      const location = openid.buildAuthorizationUrl(config, {
        redirect_uri: origin + PROVIDER_CALLBACK,
        scope: settings.scope ?? 'openid profile',
        state,
        nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      return { location: location.href, cookie: providerCookie(origin, browser, HOLDS_MS / 1000) };
    },

    async finish(query, headers, from) {
      await takeAttempt(ground, attempts, from);
      const origin = ground.settings.origin();
      const url = new URL(`${origin}${PROVIDER_CALLBACK}`);
      url.search = query;
      const state = url.searchParams.get('state') ?? '';
      const stateHash = hashSecret(state);
      const row = await ground.change((sql, now) => takeChallenge(sql, stateHash, 'provider', now));
      const text = row?.sealed ? unseal(ground.sealKey, sealedFor(stateHash), row.sealed) : undefined;
      const flow = text === undefined ? undefined : (JSON.parse(text) as Flow);
      const browser = cookieValue(headers, providerCookieName(origin));
      // Someone else's answer, put before this browser, would sign it in as them.
      const own = flow !== undefined && browser !== undefined && hashSecret(browser) === flow.browser;
      const claims = own ? await claimsOf(url, state, flow) : undefined;
      const signedIn = await concluded(ground, attempts, 'provider', from, async (sql, now, audit) => {
        if (!own) return { reason: 'challenge' };
        if (claims === undefined) return { reason: 'provider' };
        const account = await accountForSubject(ground, sql, now, audit, settings, claims);
        return 'reason' in account ? account : { accountId: account.accountId, proof: 'provider' };
      });
      return { signedIn, to: flow!.to };
    },
  };
}
