/** Every route without a session, with junk, and with somebody else's objects (reliability rows 1 and 11). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mrFile, stowFiles } from './instances.ts';
import { launch, makeToken, type Ready, signIn } from './peers/promontory.ts';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly open: boolean;
}

let server: Awaited<ReturnType<typeof launch>>;
let ready: Ready;
let administrator: string;
let operations: Operation[];
beforeAll(async () => {
  server = await launch();
  ready = server.ready;
  administrator = await signIn(ready);
  const api = (await (await call('GET', '/api/openapi.json', { cookie: administrator })).json()) as {
    paths: Record<string, Record<string, { security?: unknown }>>;
  };
  operations = Object.entries(api.paths).flatMap(([path, of]) =>
    Object.entries(of).map(([method, { security }]) => ({
      method: method.toUpperCase(),
      path,
      open: security === undefined,
    })),
  );
});
afterAll(() => server.stop());

const call = (method: string, path: string, headers: Record<string, string> = {}, json?: unknown) =>
  fetch(`${ready.origin}${path}`, {
    method,
    headers: {
      origin: ready.origin,
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });

/** What may be asked by anybody: the page, health, signing in and out. */
const OPEN = /^\/($|pages\/|api\/(health|ready)$|api\/access\/(sign-in|sign-out|provider))/;

test('there are routes to look at, and few are open', () => {
  expect(operations.length).toBeGreaterThan(40);
  expect(operations.filter(({ open, path }) => open && !OPEN.test(path))).toEqual([]);
});

test('without a session, and with a session that is none, every other route answers 401', async () => {
  const wrong = [];
  for (const { method, path, open } of operations) {
    if (open) continue;
    const at = path.replace(/\{(study|series|instance)\}/g, '1.2.3').replace(/\{\w+\}/g, 'x');
    for (const headers of [
      {},
      { cookie: 'promontory=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
      { authorization: 'Bearer prm_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
      { authorization: 'Basic YWRtaW46YWRtaW4=' },
    ]) {
      const { status } = await call(method, at, headers as Record<string, string>);
      if (status !== 401) wrong.push(`${method} ${path} ${Object.keys(headers)}: ${status}`);
    }
  }
  expect(wrong).toEqual([]);
});

describe('two people, two projects', () => {
  const people: Record<string, { cookie: string; token: string; accountId: string }> = {};
  const study = { north: '', south: '' };
  let names: { series: string; instance: string };

  async function make(project: 'north' | 'south'): Promise<void> {
    const asAdmin = { cookie: administrator };
    expect(
      (await call('POST', '/api/access/projects', asAdmin, { projectId: project, title: project })).ok,
    ).toBe(true);
    const made = await call('POST', '/api/access/accounts', asAdmin, {
      login: `reader-${project}`,
      displayName: project,
      grants: { projects: [{ role: 'radiologist', projectId: project }], patients: [] },
    });
    const { accountId } = (await made.json()) as { accountId: string };
    const invited = await call('POST', `/api/access/accounts/${accountId}/sign-in-link`, asAdmin);
    const { link } = (await invited.json()) as { link: string };
    const cookie = await signIn({ origin: ready.origin, signInLink: `#link=${link}` });
    people[project] = {
      accountId,
      cookie,
      token: await makeToken(ready.origin, cookie, ['search', 'read', 'store']),
    };
    const file = mrFile({ patientId: `P-${project}` });
    study[project] = file.studyUid;
    if (project === 'south') names = { series: file.seriesUid, instance: file.sopUid };
    const target = {
      root: `${ready.origin}/dicom-web`,
      headers: { authorization: `Bearer ${people[project].token}` },
    };
    expect((await stowFiles(target, [file.bytes])).status).toBe(200);
  }
  beforeAll(async () => {
    await make('north');
    await make('south');
  });

  test('each sees their own', async () => {
    for (const project of ['north', 'south'] as const) {
      const found = await call('GET', '/dicom-web/studies', {
        authorization: `Bearer ${people[project]?.token}`,
      });
      const uids = ((await found.json()) as Record<string, { Value: string[] }>[]).map(
        (row) => row['0020000D']?.Value[0],
      );
      expect(uids).toEqual([study[project]]);
    }
  });

  test('everything below a study of somebody else is as if it were not there', async () => {
    const [mine, theirs] = [people.south as { cookie: string }, people.north as { cookie: string }];
    const below = operations.filter(({ path }) => path.includes('{study}'));
    expect(below.length).toBeGreaterThan(15);
    const wrong = [];
    for (const { method, path } of below) {
      // Storing is judged by each instance; what the body says is looked at first.
      if (method === 'POST' && /\/dicom-web\/studies\/\{study\}$/.test(path)) continue;
      const at = path
        .replace('{study}', study.south)
        .replace('{series}', names.series)
        .replace('{instance}', names.instance)
        .replace(/\{frames?(List)?\}/i, '1')
        .replace(/\{\w+\}/g, '7FE00010');
      const body = method === 'POST' || method === 'PUT' ? { reason: 'because I want to know' } : undefined;
      const answer = await call(method, at, { cookie: theirs.cookie }, body);
      const { status } = answer;
      // A search finds nothing; a body that does not fit says nothing about the study.
      const nothing = status === 200 && (await answer.text()) === '[]';
      if (!nothing && ![404, 400].includes(status)) wrong.push(`${method} ${path}: ${status}`);
      if (method !== 'GET') continue;
      const own = await call(method, at, { cookie: mine.cookie });
      const never = await call(method, at.replace(study.south, '1.2.3.4.5'), { cookie: theirs.cookie });
      if (own.status === 404 && never.status !== 404) wrong.push(`${method} ${path}: own ${own.status}`);
      if (never.status !== status)
        wrong.push(`${method} ${path}: ${status}, but ${never.status} for what never was`);
    }
    expect(wrong).toEqual([]);
  });

  test('sessions and tokens of somebody else can be neither seen nor ended', async () => {
    const [a, b] = [people.north, people.south] as { cookie: string }[];
    const tokens = (await (await call('GET', '/api/access/tokens', { cookie: a?.cookie ?? '' })).json()) as {
      tokenId: string;
    }[];
    expect(tokens).toHaveLength(1);
    const ended = await call('DELETE', `/api/access/tokens/${tokens[0]?.tokenId}`, {
      cookie: b?.cookie ?? '',
    });
    expect(ended.status).toBe(404);
  });

  test('what administrators do is forbidden to both', async () => {
    for (const path of ['/api/access/accounts', '/api/audit', '/api/queue']) {
      const { status } = await call('GET', path, { cookie: people.north?.cookie ?? '' });
      expect([403, 404], path).toContain(status);
    }
  });

  test('of the projects each knows their own', async () => {
    const answer = await call('GET', '/api/access/projects', { cookie: people.north?.cookie ?? '' });
    expect(await answer.text()).not.toContain('south');
  });

  test('another site cannot use the cookie', async () => {
    const answer = await call('DELETE', `/dicom-web/studies/${study.north}`, {
      cookie: administrator,
      origin: 'https://evil.example',
    });
    expect(answer.status).toBe(403);
  });
});
