/** Closed by default: what the server refuses to start with, and what it is when it starts (reliability rows 1 and 2). */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch, makeToken, NotStarted, signIn } from './peers/promontory.ts';

let scratch: string;
let tls: { certFile: string; keyFile: string };
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'promontory-start-'));
  tls = { certFile: join(scratch, 'cert.pem'), keyFile: join(scratch, 'key.pem') };
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
      ...['-subj', '/CN=localhost', '-keyout', tls.keyFile, '-out', tls.certFile],
    ],
    { stdio: 'ignore' },
  );
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A folder of its own for each start. */
const folder = (): string => mkdtempSync(join(scratch, 'data-'));

async function refusal(
  settings: object,
  options: { folder?: string; environment?: Record<string, string> } = {},
) {
  try {
    const started = await launch({ folder: folder(), ...options, settings });
    await started.stop();
  } catch (error) {
    if (error instanceof NotStarted) return { code: error.code, said: error.message };
    throw error;
  }
  return { code: 0, said: 'it started' };
}

describe('refuses to start', () => {
  test.for([
    ['on the network without TLS', { host: '0.0.0.0' }, /without TLS/],
    ['on one address of the network without TLS', { host: '192.0.2.1' }, /without TLS/],
    ['behind a proxy without an administrator', { publicUrl: 'https://spine.example.org' }, /administrator/],
    ['with a public address that is not https', { publicUrl: 'http://spine.example.org' }, /publicUrl/],
    ['with a field that it does not know', { hots: '127.0.0.1' }, /hots/],
    ['with DICOM on the network and no peers', { dimse: { host: '0.0.0.0', port: 0 } }, /peer/],
    [
      'with DICOM on the network without TLS',
      {
        dimse: {
          host: '0.0.0.0',
          port: 0,
          peers: [{ aeTitle: 'A', addresses: ['10.0.0.0/8'], verbs: ['store'] }],
        },
      },
      /TLS/,
    ],
    [
      'with a DICOM peer of a project that is not there',
      {
        dimse: {
          port: 0,
          peers: [{ aeTitle: 'SCANNER9', addresses: ['127.0.0.1'], verbs: ['store'], project: 'none' }],
        },
      },
      /SCANNER9/,
    ],
    ['with a key that is not there', { storage: { keyFiles: ['/nowhere/key'] } }, /key file/i],
    [
      'with a certificate that is not there',
      { tls: { certFile: '/nowhere', keyFile: '/nowhere' } },
      /certificate/,
    ],
  ] as const)('%s', async ([, settings, reason]) => {
    const { code, said } = await refusal(settings);
    expect(said).toMatch(reason);
    expect(code).toBe(9);
  });

  test('on the network with TLS, until an administrator can sign in', async () => {
    const { code, said } = await refusal({ host: '0.0.0.0', tls, publicUrl: 'https://localhost' });
    expect([code, said]).toEqual([9, expect.stringContaining('administrator')]);
  });

  test('with a database that is not there', async () => {
    const environment = { DATABASE_URL: 'postgres://nobody:secret-canary@127.0.0.1:1/none' };
    const { code, said } = await refusal({}, { environment });
    expect(code).toBe(9);
    expect(said).not.toContain('secret-canary');
  });

  test('on a data folder that another server has', async () => {
    const shared = folder();
    const first = await launch({ folder: shared });
    expect((await refusal({}, { folder: shared })).said).toMatch(/process \d+/);
    await first.stop();
    expect((await refusal({}, { folder: shared })).said).toBe('it started');
  });

  test('in a folder that holds something else', async () => {
    const mine = folder();
    mkdirSync(join(mine, 'data'), { mode: 0o700 });
    writeFileSync(join(mine, 'data', 'letters.txt'), 'x');
    expect((await refusal({}, { folder: mine })).code).toBe(9);
  });
});

describe('starts', () => {
  test('on loopback, with a link that works once and no password', async () => {
    const server = await launch({ folder: folder() });
    const { origin, signInLink } = server.ready;
    expect(origin).toMatch(/^http:\/\/localhost:/);
    for (const password of ['', 'admin', 'administrator', 'orthanc', 'password', 'promontory']) {
      for (const login of ['admin', 'administrator', 'orthanc']) {
        const answer = await fetch(`${origin}/api/access/sign-in/password`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', origin },
          body: JSON.stringify({ login, password }),
        });
        expect([401, 429]).toContain(answer.status);
      }
    }
    const cookie = await signIn(server.ready);
    expect(cookie).toContain('=');
    await expect(signIn(server.ready)).rejects.toThrow(/401/);
    expect(signInLink).toBeDefined();
    await server.stop();
  });

  test('on the network with TLS and an administrator with a second factor or passkey, after that was set up', async () => {
    const mine = folder();
    const first = await launch({ folder: mine });
    const cookie = await signIn(first.ready);
    const { origin } = first.ready;
    const set = await fetch(`${origin}/api/access/password`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', origin, cookie },
      body: JSON.stringify({ password: 'correct horse battery staple' }),
    });
    expect(set.ok).toBe(true);
    await first.stop();
    const second = await launch({
      folder: mine,
      settings: { host: '0.0.0.0', tls, publicUrl: 'https://localhost' },
    });
    expect(second.ready.signInLink).toBeUndefined();
    await second.stop();
  });

  test('DIMSE is off unless it is set', async () => {
    const server = await launch({ folder: folder() });
    expect(server.ready.dimsePort).toBeUndefined();
    await server.stop();
  });

  test('ends when it is told to, and a token outlives a restart', async () => {
    const mine = folder();
    const first = await launch({ folder: mine });
    const token = await makeToken(first.ready.origin, await signIn(first.ready));
    expect(await first.stop('SIGTERM')).toBe(0);
    const second = await launch({ folder: mine });
    const answer = await fetch(`${second.ready.origin}/dicom-web/studies`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect([200, 204]).toContain(answer.status);
    await second.stop();
  });
});
