/** Every route without a session, with junk, and with somebody else's objects (reliability rows 1 and 11). */
import { setTimeout as wait } from 'node:timers/promises';
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
  server = await launch({ settings: { reading: { onArrival: false, workers: 1 } } });
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

const NOBODYS = '00000000-0000-4000-8000-000000000000';

const filled = (path: string, values: Readonly<Record<string, string>>): string =>
  path
    .replace(/\{(frames|rest|name|aetitle|passkey|erasure)\}/g, (_, name: string) => OTHERS[name] ?? '')
    .replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? 'x'));
const OTHERS: Readonly<Record<string, string>> = {
  frames: '1',
  rest: '7FE00010',
  name: 'findings.json',
  aetitle: 'SOMEBODY',
  passkey: NOBODYS,
  erasure: NOBODYS,
};

/** Bodies that fit, so that the object is what is judged; and the routes that do not answer 404. */
const OF_OBJECTS: Readonly<Record<string, { status?: number; body?: object | string; type?: string }>> = {
  // A search that finds nothing says so (PS3.18 10.6.3.1).
  'GET /dicom-web/studies/{study}/series': { status: 200 },
  'GET /dicom-web/studies/{study}/instances': { status: 200 },
  'GET /dicom-web/studies/{study}/series/{series}/instances': { status: 200 },
  // What is stored is judged by each instance; this body has none.
  'POST /dicom-web/studies/{study}': {
    status: 400,
    body: '--b--',
    type: 'multipart/related; type="application/dicom"; boundary=b',
  },
  // Of a single work item nothing can be suspended (PS3.18 11.12.1.1); the channel is one's own.
  'POST /dicom-web/workitems/{workitem}/subscribers/{aetitle}/suspend': { status: 400 },
  'GET /dicom-web/subscribers/{aetitle}': { status: 426 },
  'POST /api/studies/{study}/readings': { body: {} },
  'POST /api/studies/{study}/marks': { body: { marks: [] } },
  'POST /api/studies/{study}/reports': { body: { sequence: 1, language: 'en', attested: true } },
  'PUT /api/studies/{study}/assignment': { body: { accountId: null } },
  'POST /api/studies/{study}/erase': { body: { reason: 'asked for' } },
  'POST /api/patients/{patientKey}/erase': { body: { reason: 'asked for' } },
  'PUT /api/patients/{patientKey}/consent': { body: { state: 'withdrawn', formVersion: '1' } },
  'PUT /api/access/passkeys/{passkey}': { body: { name: 'Key' } },
  // Accounts belong to no project: whoever does not administer all of them may not, whatever there is.
  'PUT /api/access/accounts/{account}': { status: 403, body: { displayName: 'X' } },
  'PUT /api/access/accounts/{account}/grants': { status: 403, body: { projects: [], patients: [] } },
  'POST /api/access/accounts/{account}/sign-in-link': { status: 403 },
  'DELETE /api/access/accounts/{account}/factors': { status: 403 },
};

/** Of routes that name no object: what is the asker's own, what is filtered by reach, what is the server's. */
const OF_NONE: Readonly<Record<string, 'own' | 'filtered' | 'forbidden' | 'named in the body'>> = {
  'GET /api/access/me': 'own',
  'GET /api/access/sessions': 'filtered',
  'DELETE /api/access/sessions': 'own',
  'GET /api/access/tokens': 'filtered',
  'POST /api/access/tokens': 'own',
  'PUT /api/access/password': 'own',
  'POST /api/access/totp': 'own',
  'DELETE /api/access/totp': 'own',
  'POST /api/access/totp/confirm': 'own',
  'POST /api/access/recovery-codes': 'own',
  'GET /api/access/passkeys': 'filtered',
  'POST /api/access/passkeys': 'own',
  'POST /api/access/passkeys/options': 'own',
  // Answers alike whether the study is there or not; see below.
  'POST /api/access/break-glass': 'own',
  'GET /api/access/accounts': 'forbidden',
  'POST /api/access/accounts': 'forbidden',
  'GET /api/access/projects': 'filtered',
  'POST /api/access/projects': 'forbidden',
  'GET /dicom-web': 'filtered',
  'GET /dicom-web/studies': 'filtered',
  // Each instance is judged: see the conflicts and refusals of the archive's tests.
  'POST /dicom-web/studies': 'own',
  'GET /dicom-web/series': 'filtered',
  'GET /dicom-web/instances': 'filtered',
  'GET /dicom-web/workitems': 'filtered',
  'POST /dicom-web/workitems': 'own',
  'GET /api/readings/events': 'filtered',
  'GET /api/queue': 'forbidden',
  'GET /api/audit': 'forbidden',
  'GET /api/audit/verify': 'forbidden',
  'GET /api/audit/anchor': 'forbidden',
  'GET /api/audit/export': 'forbidden',
  'POST /api/exports': 'named in the body',
  // Names the studies that were asked for, and says alike of all that are not in reach; see below.
  'POST /api/exports/preview': 'own',
  'GET /api/worklist': 'filtered',
  'GET /api/worklist/counts': 'filtered',
  'GET /api/worklist/views': 'filtered',
  'PUT /api/worklist/views': 'own',
  'GET /api/reviewers': 'filtered',
  'GET /api/reading-times': 'filtered',
  'POST /api/reading-times': 'named in the body',
  'DELETE /api/reading-times': 'own',
  'GET /api/reading-times/consent': 'filtered',
  'PUT /api/reading-times/consent': 'own',
  'GET /api/openapi.json': 'filtered',
};

/** What may be asked by anybody: the page, health, signing in and out. */
const OPEN = /^\/($|pages\/|workbench\/|api\/(health|ready)$|api\/access\/(sign-in|sign-out|provider))/;

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

  /** An account with these grants, signed in by its link. */
  async function newcomer(login: string, grants: object): Promise<{ accountId: string; cookie: string }> {
    const asAdmin = { cookie: administrator };
    const made = await call('POST', '/api/access/accounts', asAdmin, {
      login,
      displayName: login,
      grants: { projects: [], patients: [], ...grants },
    });
    const { accountId } = (await made.json()) as { accountId: string };
    const invited = await call('POST', `/api/access/accounts/${accountId}/sign-in-link`, asAdmin);
    const { link } = (await invited.json()) as { link: string };
    return { accountId, cookie: await signIn({ origin: ready.origin, signInLink: `#link=${link}` }) };
  }

  async function make(project: 'north' | 'south'): Promise<void> {
    const asAdmin = { cookie: administrator };
    expect(
      (await call('POST', '/api/access/projects', asAdmin, { projectId: project, title: project })).ok,
    ).toBe(true);
    const { accountId, cookie } = await newcomer(`reader-${project}`, {
      projects: [{ role: 'radiologist', projectId: project }],
    });
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

  describe('every route, asked by somebody of another project', () => {
    /** Roles of the north that reach as far as one can there. */
    const STRANGERS = ['radiologist', 'administrator'] as const;
    const strangers: Record<string, string> = {};
    /** What is the south's, and the same as never was. */
    let south: Record<string, string>;
    let never: Record<string, string>;

    beforeAll(async () => {
      const cookie = people.south?.cookie ?? '';
      for (const role of STRANGERS)
        strangers[role] = (
          await newcomer(`${role}-of-north`, { projects: [{ role, projectId: 'north' }] })
        ).cookie;
      const asked = await call('POST', `/api/studies/${study.south}/readings`, { cookie }, {});
      const { jobId } = (await asked.json()) as { jobId: string };
      const [workitem] = (await (await call('GET', '/dicom-web/workitems', { cookie })).json()) as Record<
        string,
        { Value: string[] }
      >[];
      const readings = async () =>
        (
          (await (await call('GET', `/api/studies/${study.south}/readings`, { cookie })).json()) as {
            readings: { readingId: string }[];
          }
        ).readings;
      while ((await readings()).length === 0) await wait(500);
      const first = async (path: string, name: string) =>
        ((await (await call('GET', path, { cookie })).json()) as Record<string, string>[])[0]?.[name] ?? '';
      south = {
        study: study.south,
        series: names.series,
        instance: names.instance,
        job: jobId,
        workitem: workitem?.['00080018']?.Value[0] ?? '',
        reading: (await readings())[0]?.readingId ?? '',
        patientKey: Buffer.from('|P-south').toString('base64url'),
        session: await first('/api/access/sessions', 'sessionId'),
        token: await first('/api/access/tokens', 'tokenId'),
        account: people.south?.accountId ?? '',
        report: await signed(cookie),
      };
      never = {
        ...south,
        study: '1.2.3.4.5',
        job: NOBODYS,
        workitem: '2.25.12345',
        reading: NOBODYS,
        patientKey: Buffer.from('|nobody').toString('base64url'),
        session: NOBODYS,
        token: NOBODYS,
        account: NOBODYS,
        report: NOBODYS,
      };
      // What is looked for is there, or the rest of this proves nothing.
      for (const [name, value] of Object.entries(south)) expect(value, name).not.toBe('');
    });

    /** @returns a report over the south's study */
    async function signed(cookie: string): Promise<string> {
      const deed = { kind: 'text', section: 'impression', text: 'Normal.' };
      const mark = { markId: NOBODYS, madeAt: '2026-01-02T03:04:05Z', seen: 0, deed };
      const at = `/api/studies/${study.south}`;
      expect((await call('POST', `${at}/marks`, { cookie }, { marks: [mark] })).status).toBe(200);
      const attested = { sequence: 1, language: 'en', attested: true };
      const report = await call('POST', `${at}/reports`, { cookie }, attested);
      return ((await report.json()) as { reportId: string }).reportId;
    }

    test('what is the own is found, so that the paths are right', async () => {
      const cookie = people.south?.cookie ?? '';
      for (const path of [
        '/dicom-web/studies/{study}/series/{series}/instances/{instance}',
        '/dicom-web/workitems/{workitem}',
        '/api/readings/{reading}',
        '/api/reports/{report}',
        '/api/patients/{patientKey}/consent',
      ])
        expect([path, (await call('GET', filled(path, south), { cookie })).status]).toEqual([path, 200]);
    });

    test('a route that names an object answers 404, as for what never was', async () => {
      const wrong = [];
      for (const { method, path, open } of operations) {
        if (open || !path.includes('{')) continue;
        const { status = 404, body, type } = OF_OBJECTS[`${method} ${path}`] ?? {};
        for (const role of STRANGERS) {
          const ask = async (whose: Record<string, string>) => {
            const answer = await fetch(`${ready.origin}${filled(path, whose)}`, {
              method,
              headers: {
                origin: ready.origin,
                cookie: strangers[role] ?? '',
                ...(body === undefined ? {} : { 'content-type': type ?? 'application/json' }),
              },
              ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
            });
            return { status: answer.status, text: await answer.text() };
          };
          const theirs = await ask(south);
          const nothing = await ask(never);
          if (theirs.status !== status) wrong.push(`${method} ${path} by ${role}: ${theirs.status}`);
          if (theirs.status !== nothing.status || theirs.text !== nothing.text)
            wrong.push(
              `${method} ${path} by ${role}: ${theirs.status}, but ${nothing.status} for what never was`,
            );
        }
      }
      expect(wrong).toEqual([]);
    });

    const JSON_TYPE = { 'content-type': 'application/json' };
    const bodyOf = (path: string): object => {
      if (path === '/api/exports') return { studies: [study.south], scope: 'research' };
      if (path === '/api/reading-times')
        return {
          studyInstanceUid: study.south,
          withReading: true,
          blindFirst: false,
          openedAt: '2026-01-02T03:04:05Z',
          signedAt: '2026-01-02T03:04:06Z',
          activeMs: 1,
        };
      if (path === '/api/access/accounts') return { login: 'somebody', displayName: 'Somebody' };
      return { projectId: 'more', title: 'More' };
    };

    test('a route that names none: what it gives is decided here, and holds nothing of the other project', async () => {
      const secrets = [
        study.south,
        names.series,
        names.instance,
        'P-south',
        south.workitem,
        south.job,
      ] as string[];
      const wrong = [];
      for (const { method, path, open } of operations) {
        if (open || path.includes('{')) continue;
        const kind = OF_NONE[`${method} ${path}`];
        if (kind === undefined) wrong.push(`${method} ${path}: nothing is decided`);
        if (kind === undefined || kind === 'own') continue;
        for (const role of STRANGERS) {
          const stop = new AbortController();
          const answer = await fetch(`${ready.origin}${path}`, {
            method,
            headers: { origin: ready.origin, cookie: strangers[role] ?? '', ...JSON_TYPE },
            signal: stop.signal,
            ...(method === 'GET' ? {} : { body: JSON.stringify(bodyOf(path)) }),
          });
          if (kind === 'forbidden') {
            if (answer.status !== 403) wrong.push(`${method} ${path} by ${role}: ${answer.status}`);
          } else if (path !== '/api/readings/events') {
            const text = await answer.text();
            if (secrets.some((secret) => text.includes(secret)))
              wrong.push(`${method} ${path} by ${role}: ${text}`);
            if (answer.status >= 400 && kind !== 'named in the body')
              wrong.push(`${method} ${path}: ${answer.status}`);
            if (kind === 'named in the body' && answer.status !== 404)
              wrong.push(`${method} ${path} by ${role}: ${answer.status}`);
          }
          stop.abort();
        }
      }
      expect(wrong).toEqual([]);
    });

    test('the preview of an export says the same of a study in the other project and of none', async () => {
      const answers = [];
      for (const role of STRANGERS)
        for (const uid of [study.south, '2.25.1']) {
          const cookie = strangers[role] ?? '';
          const body = { studies: [uid], scope: 'research' };
          const answer = await call('POST', '/api/exports/preview', { cookie }, body);
          answers.push(`${answer.status} ${(await answer.text()).replace(uid as string, 'UID')}`);
        }
      const said = [
        '403 {"error":{"code":"FORBIDDEN","message":"This account may not do that."}}',
        '200 {"studies":[{"studyUid":"UID","standing":"absent"}]}',
      ];
      for (const [i, answer] of answers.entries()) {
        expect(said).toContain(answer);
        expect(answers[i ^ 1]).toBe(answer);
      }
      expect(answers).toContain(said[1]);
    });

    test('breaking the glass: one with a role over a project may, loudly; one with a role over a patient may not', async () => {
      const reason = 'Unconscious after a fall, cauda equina suspected';
      const at = `/dicom-web/studies/${study.south}/metadata`;
      const cookie = strangers.radiologist ?? '';
      expect((await call('GET', at, { cookie })).status).toBe(404);
      const opened = await call(
        'POST',
        '/api/access/break-glass',
        { cookie },
        { studyUid: study.south, reason },
      );
      expect(opened.status).toBe(200);
      expect((await call('GET', at, { cookie })).status).toBe(200);
      expect((await call('DELETE', `/dicom-web/studies/${study.south}`, { cookie })).status).toBe(404);

      const asAdmin = { cookie: administrator };
      const narrow = await newcomer('of-one-patient', {
        patients: [{ role: 'surgeon', patientKey: '|P-north' }],
      });
      expect(
        (await call('GET', `/dicom-web/studies/${study.north}/metadata`, { cookie: narrow.cookie })).status,
      ).toBe(200);
      const refused = await call(
        'POST',
        '/api/access/break-glass',
        { cookie: narrow.cookie },
        {
          studyUid: study.south,
          reason,
        },
      );
      expect(refused.status).toBe(403);
      expect((await call('GET', at, { cookie: narrow.cookie })).status).toBe(404);

      const { records } = (await (
        await call('GET', `/api/audit?action=break-glass&study=${study.south}`, asAdmin)
      ).json()) as { records: { outcome: string; detail: { reason: string } }[] };
      expect(records.map(({ outcome }) => outcome).toSorted()).toEqual(['refused', 'success']);
      for (const { detail } of records) expect(detail.reason).toBe(reason);
    });
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
