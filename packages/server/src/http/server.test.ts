import { connect } from 'node:net';
import { Fault } from '@promontory/core/fault';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Identity } from '../access/index.ts';
import { StorageFull } from '../ports/blobs/index.ts';
import { DatabaseUnavailable } from '../ports/database/index.ts';
import { jsonLog } from '../ports/log/index.ts';
import { openApiOf } from './openapi.ts';
import { pageRoutes } from './page-routes.ts';
import { type Route, route } from './route.ts';
import { type HttpServer, listenHttp } from './server.ts';

const UID = '1.2.3';
const CANARY = 'DOE^JANE^CANARY';
const failing = (error: () => Error, path: string): Route =>
  route({
    method: 'GET',
    path,
    summary: 'fails',
    group: 'server',
    may: 'open',
    handle: async () => {
      throw error();
    },
  });

const routes: Route[] = [
  ...pageRoutes(),
  route({
    method: 'GET',
    path: '/open',
    summary: 'open',
    group: 'server',
    may: 'open',
    handle: async ({ address }) => ({ body: { ok: true, address } }),
  }),
  route({
    method: 'GET',
    path: '/mine',
    summary: 'mine',
    group: 'access',
    may: 'signed-in',
    handle: async ({ identity }) => ({ body: { actor: identity.actor } }),
  }),
  route({
    method: 'GET',
    path: '/studies/:study',
    summary: 'a study',
    group: 'archive',
    may: 'read',
    handle: async ({ params }) => ({ body: params }),
  }),
  route({
    method: 'GET',
    path: '/audit',
    summary: 'audit',
    group: 'audit',
    may: 'read-audit',
    handle: async () => ({ body: [] }),
  }),
  route({
    method: 'POST',
    path: '/things',
    summary: 'a thing',
    group: 'server',
    may: 'signed-in',
    body: z.strictObject({ name: z.string(), count: z.number() }),
    query: z.object({ dry: z.string().optional() }),
    response: z.object({ name: z.string() }),
    handle: async ({ body }) => ({ status: 201, body: { name: body.name } }),
  }),
  route({
    method: 'POST',
    path: '/count',
    summary: 'counts',
    group: 'server',
    may: 'signed-in',
    body: 'stream',
    async handle({ stream }) {
      let bytes = 0;
      for await (const chunk of stream) bytes += chunk.length;
      return { body: { bytes } };
    },
  }),
  route({
    method: 'GET',
    path: '/long',
    summary: 'streams',
    group: 'server',
    may: 'open',
    handle: async () => ({
      headers: { 'content-type': 'text/plain' },
      body: (async function* () {
        for (let i = 0; i < 3; i++) yield Buffer.from(`${i}`);
      })(),
    }),
  }),
  failing(() => new DatabaseUnavailable(CANARY), '/fails/database'),
  failing(() => new StorageFull(CANARY), '/fails/full'),
  failing(() => new Error(CANARY), '/fails/defect'),
  failing(() => new Fault('MALFORMED', 'the bytes are odd'), '/fails/fault'),
  failing(() => Object.assign(new Error(CANARY), { code: '22021' }), '/fails/nul'),
];

const people: Record<string, Identity> = Object.fromEntries(
  (['student', 'administrator'] as const).map((role) => [
    role,
    {
      kind: 'person',
      actor: `account:${role}`,
      projects: [{ role, projectId: role === 'administrator' ? '*' : 'p' }],
      patients: [],
      brokenGlass: [],
      storesInto: 'p',
    },
  ]),
);
const refused: string[] = [];
let lines = '';
let server: HttpServer;
beforeAll(async () => {
  server = await listenHttp(
    {
      routes,
      identify: async (headers) => people[(headers.authorization ?? '').replace('Bearer ', '')],
      crossSite: (headers, origin) => headers.origin !== undefined && headers.origin !== origin,
      refused: async ({ actor }, { path }) => void refused.push(`${actor} ${path}`),
      log: jsonLog(
        (line) => {
          lines += line;
        },
        () => new Date(0),
      ),
      now: () => new Date(),
      hosts: ['127.0.0.1', 'localhost'],
      proxies: ['127.0.0.1'],
    },
    { host: '127.0.0.1', port: 0 },
  );
});
afterAll(() => server.close());

const ask = (path: string, who?: string, init: RequestInit = {}) =>
  fetch(`${server.origin}${path}`, {
    ...init,
    headers: { ...(who && { authorization: `Bearer ${who}` }), ...init.headers },
  });
const codeOf = async (response: Response) => [
  response.status,
  ((await response.json()) as { error?: { code?: string } }).error?.code,
];

describe('who may', () => {
  test('without a session only what is open', async () => {
    expect((await ask('/open')).status).toBe(200);
    for (const { method, path, may } of routes) {
      if (may === 'open') continue;
      expect(await codeOf(await ask(path.replace(':study', UID), undefined, { method }))).toEqual([
        401,
        'NOT_SIGNED_IN',
      ]);
    }
  });

  test('what a role may not: absent where an object is named, forbidden elsewhere, and noted', async () => {
    expect((await ask(`/studies/${UID}`, 'student')).status).toBe(200);
    expect(await codeOf(await ask('/audit', 'student'))).toEqual([403, 'FORBIDDEN']);
    expect((await ask('/audit', 'administrator')).status).toBe(200);
    expect(refused).toEqual(['account:student /audit']);
  });

  test('a path that cannot be decoded is refused, and not repeated', async () => {
    const answer = await ask('/studies/DOE%zzJANE');
    expect(answer.status).toBe(400);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await answer.text()).not.toContain('DOE');
  });

  test('another name, another site', async () => {
    const answer = await raw(`GET /open HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 421/);
    expect(server.origin).toMatch(/^http:\/\/localhost:/);
    const elsewhere = await fetch(`http://127.0.0.1:${server.port}/`, { redirect: 'manual' });
    expect([elsewhere.status, elsewhere.headers.get('location')]).toEqual([307, `${server.origin}/`]);
    const other = {
      method: 'POST',
      headers: { origin: 'https://evil.example', 'content-type': 'application/json' },
      body: '{}',
    };
    expect(await codeOf(await ask('/things', 'student', other))).toEqual([403, 'CROSS_SITE']);
  });
});

describe('what is sent', () => {
  const post = (body: string, type = 'application/json', query = '') =>
    ask(`/things${query}`, 'student', { method: 'POST', body, headers: { 'content-type': type } });

  test('a body is held against its schema; the answer names fields, never values', async () => {
    expect((await post('{"name":"a","count":1}')).status).toBe(201);
    const response = await post(`{"name":1,"count":"${CANARY}","${CANARY}":2}`);
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(text).toContain('count');
    expect(text).not.toContain('CANARY');
    expect(await codeOf(await post('{'))).toEqual([400, 'INVALID_JSON']);
    expect(await codeOf(await post('a=1', 'application/x-www-form-urlencoded'))).toEqual([
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ]);
    expect(await codeOf(await post(`"${'x'.repeat(2 ** 20)}"`))).toEqual([413, 'TOO_LARGE']);
  });

  test('a stream of any size goes through', async () => {
    const chunk = new Uint8Array(2 ** 20);
    const body = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 32; i++) controller.enqueue(chunk);
        controller.close();
      },
    });
    const response = await ask('/count', 'student', { method: 'POST', body, duplex: 'half' } as RequestInit);
    expect(await response.json()).toEqual({ bytes: 32 * 2 ** 20 });
    expect(await (await ask('/long')).text()).toBe('012');
  });

  test.for(['..%2f..%2fetc', '1.2.3%00', `1.${'2'.repeat(64)}`, '1..2', 'x'])(
    'a UID such as %s',
    async (uid) => {
      expect(await codeOf(await ask(`/studies/${uid}`, 'student'))).toEqual([400, 'INVALID_UID']);
    },
  );
});

test.for([
  ['/fails/database', 503, 'DATABASE_UNAVAILABLE'],
  ['/fails/full', 507, 'STORAGE_FULL'],
  ['/fails/defect', 500, 'INTERNAL'],
  ['/fails/fault', 422, 'MALFORMED'],
  ['/fails/nul', 400, 'INVALID'],
  ['/nowhere', 404, 'NOT_FOUND'],
] as const)('%s answers %i', async ([path, status, code]) => {
  expect(await codeOf(await ask(path))).toEqual([status, code]);
});

test('every answer is closed to other sites and to guesses of its type', async () => {
  for (const path of ['/', '/pages/app.js', '/open', '/nowhere', '/mine']) {
    const { headers } = await ask(path);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
  }
});

test('a connection that says nothing, or half a request, leaves the rest working', async () => {
  const silent = connect(server.port, '127.0.0.1');
  const half = connect(server.port, '127.0.0.1');
  half.write(
    'POST /count HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer student\r\nContent-Length: 1000\r\n\r\nabc',
  );
  expect((await ask('/open')).status).toBe(200);
  silent.destroy();
  half.destroy();
});

test('requests that contradict themselves are refused', async () => {
  const both = await raw(
    'POST /count HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer student\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  );
  expect(both).toMatch(/^HTTP\/1\.1 400/);
  expect(await raw(`GET /open HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(40_000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 431/,
  );
});

test('the log names routes, never what was sent', async () => {
  await ask(`/studies/${UID}?PatientName=${CANARY}`, 'student');
  expect(lines).toContain('"route":"/studies/:study"');
  expect(lines).not.toContain('CANARY');
  expect(lines).not.toContain(UID);
  const [failed] = lines.split('\n').filter((line) => line.includes('http.error'));
  expect(JSON.parse(failed ?? '')).toMatchObject({
    time: '1970-01-01T00:00:00.000Z',
    at: expect.stringMatching(/^server\.test\.ts:\d+$/),
  });
});

test('the client is who the proxy says, and whom it says is not believed further', async () => {
  const forwarded = { headers: { 'x-forwarded-for': '192.0.2.66, 198.51.100.7' } };
  expect(await (await ask('/open', undefined, forwarded)).json()).toMatchObject({ address: '198.51.100.7' });
  expect(await (await ask('/open')).json()).toMatchObject({ address: '127.0.0.1' });
});

test('a proxy that calls by our own name is not sent in circles', async () => {
  const [front] = pageRoutes() as [Route];
  const statusOf = async (host: string, origin: string) =>
    (await front.handle({ headers: { host }, origin } as never)).status ?? 200;
  const proxied = 'https://spine.example.org';
  expect(await statusOf('127.0.0.1:8380', proxied)).toBe(200);
  expect(await statusOf('spine.example.org', proxied)).toBe(200);
  expect(await statusOf('10.0.0.5', proxied)).toBe(307);
  expect(await statusOf('127.0.0.1:8380', 'http://localhost:8380')).toBe(307);
});

test('OpenAPI has every route, with its body and query', () => {
  const { paths } = openApiOf(routes, '1.0.0') as {
    paths: Record<string, Record<string, Record<string, unknown>>>;
  };
  expect(Object.values(paths).flatMap((path) => Object.keys(path))).toHaveLength(routes.length);
  expect(paths['/things']?.post).toMatchObject({
    parameters: [{ name: 'dry', in: 'query', required: false }],
    requestBody: { content: { 'application/json': { schema: { required: ['name', 'count'] } } } },
  });
  expect(paths['/studies/{study}']?.get?.parameters).toMatchObject([
    { name: 'study', in: 'path', required: true },
  ]);
});

function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
      socket.end();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}
