/** The archive as a process of its own, as a person starts it; signed in by the link that it prints. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine, type Settings, testEngines } from '../engines.ts';
import type { Target } from './target.ts';

const BIN = join(import.meta.dirname, '../../../packages/server/src/cli/main.ts');

export interface Started extends Target {
  readonly origin: string;
  readonly folder: string;
  readonly token: string;
  /** The administrator's session; absent where a token was given. */
  readonly cookie: string | undefined;
  readonly dimsePort: number | undefined;
  /** What it wrote so far. */
  readonly log: () => string;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** What `promontory serve --json` says once it listens. */
export interface Ready {
  readonly origin: string;
  readonly signInLink?: string;
  readonly dimsePort?: number;
}

export interface StartOptions {
  readonly settings?: object;
  readonly environment?: Readonly<Record<string, string>>;
  /** Reused, and left, where given. */
  readonly folder?: string;
  readonly token?: string;
  /** Told at once, before it listens: a suite may end it at any moment. */
  readonly born?: (pid: number) => void;
}

export interface Launched {
  readonly ready: Ready;
  readonly folder: string;
  readonly pid: number;
  /** What it wrote so far. */
  readonly log: () => string;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/**
 * Starts the server and waits until it listens; without a folder on the engine under test, which goes when it stops.
 * @throws Error with what it said where it did not start
 */
export async function launch(options: StartOptions = {}): Promise<Launched> {
  const { folder, settings, environment = {} } = options;
  if (folder !== undefined || testEngines === undefined || 'DATABASE_URL' in environment)
    return launchOn(options);
  const engine = await openEngine();
  const on = engine.start(settings as Settings);
  const launched = await launchOn({
    ...options,
    ...on,
    environment: { ...environment, ...on.environment },
  }).catch(async (error) => {
    await engine.release();
    throw error;
  });
  const stop = async (signal?: NodeJS.Signals) => {
    const code = await launched.stop(signal);
    await engine.release();
    return code;
  };
  return { ...launched, stop };
}

async function launchOn(options: StartOptions): Promise<Launched> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'promontory-serve-'));
  const file = join(folder, 'settings.json');
  writeFileSync(
    file,
    JSON.stringify({ port: 0, reading: { onArrival: false, workers: 0 }, ...options.settings }),
  );
  const child = spawn(
    process.execPath,
    [BIN, 'serve', '--data', join(folder, 'data'), '--settings', file, '--json', '--no-open'],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.environment } },
  );
  options.born?.(child.pid as number);
  let out = '';
  let log = '';
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    return exited;
  };
  const ready = await new Promise<Ready>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      out += chunk;
      const line = out.split('\n').find((l) => l.startsWith('{"origin"'));
      if (line !== undefined) resolve(JSON.parse(line));
    });
    void exited.then((code) => reject(new NotStarted(code, `${out}${log}`)));
  });
  return { ready, folder, pid: child.pid as number, log: () => `${out}${log}`, stop };
}

/** The server ended before it listened. */
export class NotStarted extends Error {
  override readonly name = 'NotStarted';
  readonly code: number | null;
  constructor(code: number | null, said: string) {
    super(said);
    this.code = code;
  }
}

/** A server with an administrator's token. */
export async function startPromontory(options: StartOptions = {}): Promise<Started> {
  const { ready, folder, pid, log, stop } = await launch(options);
  const cookie = options.token === undefined ? await signIn(ready) : undefined;
  const token = options.token ?? (await makeToken(ready.origin, cookie as string));
  return {
    name: 'Promontory',
    root: `${ready.origin}/dicom-web`,
    origin: ready.origin,
    folder,
    token,
    cookie,
    dimsePort: ready.dimsePort,
    headers: { authorization: `Bearer ${token}` },
    pid,
    log,
    async stop(signal) {
      const code = await stop(signal);
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
}

/** Signs in by the one-time link; the session's cookie. */
export async function signIn({ origin, signInLink }: Ready): Promise<string> {
  const link = /[#?&]link=([\w-]+)/.exec(signInLink ?? '')?.[1];
  if (link === undefined) throw new Error('The server gave no sign-in link.');
  const signedIn = await fetch(`${origin}/api/access/sign-in/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ link }),
  });
  if (!signedIn.ok) throw new Error(`Signing in answered ${signedIn.status}: ${await signedIn.text()}`);
  return signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

const SCOPES = ['search', 'read', 'store', 'delete', 'request-reading'];

/** An API token of whoever the cookie is of, as an administrator who connects a scanner makes it. */
export async function makeToken(
  origin: string,
  cookie: string,
  scopes: readonly string[] = SCOPES,
): Promise<string> {
  const made = await fetch(`${origin}/api/access/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin, cookie },
    body: JSON.stringify({ name: 'conformance', scopes }),
  });
  if (!made.ok) throw new Error(`Making a token answered ${made.status}: ${await made.text()}`);
  return ((await made.json()) as { token: string }).token;
}

/** Runs a command of upkeep over the archive that a server with the same options had. */
export async function runCommand(
  args: readonly string[],
  options: StartOptions & { readonly folder: string },
): Promise<{ code: number | null; out: string; log: string }> {
  const child = spawn(
    process.execPath,
    [
      BIN,
      ...args,
      '--data',
      join(options.folder, 'data'),
      '--settings',
      join(options.folder, 'settings.json'),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.environment } },
  );
  let out = '';
  let log = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, log };
}
