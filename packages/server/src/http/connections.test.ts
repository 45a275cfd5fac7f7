/** Connections that are many, silent or slow, against a real server: over plain HTTP and TLS. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import type { LogFields } from '../ports/log/index.ts';
import type { ConnectionLimits } from './connections.ts';
import { route } from './route.ts';
import { type HttpServer, listenHttp } from './server.ts';

let folder: string;
let tls: { cert: string; key: string };
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'promontory-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'].concat([
      '-subj',
      '/CN=localhost',
      '-days',
      '1',
      '-keyout',
      key,
      '-out',
      cert,
    ]),
    { stdio: 'ignore' },
  );
  tls = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
});
afterAll(() => rmSync(folder, { recursive: true }));

const routes = [
  route({
    method: 'GET',
    path: '/health',
    summary: '',
    group: 'server',
    may: 'open',
    handle: async () => ({ body: { ok: true } }),
  }),
  route({
    method: 'POST',
    path: '/count',
    summary: '',
    group: 'server',
    may: 'open',
    body: 'stream',
    async handle({ stream }) {
      let bytes = 0;
      for await (const chunk of stream) bytes += chunk.length;
      return { body: { bytes } };
    },
  }),
  route({
    method: 'POST',
    path: '/slow-reader',
    summary: '',
    group: 'server',
    may: 'open',
    body: 'stream',
    async handle({ stream }) {
      await wait(1_200);
      let bytes = 0;
      for await (const chunk of stream) bytes += chunk.length;
      return { body: { bytes } };
    },
  }),
  route({
    method: 'POST',
    path: '/json',
    summary: '',
    group: 'server',
    may: 'open',
    body: z.object({}),
    handle: async () => ({ body: {} }),
  }),
];

const logged: LogFields[] = [];
async function serve(limits: Partial<ConnectionLimits>, secure = false): Promise<HttpServer> {
  logged.length = 0;
  const server = await listenHttp(
    {
      routes,
      identify: async () => undefined,
      crossSite: () => false,
      refused: async () => {},
      log: (fields) => void logged.push(fields),
      now: () => new Date(),
      hosts: ['127.0.0.1', 'localhost'],
      limits,
      ...(secure ? { tls } : {}),
    },
    { host: '127.0.0.1', port: 0 },
  );
  onTestFinished(() => server.close());
  return server;
}

async function open({ port }: HttpServer, secure: boolean): Promise<Socket> {
  const socket = await new Promise<Socket>((resolve) => {
    if (secure) {
      const one = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => resolve(one));
      one.on('error', () => resolve(one));
    } else {
      const one = connect(port, '127.0.0.1', () => resolve(one));
    }
  });
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  return socket;
}
const closed = (socket: Socket): Promise<void> =>
  socket.closed
    ? Promise.resolve()
    : new Promise((resolve) => socket.resume().once('close', () => resolve()));
/** Everything that comes back until the other side closes. */
function answerOf(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  return closed(socket).then(() => text);
}
async function healthOf(server: HttpServer, secure: boolean): Promise<string> {
  const socket = await open(server, secure);
  const answer = answerOf(socket);
  socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  return (await answer).split('\r\n')[0] ?? '';
}
const post = (path: string, length: number): string =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`;
const OK = 'HTTP/1.1 200 OK';

describe.each([
  ['HTTP', false],
  ['TLS', true],
])('over %s', (_, secure) => {
  test('a hundred connections that say nothing keep nobody out', async () => {
    const server = await serve({ most: 8 }, secure);
    const silent = await Promise.all(Array.from({ length: 100 }, () => open(server, secure)));
    for (let i = 0; i < 5; i++) expect(await healthOf(server, secure)).toBe(OK);
    await expect
      .poll(() => silent.filter((socket) => socket.closed || socket.destroyed).length)
      .toBeGreaterThan(70);
  });

  test('where every place is taken by a request, the watcher on this computer is still answered', async () => {
    const server = await serve({ most: 4 }, secure);
    const bodies = await Promise.all(Array.from({ length: 4 }, () => open(server, secure)));
    for (const socket of bodies) socket.write(post('/count', 10));
    await wait(200);
    expect(await healthOf(server, secure)).toBe(OK);
    for (let i = 0; i < 16; i++) {
      (await open(server, secure)).write(post('/count', 10));
      await wait(30);
    }
    const beyond = await open(server, secure);
    await closed(beyond);
    expect(logged).toContainEqual({ event: 'http.connections-refused', level: 'warning', count: 1 });
    // What was under way is not harmed.
    const answers = bodies.map(answerOf);
    for (const socket of bodies) socket.write('0123456789');
    for (const answer of await Promise.all(answers)) expect(answer).toContain('{"bytes":10}');
  });

  test('silence, and headers that drip, are ended', async () => {
    const server = await serve({ headerMs: 400, idleMs: 5_000 }, secure);
    const [silent, drip] = [await open(server, secure), await open(server, secure)];
    drip.write('GET /health HTTP/1.1\r\n');
    const timer = setInterval(() => drip.write('X-a: b\r\n'), 50);
    onTestFinished(() => clearInterval(timer));
    await Promise.all([closed(silent), closed(drip)]);
    expect(await healthOf(server, secure)).toBe(OK);
  });

  test('a body that drips is ended; one that comes slowly and steadily is waited for', async () => {
    const server = await serve({ bodyMs: 300, bodyBytes: 100 }, secure);
    const [drip, steady, json] = [
      await open(server, secure),
      await open(server, secure),
      await open(server, secure),
    ];
    drip.write(post('/count', 1_000));
    steady.write(post('/count', 1_000));
    json.write(post('/json', 100_000));
    const answer = answerOf(steady);
    const timer = setInterval(() => {
      drip.write('x');
      json.write(' '.repeat(30));
    }, 30);
    onTestFinished(() => clearInterval(timer));
    for (let sent = 0; sent < 1_000; sent += 50) {
      steady.write('x'.repeat(50));
      await wait(50);
    }
    expect(await answer).toContain('{"bytes":1000}');
    await Promise.all([closed(drip), closed(json)]);
  });
});

test('a body that waits for us is not ended', async () => {
  const server = await serve({ bodyMs: 200, bodyBytes: 2 ** 14 });
  const body = new Uint8Array(2 ** 22);
  const answer = await fetch(`http://localhost:${server.port}/slow-reader`, { method: 'POST', body });
  expect(await answer.json()).toEqual({ bytes: body.length });
});
