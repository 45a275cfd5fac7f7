/**
 * The worklist (UPS-RS, PS3.18 chapter 11) of a running server, by clients of this Node: an orderer, a performer on
 * another machine, and somebody who watches over a WebSocket that is not ours.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Engine, openEngine } from './engines.ts';
import { mrFile, newUid, stowFiles } from './instances.ts';
import { launch, makeToken, type Ready, signIn } from './peers/promontory.ts';

type Json = Record<string, { vr: string; Value?: unknown[] }>;

const ALL = '1.2.840.10008.5.1.4.34.5';
const FILTERED = '1.2.840.10008.5.1.4.34.5.1';
const LOCK = newUid();
const SETTINGS = { reading: { onArrival: false, workers: 0 } };

let engine: Engine;
let server: Awaited<ReturnType<typeof launch>>;
let ready: Ready;
let administrator: string;
const token = { orderer: '', performer: '', watcher: '', reader: '' };
beforeAll(async () => {
  engine = await openEngine();
  server = await launch(engine.start(SETTINGS));
  ready = server.ready;
  administrator = await signIn(ready);
  const cookie = administrator;
  token.orderer = await makeToken(ready.origin, cookie, ['read', 'store', 'request-reading']);
  token.performer = await makeToken(ready.origin, cookie, ['read', 'perform-reading']);
  token.watcher = await makeToken(ready.origin, cookie, ['read']);
  token.reader = await makeToken(ready.origin, cookie, ['search', 'read', 'store', 'request-reading']);
});
afterAll(async () => {
  await server?.stop();
  await engine?.release();
});

type Who = keyof typeof token;
async function ask(who: Who, method: string, path: string, json?: unknown) {
  const answer = await fetch(`${ready.origin}/dicom-web${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token[who]}`,
      ...(json !== undefined && { 'content-type': 'application/dicom+json' }),
    },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });
  return {
    status: answer.status,
    headers: answer.headers,
    text: await answer.text(),
    warning: answer.headers.get('warning') ?? '',
  };
}

async function stored(): Promise<string> {
  const file = mrFile({ patientId: `P-${newUid().slice(-6)}` });
  const target = {
    root: `${ready.origin}/dicom-web`,
    headers: { authorization: `Bearer ${token.orderer}` },
  };
  expect((await stowFiles(target, [file.bytes])).status).toBe(200);
  return file.studyUid;
}

const code = (value: string, scheme: string) => ({
  vr: 'SQ',
  Value: [
    {
      '00080100': { vr: 'SH', Value: [value] },
      '00080102': { vr: 'SH', Value: [scheme] },
      '00080104': { vr: 'LO', Value: [value] },
    },
  ],
});
const order = (studyUid: string, more: Json = {}): Json => ({
  '00404005': { vr: 'DT', Value: ['20260101080000'] },
  '00404018': code('LUMBAR-READING', '99PROMONTORY'),
  '00404021': { vr: 'SQ', Value: [{ '0020000D': { vr: 'UI', Value: [studyUid] } }] },
  '00404041': { vr: 'CS', Value: ['READY'] },
  '00741000': { vr: 'CS', Value: ['SCHEDULED'] },
  '00741200': { vr: 'CS', Value: ['HIGH'] },
  '00741204': { vr: 'LO', Value: ['Reading'] },
  ...more,
});
const performed: Json = {
  '00741216': {
    vr: 'SQ',
    Value: [
      {
        '00404019': code('LUMBAR-READING', '99PROMONTORY'),
        '00404028': code('ELSEWHERE', '99LOCAL'),
        '00404033': { vr: 'SQ' },
        '00404050': { vr: 'DT', Value: ['20260102080000'] },
        '00404051': { vr: 'DT', Value: ['20260102080500'] },
      },
    ],
  },
};
const progress = (percent: number): Json => ({
  '00741002': {
    vr: 'SQ',
    Value: [
      {
        '00741004': { vr: 'DS', Value: [percent] },
        '00741006': { vr: 'ST', Value: ['Measuring'] },
      },
    ],
  },
});
const to = (state: string, lock = LOCK): Json => ({
  '00081195': { vr: 'UI', Value: [lock] },
  '00741000': { vr: 'CS', Value: [state] },
});
async function ordered(): Promise<{ uid: string; study: string; path: string }> {
  const study = await stored();
  const uid = newUid();
  const made = await ask('orderer', 'POST', `/workitems?${uid}`, [order(study)]);
  expect([made.status, made.headers.get('location')]).toEqual([
    201,
    `${ready.origin}/dicom-web/workitems/${uid}`,
  ]);
  return { uid, study, path: `/workitems/${uid}` };
}
const shown = async (path: string) => (JSON.parse((await ask('watcher', 'GET', path)).text) as Json[])[0]!;
const stateOf = async (path: string) => (await shown(path))['00741000']?.Value?.[0];

async function channel(who: Who, title: string) {
  const address = `${ready.origin.replace('http', 'ws')}/dicom-web/subscribers/${title}`;
  // Headers are an extension of this client's (undici).
  const socket = new WebSocket(address, { headers: { authorization: `Bearer ${token[who]}` } } as never);
  const said: Json[] = [];
  socket.addEventListener('message', ({ data }) => said.push(JSON.parse(data)));
  const closed = new Promise<number>((resolve) =>
    socket.addEventListener('close', (event) => resolve(event.code)),
  );
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error('The channel did not open.')));
  });
  return { said, closed, end: () => socket.close() };
}
/** Kind, and state where it says one. */
const short = (said: readonly Json[], uid: string) =>
  said
    .filter((event) => event['00001000']?.Value?.[0] === uid)
    .map((event) => [event['00001002']?.Value?.[0], event['00741000']?.Value?.[0]]);

const POLL = { timeout: 20_000 };

test('an order is claimed elsewhere, worked on and completed, and who watches hears all of it', async () => {
  const watching = await channel('watcher', 'WATCHER');
  expect((await ask('watcher', 'POST', `/workitems/${ALL}/subscribers/WATCHER`)).status).toBe(201);
  const { uid, study, path } = await ordered();
  const found = await ask('performer', 'GET', `/workitems?ProcedureStepState=SCHEDULED&00741200=HIGH`);
  expect(JSON.parse(found.text)).toEqual([
    expect.objectContaining({ '00080018': { vr: 'UI', Value: [uid] } }),
  ]);
  const [input] = ((await shown(path))['00404021']?.Value ?? []) as Json[];
  const [source] = (input?.['0040E025']?.Value ?? []) as Json[];
  const images = await fetch(`${source?.['00081190']?.Value?.[0]}/metadata`, {
    headers: { authorization: `Bearer ${token.performer}` },
  });
  expect(JSON.stringify(await images.json())).toContain(study);

  expect((await ask('performer', 'PUT', `${path}/state`, [to('IN PROGRESS')])).status).toBe(200);
  const late = await ask('performer', 'PUT', `${path}/state`, [to('IN PROGRESS', newUid())]);
  expect([late.status, late.warning]).toEqual([
    400,
    expect.stringContaining('The Transaction UID is incorrect.'),
  ]);
  expect((await ask('performer', 'POST', `${path}?${LOCK}`, [progress(40)])).status).toBe(200);
  const early = await ask('performer', 'PUT', `${path}/state`, [to('COMPLETED')]);
  expect([early.status, early.warning]).toEqual([409, expect.stringContaining('inconsistent')]);
  expect((await ask('performer', 'POST', `${path}?${LOCK}`, [performed])).status).toBe(200);
  expect((await ask('performer', 'PUT', `${path}/state`, [to('COMPLETED')])).status).toBe(200);
  const again = await ask('performer', 'PUT', `${path}/state`, [to('COMPLETED')]);
  expect([again.status, again.warning]).toEqual([
    200,
    expect.stringContaining('already in the requested state of COMPLETED'),
  ]);
  await expect
    .poll(() => short(watching.said, uid), POLL)
    .toEqual([
      [1, 'SCHEDULED'],
      [1, 'IN PROGRESS'],
      [3, undefined],
      [1, 'COMPLETED'],
    ]);
  expect(JSON.stringify([await shown(path), watching.said])).not.toContain(LOCK);
  watching.end();
  await watching.closed;
});

test('a performer that listens is asked to stop, and stops', async () => {
  const performing = await channel('performer', 'PERFORMER');
  const { uid, path } = await ordered();
  expect((await ask('performer', 'POST', `${path}/subscribers/PERFORMER`)).status).toBe(201);
  await ask('performer', 'PUT', `${path}/state`, [to('IN PROGRESS')]);
  const reason = { '00741238': { vr: 'LT', Value: ['Wrong study'] } };
  expect((await ask('orderer', 'POST', `${path}/cancelrequest`, [reason])).status).toBe(202);
  await expect.poll(() => short(performing.said, uid).at(-1), POLL).toEqual([2, undefined]);
  expect(performing.said.at(-1)).toMatchObject({ '00741238': { Value: ['Wrong study'] } });
  expect(await stateOf(path)).toBe('IN PROGRESS');
  expect((await ask('performer', 'PUT', `${path}/state`, [to('CANCELED')])).status).toBe(409);
  const why: Json = { '00741002': { vr: 'SQ', Value: [{ '0074100E': code('110513', 'DCM') }] } };
  await ask('performer', 'POST', `${path}?${LOCK}`, [why]);
  expect((await ask('performer', 'PUT', `${path}/state`, [to('CANCELED')])).status).toBe(200);
  await expect.poll(() => short(performing.said, uid).at(-1), POLL).toEqual([1, 'CANCELED']);
  const late = await ask('orderer', 'POST', `${path}/cancelrequest`);
  expect([late.status, late.warning]).toEqual([
    409,
    expect.stringContaining('already in the requested state of CANCELED'),
  ]);
  performing.end();
  await performing.closed;
});

test('what waits is cancelled at once', async () => {
  const { path } = await ordered();
  expect((await ask('orderer', 'POST', `${path}/cancelrequest`)).status).toBe(202);
  expect(await stateOf(path)).toBe('CANCELED');
});

test('of many who claim one at the same time, one gets it', async () => {
  const { path } = await ordered();
  const locks = Array.from({ length: 8 }, newUid);
  const statuses = await Promise.all(
    locks.map(
      async (lock) => (await ask('performer', 'PUT', `${path}/state`, [to('IN PROGRESS', lock)])).status,
    ),
  );
  expect(statuses.toSorted()).toEqual([200, ...Array(7).fill(400)]);
  const holder = locks[statuses.indexOf(200)]!;
  for (const lock of locks)
    expect((await ask('performer', 'POST', `${path}?${lock}`, [progress(1)])).status).toBe(
      lock === holder ? 200 : 400,
    );
});

test('a performer with a lock that was kept finishes after a restart, and the subscription is still there', async () => {
  const { uid, path } = await ordered();
  await ask('performer', 'PUT', `${path}/state`, [to('IN PROGRESS')]);
  expect(
    (await ask('watcher', 'POST', `/workitems/${FILTERED}/subscribers/KEPT?ProcedureStepState=IN+PROGRESS`))
      .status,
  ).toBe(201);
  const before = await channel('watcher', 'KEPT');
  await server.stop();
  // Going away.
  expect(await before.closed).toBe(1001);
  server = await launch(engine.start(SETTINGS));
  ready = server.ready;
  administrator = await signIn(ready);
  const after = await channel('watcher', 'KEPT');
  // SCP Status Change: restarted, nothing forgotten.
  await expect
    .poll(() => after.said[0], POLL)
    .toMatchObject({
      '00001002': { Value: [4] },
      '00741242': { Value: ['RESTARTED'] },
      '00741244': { Value: ['WARM START'] },
      '00741246': { Value: ['WARM START'] },
    });
  await ask('performer', 'POST', `${path}?${LOCK}`, [performed]);
  expect((await ask('performer', 'PUT', `${path}/state`, [to('COMPLETED')])).status).toBe(200);
  await expect.poll(() => short(after.said, uid), POLL).toEqual([[1, 'COMPLETED']]);
  const unsubscribe = () => ask('watcher', 'DELETE', `/workitems/${FILTERED}/subscribers/KEPT`);
  expect([(await unsubscribe()).status, (await unsubscribe()).status]).toEqual([200, 404]);
  after.end();
  await after.closed;
});

test('a token that is revoked closes its channel', async () => {
  const cookie = administrator;
  const made = await fetch(`${ready.origin}/api/access/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: ready.origin, cookie },
    body: JSON.stringify({ name: 'short', scopes: ['read'] }),
  });
  const { token: secret, tokenId } = (await made.json()) as { token: string; tokenId: string };
  token.reader = secret;
  const listening = await channel('reader', 'LEAVER');
  const revoked = await fetch(`${ready.origin}/api/access/tokens/${tokenId}`, {
    method: 'DELETE',
    headers: { origin: ready.origin, cookie },
  });
  expect(revoked.ok).toBe(true);
  expect(await listening.closed).toBe(1008);
});

/** Somebody with a role over a project of their own. */
async function stranger(cookie: string): Promise<string> {
  const post = async (path: string, json?: unknown) => {
    const answer = await fetch(`${ready.origin}/api/access${path}`, {
      method: 'POST',
      headers: {
        origin: ready.origin,
        cookie,
        ...(json !== undefined && { 'content-type': 'application/json' }),
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    });
    expect(answer.ok, path).toBe(true);
    return (await answer.json()) as { accountId: string; link: string };
  };
  await post('/projects', { projectId: 'elsewhere', title: 'elsewhere' });
  const { accountId } = await post('/accounts', {
    login: 'stranger',
    displayName: 'stranger',
    grants: { projects: [{ role: 'radiologist', projectId: 'elsewhere' }], patients: [] },
  });
  const { link } = await post(`/accounts/${accountId}/sign-in-link`);
  const own = await signIn({ origin: ready.origin, signInLink: `#link=${link}` });
  return makeToken(ready.origin, own, ['search', 'read', 'request-reading', 'perform-reading']);
}

test('to somebody else a work item is as if it were not there, on every route, and no event tells of it', async () => {
  token.reader = await stranger(administrator);
  const listening = await channel('reader', 'STRANGER');
  expect((await ask('reader', 'POST', `/workitems/${ALL}/subscribers/STRANGER`)).status).toBe(201);
  const { uid, study, path } = await ordered();
  const api = (await (
    await fetch(`${ready.origin}/api/openapi.json`, { headers: { cookie: administrator } })
  ).json()) as { paths: Record<string, Record<string, unknown>> };
  const routes = Object.entries(api.paths).flatMap(([at, methods]) =>
    at.includes('{workitem}')
      ? Object.keys(methods).map((method) => [method.toUpperCase(), at] as const)
      : [],
  );
  expect(routes.length).toBeGreaterThan(6);
  const wrong = [];
  for (const [method, at] of routes) {
    const json = method === 'GET' || method === 'DELETE' ? undefined : [to('IN PROGRESS')];
    const of = (item: string) =>
      at.replace('/dicom-web', '').replace('{workitem}', item).replace('{aetitle}', 'STRANGER');
    const [theirs, never] = [
      await ask('reader', method, of(uid), json),
      await ask('reader', method, of(newUid()), json),
    ];
    // Of a single work item nothing can be suspended, whosever it is.
    const status = at.endsWith('/suspend') ? 400 : 404;
    if (theirs.status !== status || never.status !== status || theirs.text !== never.text)
      wrong.push(`${method} ${at}: ${theirs.status}, ${never.status} for what never was`);
  }
  expect(wrong).toEqual([]);
  expect((await ask('reader', 'GET', `/workitems?StudyInstanceUID=${study}`)).status).toBe(204);
  expect((await ask('reader', 'POST', '/workitems', [order(study)])).status).toBe(404);
  expect(await stateOf(path)).toBe('SCHEDULED');
  await ask('performer', 'PUT', `${path}/state`, [to('IN PROGRESS')]);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(short(listening.said, uid)).toEqual([]);
  listening.end();
  await listening.closed;
});

describe('refused', () => {
  test('an order that cannot be carried out, each with its status', async () => {
    const study = await stored();
    const post = async (json: unknown, who: Who = 'orderer', query = '') =>
      (await ask(who, 'POST', `/workitems${query}`, json)).status;
    expect(await post([order(study, { '00404018': code('110004', 'DCM') })])).toBe(403);
    expect(await post([order(study, { '00741000': { vr: 'CS', Value: ['COMPLETED'] } })])).toBe(400);
    expect(await post([order(study, { '00404021': { vr: 'SQ' } })])).toBe(400);
    expect(await post([order('1.2.3')])).toBe(404);
    expect(await post([order(study)], 'performer')).toBe(403);
    expect(await post([order(study, { '00100020': { vr: 'LO', Value: ['SOMEBODY-ELSE'] } })])).toBe(409);
    const uid = newUid();
    expect(await post([order(study)], 'orderer', `?${uid}`)).toBe(201);
    expect(await post([order(study)])).toBe(409);
    expect(await post([order(await stored())], 'orderer', `?${uid}`)).toBe(409);
  });

  test('those who only order do not perform; those who only watch do neither', async () => {
    const { path } = await ordered();
    for (const who of ['orderer', 'watcher'] as const)
      expect((await ask(who, 'PUT', `${path}/state`, [to('IN PROGRESS')])).status, who).toBe(404);
    expect((await ask('watcher', 'POST', `${path}/cancelrequest`)).status).toBe(404);
    expect((await ask('performer', 'POST', `${path}/cancelrequest`)).status).toBe(404);
    expect(await stateOf(path)).toBe('SCHEDULED');
  });

  test('the log names no patient, no UID and no lock', () => {
    expect(server.log()).not.toMatch(/P-\d{6}|2\.25\.\d{10,}/);
  });
});
