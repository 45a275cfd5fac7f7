/** A server of one test file's own, on a copy of the prepared archive, and people who sign in to it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Launched, launch, makeToken, signIn } from '../../conformance/archive/peers/promontory.ts';
import { prepared } from './prepare.ts';

export interface Person {
  readonly accountId: string;
  readonly name: string;
  /** Name and value of the session's cookie. */
  readonly cookie: { readonly name: string; readonly value: string };
}

export interface Archive {
  readonly origin: string;
  /** The demonstration patient. */
  readonly demoStudy: string;
  readonly administrator: Person;
  /** A token that stores and reads, for what a test sends by itself. */
  readonly token: string;
  /** A new account with a role over the default project, signed in. */
  person(name: string, role?: string): Promise<Person>;
  /** As an administrator. */
  api<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Ends the server at once (`SIGKILL`) or in good order, and starts it again on the same data and port. */
  restart(signal?: NodeJS.Signals): Promise<void>;
  /** Ends the server; `restart` brings it back. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  close(): Promise<void>;
}

const cookieOf = (cookie: string) => {
  const [name = '', value = ''] = cookie.split(/=(.*)/);
  return { name, value };
};

/** @param settings of the server, beyond the defaults of tests */
export async function openTestArchive(settings: object = {}): Promise<Archive> {
  const folder = mkdtempSync(join(tmpdir(), 'promontory-e2e-'));
  const { data, web } = prepared();
  // With its modes: the server starts on no folder that others may look into.
  execFileSync('cp', ['-a', data, join(folder, 'data')]);
  const given = { webFolder: web, reading: { onArrival: true, quietSeconds: 2, workers: 1 }, ...settings };
  let server: Launched = await launch({ folder, settings: given });
  const { origin } = server.ready;
  const port = Number(new URL(origin).port);
  const cookie = await signIn(server.ready);

  const call = async <T>(as: string, method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${origin}${path}`, {
      method,
      headers: { cookie: as, origin, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  };
  const api = <T>(method: string, path: string, body?: unknown) => call<T>(cookie, method, path, body);
  const me = await api<{ account: { accountId: string; displayName: string } }>('GET', '/api/access/me');
  const studies = await api<Record<string, { Value?: string[] }>[]>('GET', '/dicom-web/studies');

  return {
    origin,
    demoStudy: studies[0]?.['0020000D']?.Value?.[0] ?? '',
    administrator: {
      accountId: me.account.accountId,
      name: me.account.displayName,
      cookie: cookieOf(cookie),
    },
    token: await makeToken(origin, cookie),
    api,
    async person(name, role = 'radiologist') {
      const { accountId } = await api<{ accountId: string }>('POST', '/api/access/accounts', {
        login: name.toLowerCase().replaceAll(/[^a-z]+/g, '.'),
        displayName: name,
        grants: { projects: [{ projectId: 'default', role }], patients: [] },
      });
      const { link } = await api<{ link: string }>('POST', `/api/access/accounts/${accountId}/sign-in-link`);
      const own = await signIn({ origin, signInLink: link.includes('link=') ? link : `#link=${link}` });
      return { accountId, name, cookie: cookieOf(own) };
    },
    async restart(signal = 'SIGTERM') {
      await server.stop(signal).catch(() => null);
      server = await launch({ folder, settings: { ...given, port } });
    },
    async stop(signal = 'SIGTERM') {
      await server.stop(signal);
    },
    async close() {
      await server.stop().catch(() => null);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
