import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import {
  ADDRESS,
  type Bench,
  cookieHeader,
  type Member,
  ORIGIN,
  openBench,
  PASSWORD,
  STARTUP_MS,
  SYSTEM,
} from '../access/access.testing.ts';
import { softwareAuthenticator } from '../access/authenticator.testing.ts';
import { type Access, type Identity, mayAnywhere, PROVIDER_CALLBACK } from '../access/index.ts';
import { browse, startProvider } from '../access/provider.testing.ts';
import { accessRoutes } from './access-routes.ts';
import { type Call, HttpRefusal, type Method, type Route } from './route.ts';

let bench: Bench;
let admin: Member;
beforeAll(async () => {
  bench = await openBench();
  admin = await bench.administrator();
}, STARTUP_MS);
afterAll(() => bench.close());

// biome-ignore lint/suspicious/noExplicitAny: bodies are checked against their schema, then read freely.
type Json = any;

interface Answer {
  readonly status: number;
  readonly body: Json;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

const NOBODY: Identity = {
  kind: 'person',
  actor: 'nobody',
  projects: [],
  patients: [],
  brokenGlass: [],
  storesInto: 'default',
};

/** What the router does with the table: path, identity, `may`, schemas, refusals; answers against their schema. */
async function ask(
  method: Method,
  url: string,
  given: { headers?: Record<string, string>; body?: unknown; access?: Access; guarded?: boolean } = {},
): Promise<Answer> {
  const access = given.access ?? bench.access;
  const [path, search = ''] = url.split('?');
  const matches = accessRoutes(access).flatMap((route) => {
    const pattern = route.path.replaceAll(/:([a-z]+)/g, '(?<$1>[^/]+)');
    const found = new RegExp(`^${pattern}$`).exec(path);
    return found === null || route.method !== method ? [] : [{ route, params: { ...found.groups } }];
  });
  expect(matches, `${method} ${url}`).toHaveLength(1);
  const [{ route, params }] = matches;
  const headers = given.headers ?? {};
  const identity = await access.identify(headers, ADDRESS, bench.now);
  if (given.guarded !== false) {
    if (route.may !== 'open' && identity === undefined) return { status: 401, body: undefined, headers: {} };
    if (route.may !== 'open' && route.may !== 'signed-in' && !mayAnywhere(identity!, route.may))
      return { status: 403, body: undefined, headers: {} };
  }
  const parsed = (schema: z.ZodType | undefined, value: unknown) => schema?.safeParse(value);
  const body = parsed(route.body as z.ZodType | undefined, given.body);
  const query = parsed(route.query, Object.fromEntries(new URLSearchParams(search)));
  if (body?.success === false || query?.success === false)
    return { status: 400, body: undefined, headers: {} };
  const call: Call<Json, Json> = {
    identity: identity ?? NOBODY,
    params,
    query: query?.data,
    body: body?.data,
    headers,
    url,
    origin: ORIGIN,
    address: ADDRESS,
    stream: (async function* () {})(),
    signal: new AbortController().signal,
    standing: { identity: async () => identity, changed: () => () => {} },
  };
  try {
    const reply = await route.handle(call);
    if (route.response !== undefined) route.response.parse(reply.body);
    return { status: reply.status ?? 200, body: reply.body, headers: reply.headers ?? {} };
  } catch (error) {
    if (!(error instanceof HttpRefusal)) throw error;
    return {
      status: error.status,
      body: { code: error.code, message: error.message },
      headers: error.headers,
    };
  }
}

const setCookie = (answer: Answer): { cookie: string } =>
  cookieHeader(answer.headers['set-cookie'] as string);
const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
  ask('POST', `/api/access/${path}`, { body, headers });

describe('the access routes', () => {
  it('are in one table, each with what it takes and gives, none cached', async () => {
    const routes = accessRoutes(bench.access);
    const names = routes.map((r) => `${r.method} ${r.path}`);
    expect(new Set(names).size).toBe(names.length);
    for (const r of routes) {
      expect(r.path).toMatch(/^\/api\/access\//);
      expect(r.group).toBe('access');
      expect(r.summary).toMatch(/^[A-Z].*\.$/);
    }
    const open = routes.filter((r) => r.may === 'open').map((r) => `${r.method} ${r.path.slice(12)}`);
    expect(open.sort()).toEqual([
      'GET provider/callback',
      'GET provider/start',
      'GET sign-in',
      'POST sign-in/link',
      'POST sign-in/passkey',
      'POST sign-in/passkey/options',
      'POST sign-in/password',
      'POST sign-out',
    ]);
    expect((await ask('GET', '/api/access/sign-in')).headers['cache-control']).toBe('no-store');
    expect((await ask('GET', '/api/access/me', { headers: admin.headers })).headers['cache-control']).toBe(
      'no-store',
    );
  });

  it('lead from nothing to a person with password and code', async () => {
    const made = await ask('POST', '/api/access/accounts', {
      headers: admin.headers,
      body: {
        login: 'Walk',
        displayName: 'Walk Through',
        grants: { projects: [{ role: 'radiologist', projectId: '*' }], patients: [] },
      },
    });
    expect(made.status).toBe(201);
    const { accountId } = made.body;
    const link = await ask('POST', `/api/access/accounts/${accountId}/sign-in-link`, {
      headers: admin.headers,
    });
    const first = await post('sign-in/link', { link: link.body.link });
    expect(first.body.proof).toBe('link');
    const second = await ask('PUT', '/api/access/password', {
      headers: setCookie(first),
      body: { password: PASSWORD },
    });
    const { secret } = (await post('totp', undefined, setCookie(second))).body;
    const code = () =>
      new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: bench.now.getTime() });
    const third = await post('totp/confirm', { code: code() }, setCookie(second));
    expect(third.status).toBe(200);
    bench.pass(60_000);
    const signedIn = await post('sign-in/password', { login: 'walk', password: PASSWORD, code: code() });
    const headers = setCookie(signedIn);
    const me = await ask('GET', '/api/access/me', { headers });
    expect(me.body).toMatchObject({
      kind: 'person',
      proof: 'password+totp',
      mustAddFactor: false,
      account: {
        accountId,
        login: 'walk',
        factors: { password: true, totp: true, passkeys: 0, recoveryCodes: 0 },
      },
    });
    expect(me.body.deeds).not.toContain('administer');
    const token = await post('tokens', { name: 'Viewer', scopes: ['search', 'read'] }, headers);
    expect(token.status).toBe(201);
    const bearer = { authorization: `Bearer ${token.body.token}` };
    expect((await ask('GET', '/api/access/me', { headers: bearer })).body.deeds).toEqual(['search', 'read']);
    const glass = await post('break-glass', { studyUid: '1.2.3', reason: 'Cauda equina suspected' }, headers);
    expect(glass.body.studyUid).toBe('1.2.3');
    expect((await ask('DELETE', '/api/access/totp', { headers })).status).toBe(204);
    const out = await post('sign-out', undefined, headers);
    expect(out).toMatchObject({
      status: 204,
      headers: { 'set-cookie': '__Host-promontory=; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=0' },
    });
    expect((await ask('GET', '/api/access/me', { headers })).status).toBe(401);
  });

  it('lead from a link to a passkey, and by it back in', async () => {
    const member = await bench.member('keys', { projects: [{ role: 'student', projectId: '*' }] });
    const device = softwareAuthenticator(ORIGIN);
    const options = await post('passkeys/options', undefined, member.headers);
    const made = await post(
      'passkeys',
      { name: 'Laptop', response: device.create(options.body) },
      member.headers,
    );
    expect(made.status).toBe(201);
    const asked = await post('sign-in/passkey/options');
    const signedIn = await post('sign-in/passkey', device.get(asked.body));
    expect(signedIn.body.proof).toBe('passkey');
    const headers = setCookie(signedIn);
    const path = `/api/access/passkeys/${made.body.passkeyId}`;
    expect((await ask('PUT', path, { headers, body: { name: 'Old' } })).status).toBe(204);
    expect((await ask('GET', '/api/access/passkeys', { headers })).body).toMatchObject([{ name: 'Old' }]);
    expect((await ask('DELETE', path, { headers })).body.code).toBe('last-way-in');
  });

  it('answer every failed sign-in with the same status, body and headers', async () => {
    await bench.member('uniform');
    const answers = [
      await post('sign-in/password', { login: 'uniform', password: 'x' }),
      await post('sign-in/password', { login: 'no-such-login', password: 'x' }),
      await post('sign-in/password', { login: '\u0000', password: '', code: '000000' }),
      await post('sign-in/link', { link: 'x' }),
      await post('sign-in/link', { link: 'A'.repeat(43) }),
      await post('sign-in/passkey', {
        id: 'AAAA',
        rawId: 'AAAA',
        type: 'public-key',
        response: { clientDataJSON: 'AAAA', authenticatorData: 'AAAA', signature: 'AAAA' },
      }),
    ];
    expect(new Set(answers.map((a) => JSON.stringify(a))).size).toBe(1);
    expect(answers[0]).toEqual({
      status: 401,
      body: { code: 'sign-in', message: 'Sign-in failed.' },
      headers: {},
    });
  });

  it('refuse a sign-in or sign-out that another site sends', async () => {
    for (const path of ['sign-in/password', 'sign-in/link', 'sign-in/passkey/options', 'sign-out']) {
      const body = { login: 'x', password: 'x', link: 'x' };
      const answer = await post(path, body, {
        origin: 'https://evil.example',
        'sec-fetch-site': 'cross-site',
      });
      expect(answer.body.code, path).toBe('cross-site');
    }
  });

  it('say when to come again', async () => {
    const access = bench.another({ signInLimit: { burst: 1, perMinute: 6 } });
    const again = () =>
      ask('POST', '/api/access/sign-in/password', { access, body: { login: 'x1', password: 'x' } });
    expect((await again()).status).toBe(401);
    expect(await again()).toMatchObject({ status: 429, headers: { 'retry-after': '10' } });
  });

  it('say which ways in there are', async () => {
    expect((await ask('GET', '/api/access/sign-in')).body).toEqual({ password: true, passkey: true });
    const local = bench.another({ origin: () => 'http://127.0.0.1:8080' });
    expect((await ask('GET', '/api/access/sign-in', { access: local })).body.passkey).toBe(false);
    expect((await ask('GET', '/api/access/provider/start')).status).toBe(404);
  });
});

describe("the hospital's own login", () => {
  it('is a way out and a way back, whatever comes of it', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    vi.spyOn(console, 'info').mockImplementation(() => {});
    const callback = ORIGIN + PROVIDER_CALLBACK;
    const hospital = await startProvider(callback);
    const provider = { issuer: hospital.issuer, clientId: 'promontory-public', title: 'Hospital' };
    const access = bench.another({ provider });
    const { accountId } = await bench.member('hospital');
    await access.accounts.edit(SYSTEM, accountId, { subject: 'sub' });
    bench.now = new Date();
    try {
      expect((await ask('GET', '/api/access/sign-in', { access })).body.provider).toEqual({
        title: 'Hospital',
        start: '/api/access/provider/start',
      });
      for (const [sub, status, wished] of [
        ['sub', 200, '/studies?a=1&b=2'],
        ['sub', 200, '/"><script>alert(1)</script>'],
        ['another', 401, '/'],
      ] as const) {
        hospital.person = { sub };
        const to = encodeURIComponent(wished);
        const out = await ask('GET', `/api/access/provider/start?to=${to}`, { access });
        expect(out.status).toBe(303);
        const back = await browse(out.headers.location as string, callback);
        const answer = await ask('GET', back.slice(ORIGIN.length), { access, headers: setCookie(out) });
        expect(answer.status).toBe(status);
        expect(answer.headers).toMatchObject({
          'cache-control': 'no-store',
          'referrer-policy': 'no-referrer',
        });
        expect(answer.body).not.toContain('<script');
        if (status === 401) expect(answer.headers['set-cookie']).toBeUndefined();
        else {
          const onward = wished.includes('<') ? '/' : '/studies?a=1&amp;b=2';
          expect(answer.body).toContain(`content="0;url=${onward}">`);
          const identity = await access.identify(setCookie(answer), ADDRESS, bench.now);
          expect(identity?.accountId).toBe(accountId);
        }
      }
    } finally {
      await hospital.close();
    }
  });
});

describe('two people', () => {
  it('cannot see or touch what is the other’s, by any route', async () => {
    const CLINIC = { projects: [{ role: 'radiologist' as const, projectId: 'default' }] };
    const [a, b] = [await bench.member('matrix-a', CLINIC), await bench.member('matrix-b', CLINIC)];
    const device = softwareAuthenticator(ORIGIN);
    const options = await post('passkeys/options', undefined, a.headers);
    const key = await post('passkeys', { name: 'A', response: device.create(options.body) }, a.headers);
    const own = setCookie(key);
    const token = await post('tokens', { name: 'A', scopes: ['read'] }, own);
    const session = (await ask('GET', '/api/access/sessions', { headers: own })).body[0];
    const ids: Record<string, string> = {
      session: session.sessionId,
      token: token.body.tokenId,
      passkey: key.body.passkeyId,
      account: a.accountId,
    };
    const before = await Promise.all(
      ['sessions', 'tokens', 'passkeys', 'me'].map((p) => ask('GET', `/api/access/${p}`, { headers: own })),
    );
    const bodies: Record<string, unknown> = {
      'PUT /api/access/passkeys/:passkey': { name: 'Mine' },
      'PUT /api/access/accounts/:account': { disabled: true },
      'PUT /api/access/accounts/:account/grants': { projects: [], patients: [] },
    };
    const addressed = accessRoutes(bench.access).filter((r: Route) => r.path.includes(':'));
    expect(addressed.length).toBeGreaterThanOrEqual(7);
    for (const route of addressed) {
      const path = route.path.replaceAll(/:([a-z]+)/g, (_, name: string) => ids[name]);
      const body = bodies[`${route.method} ${route.path}`];
      // Also behind the router's own question, the room answers so.
      for (const guarded of [true, false]) {
        const answer = await ask(route.method, path, { headers: b.headers, body, guarded });
        const expected = route.path.includes(':account') ? 403 : 404;
        expect(answer.status, `${route.method} ${route.path}`).toBe(expected);
        const nobody = await ask(route.method, path, { body, guarded });
        expect(nobody.status).toBe(guarded ? 401 : 403);
      }
    }
    for (const path of ['sessions', 'tokens', 'passkeys', 'me'])
      expect(
        JSON.stringify((await ask('GET', `/api/access/${path}`, { headers: b.headers })).body),
      ).not.toMatch(new RegExp(Object.values(ids).join('|')));
    const after = await Promise.all(
      ['sessions', 'tokens', 'passkeys', 'me'].map((p) => ask('GET', `/api/access/${p}`, { headers: own })),
    );
    expect(after.map((r) => r.body)).toEqual(before.map((r) => r.body));
  });

  it('a refusal to break the glass stands in the audit with study and reason', async () => {
    const member = await bench.member('one-patient', {
      projects: [{ role: 'student', projectId: '*' }],
      patients: [{ role: 'surgeon', patientKey: '|P-1' }],
    });
    const body = { studyUid: '1.2.840.9', reason: 'Cauda equina suspected' };
    expect((await post('break-glass', body, member.headers)).status).toBe(403);
    const event = (await bench.audit()).at(-1)!;
    expect(event).toMatchObject({ action: 'break-glass', outcome: 'refused', actor: member.identity.actor });
    expect(JSON.parse(event.body)).toMatchObject({
      studyUid: body.studyUid,
      detail: { reason: body.reason },
    });
  });

  it('nobody gets anything from any route that is not open, even behind the router', async () => {
    const bodies: Record<string, unknown> = {
      tokens: { name: 'x', scopes: ['read'] },
      password: { password: PASSWORD },
      'totp/confirm': { code: '000000' },
      'break-glass': { studyUid: '1.2.3', reason: 'Cauda equina suspected' },
      accounts: { login: 'xx', displayName: 'X' },
      projects: { projectId: 'x', title: 'X' },
      passkeys: {
        name: 'x',
        response: {
          id: 'A',
          rawId: 'A',
          type: 'public-key',
          response: { clientDataJSON: 'A', attestationObject: 'A' },
        },
      },
    };
    for (const route of accessRoutes(bench.access)) {
      if (route.may === 'open' || route.path.includes(':')) continue;
      const given = { body: bodies[route.path.slice(12)] };
      expect((await ask(route.method, route.path, given)).status).toBe(401);
      const behind = await ask(route.method, route.path, { ...given, guarded: false });
      if (route.path === '/api/access/projects' && route.method === 'GET') expect(behind.body).toEqual([]);
      else expect(behind.status, `${route.method} ${route.path}`).toBe(403);
    }
  });
});
