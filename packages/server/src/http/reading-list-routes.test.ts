import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Identity } from '../access/index.ts';
import { newUid, person } from '../archive/archive.testing.ts';
import { openTestPglite } from '../ports/database/embedded.testing.ts';
import type { Database } from '../ports/database/index.ts';
import { readingListFor } from '../reading-list/index.ts';
import { addReading, addStudy } from '../reading-list/reading-list.testing.ts';
import { withAccount } from '../readings/worklist.testing.ts';
import { migrate } from '../schema/index.ts';
import { listenWith } from './listen.testing.ts';
import { isoDate, isoTime, Page, Summary } from './reading-list-replies.ts';
import { readingListRoutes } from './reading-list-routes.ts';
import type { HttpServer } from './server.ts';

let database: Database;
let http: HttpServer;
let anna: Identity & { readonly accountId: string };
const failures: string[] = [];
const study = { read: newUid(), bare: newUid(), prior: newUid() };

beforeAll(async () => {
  database = await openTestPglite();
  await migrate(database);
  anna = await withAccount(database, 'radiologist', 'default');
  await database.query(`insert into role_grant values ($1, 'radiologist', 'default')`, [anna.accountId]);
  const patientId = 'P-1';
  await addStudy(database, {
    studyUid: study.read,
    patientId,
    name: 'Doe^Jane',
    date: '20250304',
    time: '101500.25',
    accession: 'A1',
  });
  await addReading(database, study.read, { rank: 1 });
  await addStudy(database, { studyUid: study.prior, patientId, name: 'Doe^Jane', date: '20240304' });
  await addStudy(database, { studyUid: study.bare, date: 'yesterday', modalities: [] });
  const WHO: Record<string, Identity> = {
    anna,
    student: person('student', 'default'),
    stranger: person('radiologist', 'elsewhere'),
    nobody: { ...person('student'), projects: [] },
  };
  http = await listenWith(
    readingListRoutes({ listFor: (who) => readingListFor(who, { database, now: () => new Date() }) }),
    WHO,
    { log: ({ event, code }) => event === 'http.error' && failures.push(`${code}`) },
  );
}, 60_000);
afterAll(async () => {
  await http.close();
  await database.close();
  expect(failures).toEqual([]);
});

const ask = async (who: string, method: string, path: string, body?: unknown) => {
  const answer = await fetch(`${http.origin}${path}`, {
    method,
    headers: {
      ...(who !== '' && { authorization: who }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at by their fields
  return { status: answer.status, body: (await answer.json().catch(() => undefined)) as any };
};

test('the list says what the contract says', async () => {
  const { status, body } = await ask('anna', 'GET', '/api/worklist?sort=-date&limit=1');
  expect(status).toBe(200);
  expect(Page.parse(body)).toEqual(body);
  expect(body).toMatchObject({ total: 3, nextCursor: expect.any(String) });
  const bare = body.rows[0];
  expect(bare).toMatchObject({
    studyInstanceUid: study.bare,
    patientName: null,
    patientId: null,
    studyDate: null,
    studyTime: null,
    modalities: [],
    status: 'received',
    urgency: { rank: 0, reasons: [] },
    priorCount: 0,
  });
  const next = await ask('anna', 'GET', `/api/worklist?sort=-date&limit=1&cursor=${body.nextCursor}`);
  expect(Page.parse(next.body).total).toBeUndefined();
  expect(next.body.rows).toEqual([
    {
      studyInstanceUid: study.read,
      patientName: 'Doe^Jane',
      patientId: 'P-1',
      birthDate: null,
      sex: null,
      studyDate: '2025-03-04',
      studyTime: '10:15:00',
      description: null,
      accessionNumber: 'A1',
      modalities: ['MR'],
      seriesCount: 0,
      instanceCount: 0,
      receivedAt: '2026-01-02T03:04:05.000Z',
      status: 'to-review',
      readingId: expect.any(String),
      urgency: { rank: 1, reasons: [{ code: 'herniation', level: 'L4/L5' }] },
      priorCount: 1,
    },
  ]);
});

test.each([
  ['status=to-review', 1],
  ['status=received,to-review', 3],
  ['urgency=1', 1],
  ['urgency=0', 3],
  ['urgency=2', 0],
  ['text=jane', 2],
  ['text=', 3],
  ['from=2025-01-01&to=2025-12-31', 1],
  ['to=2025-12-31', 2],
  ['modality=MR', 2],
  ['assigned=none', 3],
  ['assigned=me', 0],
])('%s finds %i', async (query, count) => {
  const { status, body } = await ask('anna', 'GET', `/api/worklist?${query}`);
  expect([status, body.rows?.length, body.total]).toEqual([200, count, count]);
});

test.each([
  'sort=size',
  'status=done',
  'status=received,',
  'urgency=4',
  'limit=0',
  'limit=201',
  'cursor=x',
  'from=2025-13-01',
  'assigned=somebody',
  'modality=mr%27',
  'offset=5',
  `text=${'x'.repeat(65)}`,
  'text=%00',
])('%s is refused', async (query) => {
  expect((await ask('anna', 'GET', `/api/worklist?${query}`)).status).toBe(400);
});

test('counts', async () => {
  const { body } = await ask('anna', 'GET', '/api/worklist/counts');
  expect(body).toEqual({
    byStatus: { received: 2, reading: 0, 'to-review': 1, 'in-review': 0, signed: 0, 'not-readable': 0 },
  });
});

test('one study with its priors', async () => {
  const { body } = await ask('student', 'GET', `/api/studies/${study.read}/summary`);
  expect(Summary.parse(body)).toEqual(body);
  expect(body.priors).toEqual([
    { studyInstanceUid: study.prior, studyDate: '2024-03-04', description: null, status: 'received' },
  ]);
});

describe('whose turn it is', () => {
  const path = `/api/studies/${study.read}/assignment`;

  test('is said by those who review', async () => {
    expect(await ask('anna', 'GET', '/api/reviewers')).toEqual({
      status: 200,
      body: [{ accountId: anna.accountId, displayName: expect.any(String) }],
    });
    expect((await ask('anna', 'PUT', path, { accountId: anna.accountId })).status).toBe(204);
    const mine = await ask('anna', 'GET', '/api/worklist?assigned=me');
    expect(mine.body.rows.map((row: { studyInstanceUid: string }) => row.studyInstanceUid)).toEqual([
      study.read,
    ]);
    expect((await ask('student', 'GET', '/api/worklist?assigned=me')).body.rows).toEqual([]);
    const wrong = await ask('anna', 'PUT', path, { accountId: '00000000-0000-4000-8000-000000000000' });
    expect([wrong.status, wrong.body.error.code]).toEqual([422, 'NOT_A_REVIEWER']);
    expect((await ask('anna', 'PUT', path, { accountId: 'anna' })).status).toBe(400);
    expect((await ask('anna', 'PUT', path, { accountId: null })).status).toBe(204);
  });

  test('is nobody else’s to say', async () => {
    for (const who of ['student', 'stranger', 'nobody'])
      expect((await ask(who, 'PUT', path, { accountId: null })).status, who).toBe(404);
    expect((await ask('student', 'GET', '/api/reviewers')).status).toBe(403);
  });
});

test('without a session nothing, and to strangers as if there were nothing', async () => {
  for (const path of ['/api/worklist', '/api/worklist/counts', '/api/worklist/views', '/api/reviewers'])
    expect((await ask('', 'GET', path)).status).toBe(401);
  const { body } = await ask('stranger', 'GET', '/api/worklist');
  expect(body).toEqual({ total: 0, rows: [] });
  for (const uid of [study.read, '1.2.3'])
    expect((await ask('stranger', 'GET', `/api/studies/${uid}/summary`)).status).toBe(404);
  expect((await ask('nobody', 'GET', '/api/worklist')).status).toBe(403);
});

test('views are kept without what was searched for', async () => {
  const query = 'status=to-review&text=Doe&sort=-date';
  expect((await ask('anna', 'GET', '/api/worklist/views')).body).toEqual({ views: [] });
  const kept = { views: [{ name: 'Mine', query: 'status=to-review&sort=-date' }] };
  const put = await ask('anna', 'PUT', '/api/worklist/views', { views: [{ name: ' Mine ', query }] });
  expect(put).toEqual({ status: 200, body: kept });
  expect((await ask('anna', 'GET', '/api/worklist/views')).body).toEqual(kept);
  for (const views of [
    Array.from({ length: 31 }, () => ({ name: 'x', query: '' })),
    [{ name: '', query: '' }],
    [{ name: 'x'.repeat(61), query: '' }],
    [{ name: 'x', query: 'x'.repeat(1001) }],
    [{ name: 'x', query: '', more: 1 }],
  ])
    expect((await ask('anna', 'PUT', '/api/worklist/views', { views })).status).toBe(400);
  expect((await ask('student', 'PUT', '/api/worklist/views', { views: [] })).status).toBe(403);
});

test.each([
  ['20250304', '2025-03-04'],
  ['2025.03.04', '2025-03-04'],
  ['2025', null],
  ['', null],
  [undefined, null],
])('the date %j is %j', (given, iso) => expect(isoDate(given)).toBe(iso));

test.each([
  ['101530.5', '10:15:30'],
  ['1015', '10:15:00'],
  ['10', '10:00:00'],
  ['10:15:30', '10:15:30'],
  ['noon', null],
])('the time %j is %j', (given, iso) => expect(isoTime(given)).toBe(iso));

test('hostile searches and cursors are refused or find nothing, and break nothing', async () => {
  const status = async (query: string) => (await ask('anna', 'GET', `/api/worklist?${query}`)).status;
  const cursor = (...values: string[]) =>
    `cursor=${Buffer.from(JSON.stringify(values)).toString('base64url')}`;
  expect(await status('text=a%00b')).toBe(400);
  for (const text of ['%25', '%5C', '***', '%E2%80%AEeod', '%FF', "'", '^^^'])
    expect([text, await status(`text=${text}`)]).toEqual([text, 200]);
  for (const at of [
    '2026-02-30T00:00:00.000000Z',
    '0000-01-01T00:00:00.000000Z',
    '2026-01-01T24:00:00.000000Z',
  ])
    expect([at, await status(`sort=received&${cursor('received', at, '1.2')}`)]).toEqual([at, 400]);
  expect(await status(`sort=received&${cursor('received', '2026-02-28T23:59:59.000001Z', '1.2')}`)).toBe(200);
  const views = [{ name: 'a\u0000\ud800', query: 'status=signed' }];
  expect((await ask('anna', 'PUT', '/api/worklist/views', { views })).status).toBe(200);
  expect((await ask('anna', 'GET', '/api/worklist/views')).body).toEqual({ views });
});
