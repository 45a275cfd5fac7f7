/** A real OpenID Connect provider on loopback, and a browser that follows its redirects. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TestProvider {
  readonly issuer: string;
  /** Who signs in next, with which claims. */
  person: { sub: string; [claim: string]: unknown };
  close(): Promise<void>;
}

/** One with a secret, one without. */
export const CLIENTS: readonly { client_id: string; client_secret?: string }[] = [
  { client_id: 'promontory', client_secret: 'client-secret' },
  { client_id: 'promontory-public' },
];

/** As much of the package as is used: it has no types of its own. */
interface OidcProvider {
  callback(): (request: IncomingMessage, response: ServerResponse) => void;
  interactionDetails(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<{ prompt: { name: string } }>;
  interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>;
}

export async function startProvider(
  redirectUri: string,
  methods: readonly string[] = ['client_secret_basic', 'none'],
): Promise<TestProvider> {
  const { Provider } = (await import('oidc-provider' as string)) as {
    Provider: new (issuer: string, configuration: object) => OidcProvider;
  };
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => {};
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const test: TestProvider = {
    issuer,
    person: { sub: 'nobody' },
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const provider = new Provider(issuer, {
    clients: CLIENTS.map((client) => ({
      ...client,
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      id_token_signed_response_alg: 'ES256',
      token_endpoint_auth_method: client.client_secret === undefined ? 'none' : methods[0],
    })),
    clientAuthMethods: methods,
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: 'test' }] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'groups'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    ttl: {
      AccessToken: 60,
      AuthorizationCode: 60,
      Grant: 60,
      IdToken: 60,
      Interaction: 60,
      Session: 60,
    },
    findAccount: (_context: unknown, sub: string) => ({
      accountId: sub,
      claims: () => ({ ...test.person, sub }),
    }),
    async loadExistingGrant(context: {
      oidc: {
        provider: {
          Grant: new (given: object) => { addOIDCScope(scope: string): void; save(): Promise<void> };
        };
        client: { clientId: string };
        session: { accountId: string };
      };
    }) {
      const { provider: own, client: asks, session } = context.oidc;
      const grant = new own.Grant({ clientId: asks.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
  });
  const standard = provider.callback();
  handle = (request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) return standard(request, response);
    provider
      .interactionDetails(request, response)
      .then(() => provider.interactionFinished(request, response, { login: { accountId: test.person.sub } }))
      .catch((error: Error) => {
        response.statusCode = 500;
        response.end(error.message);
      });
  };
  return test;
}

/** Follows redirects with cookies, up to where the provider sends the browser back. @returns that address */
export async function browse(location: string, until: string): Promise<string> {
  const jar = new Map<string, string>();
  let at = location;
  for (let hop = 0; hop < 10; hop++) {
    if (at.startsWith(until)) return at;
    const cookie = [...jar].map(([k, v]) => `${k}=${v}`).join('; ');
    const answer = await fetch(at, { redirect: 'manual', headers: { cookie } });
    for (const set of answer.headers.getSetCookie()) {
      const [, key, value] = /^([^=]+)=([^;]*)/.exec(set)!;
      if (value === '') jar.delete(key);
      else jar.set(key, value);
    }
    const next = answer.headers.get('location');
    if (next === null) throw new Error(`The provider stops at ${answer.status}: ${await answer.text()}`);
    await answer.body?.cancel();
    at = new URL(next, at).href;
  }
  throw new Error('The provider goes in circles.');
}
