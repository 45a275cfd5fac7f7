import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listenWith } from './listen.testing.ts';
import { openApiOf } from './openapi.ts';
import { acceptedCoding } from './served-file.ts';
import type { HttpServer } from './server.ts';
import { webRoutes } from './web-routes.ts';

const SCRIPT = 'export const words = [];\n'.repeat(500);
let folder: string;
let http: HttpServer;
beforeAll(async () => {
  const root = mkdtempSync(join(tmpdir(), 'promontory-web-'));
  folder = join(root, 'dist');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(root, 'secret.json'), '{"secret":true}');
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Workbench</title>');
  writeFileSync(join(folder, 'alone.html'), '<!doctype html><title>Alone</title>');
  writeFileSync(join(folder, 'icon.svg'), '<svg/>');
  writeFileSync(join(folder, 'assets', 'a-1.js'), SCRIPT);
  writeFileSync(join(folder, 'assets', 'a-1.wasm'), Buffer.alloc(5 * 2 ** 20, 7));
  writeFileSync(join(folder, 'assets', 'a-1.onnx'), Buffer.alloc(5000, 7));
  // What no build makes is not served.
  writeFileSync(join(folder, 'notes.txt'), 'x');
  writeFileSync(join(folder, ':study.js'), 'x');
  writeFileSync(join(folder, 'a*.js'), 'x');
  http = await listenWith(webRoutes(folder), {});
}, 60_000);
afterAll(async () => {
  await http.close();
  rmSync(join(folder, '..'), { recursive: true });
});

/** As it comes: `fetch` would normalise the path and unpack the body. */
const get = (path: string, headers: Record<string, string> = {}) =>
  new Promise<{ status: number; headers: Record<string, string>; body: Buffer }>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: http.port, path, headers }, async (answer) => {
      const parts: Buffer[] = [];
      for await (const part of answer) parts.push(part as Buffer);
      resolve({
        status: answer.statusCode ?? 0,
        headers: answer.headers as Record<string, string>,
        body: Buffer.concat(parts),
      });
    });
    asked.on('error', reject);
    asked.end();
  });

test('each file is what it is, under a policy that lets nothing else run', async () => {
  for (const [path, type] of [
    ['/workbench/', 'text/html; charset=utf-8'],
    ['/workbench/alone.html', 'text/html; charset=utf-8'],
    ['/workbench/icon.svg', 'image/svg+xml'],
    ['/workbench/assets/a-1.js', 'text/javascript; charset=utf-8'],
    ['/workbench/assets/a-1.wasm', 'application/wasm'],
  ] as const) {
    const { status, headers } = await get(path);
    expect([path, status, headers['content-type']]).toEqual([path, 200, type]);
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:|\*/);
    expect(headers).toMatchObject({
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-opener-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
  }
});

test('names that say the content are kept for good, others asked for again', async () => {
  const { headers } = await get('/workbench/assets/a-1.js');
  expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
  const page = await get('/workbench/');
  expect(page.headers['cache-control']).toBe('no-cache');
  const { etag = '' } = page.headers;
  for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
    const again = await get('/workbench/', { 'if-none-match': known });
    expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, etag]);
    expect(again.headers['content-security-policy']).toBe(page.headers['content-security-policy']);
  }
  expect((await get('/workbench/', { 'if-none-match': '"x"' })).status).toBe(200);
});

test('what gets smaller is sent so, to who takes it, each under a hash of its own', async () => {
  const plain = await get('/workbench/assets/a-1.js');
  const br = await get('/workbench/assets/a-1.js', { 'accept-encoding': 'gzip, deflate, br, zstd' });
  const gz = await get('/workbench/assets/a-1.js', { 'accept-encoding': 'gzip' });
  expect([plain, br, gz].map(({ headers }) => headers['content-encoding'])).toEqual([
    undefined,
    'br',
    'gzip',
  ]);
  expect(br.body.length).toBeLessThan(plain.body.length / 10);
  expect(brotliDecompressSync(br.body).toString()).toBe(SCRIPT);
  expect(gunzipSync(gz.body).toString()).toBe(SCRIPT);
  expect(plain.body.toString()).toBe(SCRIPT);
  expect(new Set([plain, br, gz].map(({ headers }) => headers.etag)).size).toBe(3);
  for (const { headers } of [plain, br, gz]) expect(headers.vary).toBe('accept-encoding');
  const wasm = await get('/workbench/assets/a-1.wasm', { 'accept-encoding': 'br' });
  expect(brotliDecompressSync(wasm.body)).toHaveLength(5 * 2 ** 20);
  const weights = await get('/workbench/assets/a-1.onnx', { 'accept-encoding': 'br' });
  expect([weights.headers['content-encoding'], weights.body.length]).toEqual([undefined, 5000]);
});

test.each([
  [undefined, undefined],
  ['', undefined],
  ['identity', undefined],
  ['br;q=0, gzip;q=0.5', 'gzip'],
  ['GZIP', 'gzip'],
  ['gzip;q=1.0, br;q=0.1', 'br'],
  ['br;q=x', undefined],
])('of %j %j is taken', (header, coding) => expect(acceptedCoding(header)).toBe(coding));

test('no path of a client reaches the disk', async () => {
  for (const path of [
    '/workbench/../secret.json',
    '/workbench/..%2fsecret.json',
    '/workbench/assets/..%2f..%2fsecret.json',
    '/workbench/%2e%2e/secret.json',
    '/workbench/assets/../../secret.json',
    '/workbench/index.html%00.js',
    '/workbench//etc/passwd',
    '/workbench/nothing.js',
    '/workbench/assets/',
    '/workbench/notes.txt',
    '/workbench/x.js',
    '/workbench/:study.js',
    '/workbench/ab.js',
  ]) {
    const { status, body } = await get(path);
    expect([path, [400, 404].includes(status)]).toEqual([path, true]);
    expect(body.toString()).not.toContain('secret');
  }
});

describe('the addresses beside it', () => {
  test('without its slash it is the same place', async () => {
    const { status, headers } = await get('/workbench');
    expect([status, headers.location]).toEqual([307, '/workbench/']);
  });

  test('where nothing was built, a page says what to do', async () => {
    const bare = await listenWith(webRoutes(join(folder, 'nothing')), {});
    const answer = await fetch(`${bare.origin}/workbench/`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8']);
    expect(await answer.text()).toContain('npm run build');
    await bare.close();
  });

  test('in the description of the interface it is one line', () => {
    const { paths } = openApiOf(webRoutes(folder), '1') as { paths: object };
    expect(Object.keys(paths)).toEqual(['/workbench/{file}']);
  });
});
