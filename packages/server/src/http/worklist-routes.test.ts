/** The worklist over HTTP: statuses and warnings of PS3.18 chapter 11, and the channel of event reports. */
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import type { JsonDataSet } from '@promontory/core/dicom';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Identity } from '../access/index.ts';
import { newUid, person } from '../archive/archive.testing.ts';
import { ALL_STEPS, FILTERED_STEPS, type ReadingsRoom } from '../readings/index.ts';
import { openTestServer, smallStudy, type TestServer } from '../readings/readings.testing.ts';
import {
  cancelledJson,
  orderJson,
  performedJson,
  progressJson,
  withAccount,
} from '../readings/worklist.testing.ts';
import { listenWith } from './listen.testing.ts';
import type { HttpServer } from './server.ts';
import { subscriptionRoutes } from './subscription-routes.ts';
import { workitemRoutes } from './workitem-routes.ts';

const LOCK = '2.25.111';
let WHO: Record<string, Identity | undefined>;
const changed = new Set<() => void>();
let archive: TestServer;
let room: ReadingsRoom;
let http: HttpServer;
beforeAll(async () => {
  archive = await openTestServer('PGlite');
  room = await archive.open();
  const anna = await withAccount(archive.database, 'radiologist', 'default');
  const program = (who: Identity): Identity => ({ ...who, kind: 'token' });
  WHO = {
    radiologist: program(anna),
    person: anna,
    technician: program(person('technician', 'default')),
    student: program(await withAccount(archive.database, 'student', 'default')),
    stranger: program(await withAccount(archive.database, 'radiologist', 'elsewhere')),
  };
  http = await listenWith(
    [...workitemRoutes(room), ...subscriptionRoutes(room)],
    {},
    {
      identify: async ({ authorization, cookie }) => WHO[authorization ?? cookie ?? ''],
      accessChanged: (tell) => {
        changed.add(tell);
        return () => void changed.delete(tell);
      },
      crossSite: ({ origin }, own) => origin !== own,
      log: ({ event, code }) => event === 'http.error' && archive.events.push(`${event} ${code}`),
    },
  );
}, 60_000);
afterAll(async () => {
  await http.close();
  await archive.close();
  expect(archive.events.filter((event) => event.startsWith('http.error'))).toEqual([]);
}, 60_000);

async function ask(
  who: string,
  method: string,
  path: string,
  json?: unknown,
  type = 'application/dicom+json',
) {
  const answer = await fetch(`${http.origin}/dicom-web${path}`, {
    method,
    headers: { authorization: who, ...(json !== undefined && { 'content-type': type }) },
    ...(json !== undefined && { body: typeof json === 'string' ? json : JSON.stringify(json) }),
  });
  const text = await answer.text();
  const { headers, status } = answer;
  return { status, headers, text, warning: headers.get('warning')?.replace(/^299 promontory: /, '') };
}
const codeOf = (text: string) => (JSON.parse(text) as { error: { code: string } }).error.code;

async function held(): Promise<string> {
  const { studyUid, files } = smallStudy(1);
  await archive.store(files);
  return studyUid;
}
async function ordered(): Promise<{ study: string; path: string; uid: string }> {
  const study = await held();
  const uid = newUid();
  expect((await ask('technician', 'POST', `/workitems?${uid}`, [orderJson(study)])).status).toBe(201);
  return { study, uid, path: `/workitems/${uid}` };
}
const state = (word: string, lock?: string) => [
  {
    '00741000': { vr: 'CS', Value: [word] },
    ...(lock !== undefined && { '00081195': { vr: 'UI', Value: [lock] } }),
  },
];
const shown = async (path: string) => JSON.parse((await ask('student', 'GET', path)).text)[0] as JsonDataSet;

describe('create', () => {
  test('the UID stands in the query, in the data set, or is ours; the answer says where the work item is', async () => {
    const [one, two, three] = [newUid(), newUid(), newUid()];
    const studies = [await held(), await held(), await held(), await held()];
    const asked = [
      await ask('technician', 'POST', `/workitems?${one}`, [orderJson(studies[0]!)]),
      await ask('technician', 'POST', `/workitems?workitem=${two}`, orderJson(studies[1]!)),
      await ask('technician', 'POST', '/workitems', [
        orderJson(studies[2]!, { '00080018': { vr: 'UI', Value: [three] } }),
      ]),
      await ask('technician', 'POST', '/workitems', [orderJson(studies[3]!)]),
    ];
    expect(asked.map(({ status, text, warning }) => [status, text, warning])).toEqual(
      Array(4).fill([201, '', undefined]),
    );
    const at = asked.map(({ headers }) => headers.get('location')?.split('/dicom-web')[1] ?? '');
    expect(at.slice(0, 3)).toEqual([one, two, three].map((uid) => `/workitems/${uid}`));
    for (const [i, path] of at.entries()) {
      const step = await shown(path);
      expect(step['00741000']?.Value).toEqual(['SCHEDULED']);
      expect(JSON.stringify(step['00404021'])).toContain(`${http.origin}/dicom-web/studies/${studies[i]}`);
    }
  });

  test('what is filled in or left out is said', async () => {
    const { '00741200': _, ...order } = orderJson(await held());
    const { status, warning } = await ask('technician', 'POST', '/workitems', [order]);
    expect([status, warning]).toEqual([201, 'The Workitem was created with modifications.']);
  });

  test('the refusals', async () => {
    const study = await held();
    const post = async (json: unknown, who = 'technician', query = '', type?: string) => {
      const { status, text } = await ask(who, 'POST', `/workitems${query}`, json, type);
      return [status, status === 201 ? '' : codeOf(text)];
    };
    expect(await post('{', 'technician')).toEqual([400, 'INVALID_JSON']);
    expect(await post([])).toEqual([400, 'INVALID']);
    expect(await post([{}, {}])).toEqual([400, 'INVALID']);
    expect(await post([orderJson(study)], 'technician', '?workitem=1.2..3')).toEqual([400, 'INVALID']);
    expect(await post([orderJson(study)])).toEqual([201, '']);
    expect(await post([orderJson(study)])).toEqual([409, 'UNDER_WAY']);
    expect(await post([orderJson('1.2.3')])).toEqual([404, 'NOT_FOUND']);
    expect(await post([orderJson(await held())], 'stranger')).toEqual([404, 'NOT_FOUND']);
    expect(await post([orderJson(await held())], 'student')).toEqual([403, 'FORBIDDEN']);
    expect(await post([orderJson(await held())], '')).toEqual([401, 'NOT_SIGNED_IN']);
    const other = JSON.parse(JSON.stringify(orderJson(await held())).replace('LUMBAR-READING', '110004'));
    expect(await post([other])).toEqual([403, 'NOT_PERFORMED']);
    expect(await post('<a/>', 'technician', '', 'application/dicom+xml')).toEqual([
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ]);
    expect(await post(`[${' '.repeat(2 ** 18)}]`)).toEqual([413, 'TOO_LARGE']);
    const { uid } = await ordered();
    expect(await post([orderJson(await held())], 'technician', `?${uid}`)).toEqual([409, 'DUPLICATE']);
  });

  test('beside one that waits: the answer names that one', async () => {
    const { study, path } = await ordered();
    const { status, headers } = await ask('technician', 'POST', '/workitems', [orderJson(study)]);
    expect([status, headers.get('content-location')]).toEqual([409, `/dicom-web${path}`]);
  });
});

describe('claim, update, end', () => {
  test('each refusal has the status and the warning of the standard', async () => {
    const { path } = await ordered();
    const put = async (json: unknown) => {
      const { status, warning } = await ask('radiologist', 'PUT', `${path}/state`, json);
      return [status, warning];
    };
    const post = async (query: string, json: unknown) => {
      const { status, warning } = await ask('radiologist', 'POST', `${path}${query}`, json);
      return [status, warning];
    };
    const inconsistent = 'The submitted request is inconsistent with the state of the UPS Instance.';
    expect(await put(state('IN PROGRESS'))).toEqual([400, 'The Transaction UID is missing.']);
    expect(await put(state('SCHEDULED', LOCK))).toEqual([409, inconsistent]);
    expect(await put(state('COMPLETED', LOCK))).toEqual([409, inconsistent]);
    expect(await put(state('CANCELLED', LOCK))).toEqual([400, undefined]);
    expect(await post(`?${LOCK}`, [{}])).toEqual([
      409,
      'The submitted request is inconsistent with the current state of the Workitem.',
    ]);
    expect(await put(state('IN PROGRESS', LOCK))).toEqual([200, undefined]);
    expect(await put(state('IN PROGRESS', LOCK))).toEqual([409, inconsistent]);
    expect(await put(state('IN PROGRESS', '2.25.9'))).toEqual([400, 'The Transaction UID is incorrect.']);
    const unclaimed = [400, 'The target URI did not reference a claimed Workitem.'];
    expect(await post('', [progressJson(1, 'x')])).toEqual(unclaimed);
    expect(await post('?2.25.9', [progressJson(1, 'x')])).toEqual(unclaimed);
    expect(await put(state('COMPLETED', LOCK))).toEqual([409, inconsistent]);
    expect(await post(`?${LOCK}`, [progressJson(10, 'x')])).toEqual([200, undefined]);
    expect(await post(`?transaction-uid=${LOCK}`, [progressJson(20, 'x')])).toEqual([200, undefined]);
    const body = { ...performedJson(), '00081195': { vr: 'UI', Value: [LOCK] } };
    expect(await post('', [{ ...body, '00100030': { vr: 'DA', Value: ['19700101'] } }])).toEqual([
      200,
      'Requested optional Attributes are not supported.',
    ]);
    expect(await post('?2.25.9', [body])).toEqual([400, undefined]);
    expect(JSON.stringify(await shown(path))).not.toContain(LOCK);
    expect(await put(state('COMPLETED', LOCK))).toEqual([200, undefined]);
    expect(await put(state('COMPLETED', LOCK))).toEqual([
      200,
      'The UPS is already in the requested state of COMPLETED.',
    ]);
    expect(await put(state('CANCELED', LOCK))).toEqual([409, inconsistent]);
    expect((await post(`?${LOCK}`, [performedJson()]))[0]).toBe(400);
    expect((await shown(path))['00741000']?.Value).toEqual(['COMPLETED']);
  });

  test('who may not sees nothing: the same answer as for what is not there', async () => {
    const { path } = await ordered();
    for (const who of ['technician', 'student', 'stranger'])
      for (const [method, at, json] of [
        ['PUT', '/state', state('IN PROGRESS', LOCK)],
        ['POST', `?${LOCK}`, [progressJson(1, 'x')]],
      ] as const) {
        const refused = await ask(who, method, path + at, json);
        const absent = await ask(who, method, `/workitems/2.25.5${at}`, json);
        expect([refused.status, refused.text], `${who} ${method}`).toEqual([404, absent.text]);
      }
    expect((await ask('stranger', 'POST', `${path}/cancelrequest`, [{}])).status).toBe(404);
  });

  test('a request to cancel: accepted while it waits, and said when it is too late', async () => {
    const { path } = await ordered();
    const cancel = async () => {
      const { status, warning } = await ask('technician', 'POST', `${path}/cancelrequest`);
      return [status, warning];
    };
    expect(await cancel()).toEqual([202, undefined]);
    expect(await cancel()).toEqual([409, 'The UPS is already in the requested state of CANCELED.']);
    const step = await shown(path);
    expect(step['00741000']?.Value).toEqual(['CANCELED']);
    expect(JSON.stringify(step['00741002'])).toContain('110513');
    const claimed = await ordered();
    await ask('radiologist', 'PUT', `${claimed.path}/state`, state('IN PROGRESS', LOCK));
    const refused = await ask('technician', 'POST', `${claimed.path}/cancelrequest`);
    expect([refused.status, codeOf(refused.text)]).toEqual([409, 'PERFORMER_UNREACHABLE']);
    await ask('radiologist', 'POST', `${claimed.path}?${LOCK}`, [cancelledJson()]);
    expect((await ask('radiologist', 'PUT', `${claimed.path}/state`, state('CANCELED', LOCK))).status).toBe(
      200,
    );
  });
});

describe('subscriptions', () => {
  const subscribers = (target: string, title = 'WATCH') => `/workitems/${target}/subscribers/${title}`;

  test('made, suspended and ended; a deletion lock is not granted', async () => {
    const made = await ask('student', 'POST', `${subscribers(ALL_STEPS)}?deletionlock=true`);
    expect([made.status, made.warning]).toEqual([201, 'Deletion Lock not granted.']);
    expect(made.headers.get('content-location')).toBe(
      `${http.origin.replace('http', 'ws')}/dicom-web/subscribers/WATCH`,
    );
    expect((await ask('student', 'POST', `${subscribers(ALL_STEPS)}/suspend`)).status).toBe(200);
    expect((await ask('student', 'POST', `${subscribers(ALL_STEPS)}/suspend`)).status).toBe(404);
    expect((await ask('student', 'DELETE', subscribers(ALL_STEPS))).status).toBe(200);
    expect((await ask('student', 'DELETE', subscribers(ALL_STEPS))).status).toBe(404);
    const { uid } = await ordered();
    expect((await ask('student', 'POST', subscribers(uid))).status).toBe(201);
    expect((await ask('stranger', 'POST', subscribers(uid))).status).toBe(404);
    expect((await ask('stranger', 'DELETE', subscribers(uid))).status).toBe(404);
    expect((await ask('student', 'POST', `${subscribers(uid)}/suspend`)).status).toBe(400);
    expect((await ask('student', 'DELETE', subscribers(uid))).status).toBe(200);
    expect((await ask('student', 'POST', subscribers('1.2.3'))).status).toBe(404);
    expect((await ask('technician', 'POST', subscribers(ALL_STEPS))).status).toBe(403);
  });

  test('a filter is understood whole or refused', async () => {
    const filtered = async (query: string) =>
      (await ask('student', 'POST', `${subscribers(FILTERED_STEPS)}?${query}`)).status;
    expect(await filtered('filter=ProcedureStepState%3DSCHEDULED,00741200%3DHIGH')).toBe(201);
    expect(await filtered('ScheduledProcedureStepPriority=HIGH')).toBe(201);
    expect(await filtered('filter=PatientName%3DDoe')).toBe(400);
    expect(await filtered('filter=ProcedureStepState%3DNONSENSE')).toBe(400);
    expect(await filtered('')).toBe(400);
    expect(await filtered('filter=StudyInstanceUID%3D1.2.3.4')).toBe(404);
  });
});

describe('the channel', () => {
  async function open(headers: Record<string, string>, path = '/dicom-web/subscribers/WATCH') {
    // Headers are an extension of this client's (undici).
    const socket = new WebSocket(`${http.origin.replace('http', 'ws')}${path}`, { headers } as never);
    const said: JsonDataSet[] = [];
    socket.addEventListener('message', ({ data }) => said.push(JSON.parse(data)));
    const closed = new Promise<number>((resolve) =>
      socket.addEventListener('close', ({ code }) => resolve(code)),
    );
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.addEventListener('open', () => resolve(true));
      socket.addEventListener('error', () => resolve(false));
    });
    return { socket, said, closed, isOpen };
  }
  const upgrade = (who: string, more: Record<string, string> = {}, path = '/dicom-web/subscribers/WATCH') =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(http.port, '127.0.0.1');
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk;
      });
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
      const headers = {
        host: 'localhost',
        upgrade: 'websocket',
        connection: 'Upgrade',
        'sec-websocket-version': '13',
        'sec-websocket-key': Buffer.alloc(16).toString('base64'),
        ...(who !== '' && { authorization: who }),
        ...more,
      };
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
    });

  test('event reports come over it, from subscription to end', async () => {
    const { socket, said, closed, isOpen } = await open({ authorization: 'radiologist' });
    expect(isOpen).toBe(true);
    await ask('radiologist', 'POST', `/workitems/${ALL_STEPS}/subscribers/WATCH`);
    const { uid } = await ordered();
    await expect.poll(() => said.length, { timeout: 10_000 }).toBe(2);
    expect(said[1]).toMatchObject({
      '00001000': { Value: [uid] },
      '00001002': { Value: [1] },
      '00741000': { Value: ['SCHEDULED'] },
    });
    socket.close(1000);
    expect(await closed).toBe(1000);
    await expect.poll(() => changed.size).toBe(0);
  });

  test('it closes when the session or token has ended, at once where this server ended it', async () => {
    WHO.leaver = { ...WHO.radiologist!, actor: `token:${randomUUID()}` };
    const { closed } = await open({ authorization: 'leaver' });
    WHO.leaver = undefined;
    for (const tell of changed) tell();
    expect(await closed).toBe(1008);
  });

  test('a browser opens it from our own pages only', async () => {
    const own = await open({ cookie: 'person', origin: http.origin });
    expect(own.isOpen).toBe(true);
    own.socket.close();
    await own.closed;
    expect((await open({ cookie: 'person', origin: 'https://evil.example' })).isOpen).toBe(false);
    expect((await open({ cookie: 'person' })).isOpen).toBe(false);
  });

  test('what is not let in is answered over HTTP, and the connection ends', async () => {
    expect(await upgrade('')).toMatch(/^HTTP\/1\.1 401/);
    expect(await upgrade('technician')).toMatch(/^HTTP\/1\.1 403.*SUBSCRIBER_REFUSED/s);
    expect(await upgrade('radiologist', { host: 'evil.example' })).toMatch(/^HTTP\/1\.1 421/);
    expect(await upgrade('radiologist', { 'sec-websocket-version': '8' })).toMatch(
      /^HTTP\/1\.1 400.*sec-websocket-version: 13/is,
    );
    expect(await upgrade('radiologist', {}, '/dicom-web/subscribers/%5C')).toMatch(/^HTTP\/1\.1 400/);
    expect(await upgrade('radiologist', {}, '/dicom-web/workitems')).toMatch(/^HTTP\/1\.1 20[04]/);
    expect(await upgrade('radiologist', {}, '/nowhere')).toMatch(/^HTTP\/1\.1 404/);
    expect((await ask('radiologist', 'GET', '/subscribers/WATCH')).status).toBe(426);
  });

  test('an account has ten channels, not more', async () => {
    const channels = await Promise.all(Array.from({ length: 12 }, () => open({ authorization: 'student' })));
    expect(channels.filter(({ isOpen }) => isOpen)).toHaveLength(10);
    expect(await upgrade('student')).toMatch(/^HTTP\/1\.1 429/);
    for (const { socket } of channels) socket.close();
    await Promise.all(channels.map(({ closed }) => closed));
  });

  test('a request for another upgrade is answered like any, body included', async () => {
    const study = await held();
    const body = JSON.stringify([orderJson(study)]);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(http.port, '127.0.0.1');
      let said = '';
      socket.on('data', (chunk) => {
        said += chunk;
        socket.end();
      });
      socket.on('close', () => resolve(said));
      socket.write(
        'POST /dicom-web/workitems HTTP/1.1\r\nHost: localhost\r\nAuthorization: technician\r\nUpgrade: h2c\r\n' +
          `Connection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\nContent-Type: application/dicom+json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    });
    expect(answer).toMatch(/^HTTP\/1\.1 201/);
  });
});
