import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Identity, Role } from '../access/index.ts';
import { appendAudit, auditLog } from '../audit/index.ts';
import { openTestPglite } from '../ports/database/embedded.testing.ts';
import type { Database } from '../ports/database/index.ts';
import { migrate } from '../schema/index.ts';
import { auditRoutes } from './audit-routes.ts';
import { listenWith } from './listen.testing.ts';
import type { HttpServer } from './server.ts';

const people: Record<string, Identity> = Object.fromEntries(
  (
    [
      ['auditor', 'administrator', '*'],
      ['of-one-project', 'administrator', 'p'],
      ['radiologist', 'radiologist', '*'],
    ] satisfies [string, Role, string][]
  ).map(([name, role, projectId]) => [
    name,
    {
      kind: 'person',
      actor: `account:${name}`,
      projects: [{ role, projectId }],
      patients: [],
      brokenGlass: [],
      storesInto: 'p',
    },
  ]),
);
let database: Database;
let server: HttpServer;

beforeAll(async () => {
  database = await openTestPglite();
  await migrate(database);
  const now = () => new Date('2026-03-01T08:00:00Z');
  for (let i = 1; i <= 3; i += 1)
    await appendAudit(database, now(), {
      action: 'read',
      outcome: 'success',
      actor: 'account:reader',
      address: '10.0.0.7',
      studyUid: `1.2.840.${i}`,
      patientKey: `|CANARY-${i}`,
    });
  server = await listenWith(
    auditRoutes({
      log: auditLog({ database, now }),
      name: 'spine.example.org',
      keyedHash: (text) => `K${Buffer.from(text).toString('hex')}`,
    }),
    people,
    { now },
  );
}, 60_000);
afterAll(async () => {
  await server?.close();
  await database?.close();
});

const ask = (path: string, who = 'auditor') =>
  fetch(`${server.origin}${path}`, { headers: { authorization: `Bearer ${who}` } });
interface Answer {
  readonly records: readonly { readonly action: string; readonly studyUid?: string }[];
  readonly next?: number;
  readonly seq: number;
  readonly hash: string;
}
const json = async (path: string) => (await (await ask(path)).json()) as Answer;

test('only who may read all of the audit', async () => {
  for (const path of ['', '/verify', '/anchor', '/export'])
    for (const who of ['radiologist', 'of-one-project', 'nobody'])
      expect([path, who, (await ask(`/api/audit${path}`, who)).status]).toEqual([
        path,
        who,
        who === 'nobody' ? 401 : 403,
      ]);
  const { records } = await json('/api/audit?actor=account:of-one-project');
  expect(records).toHaveLength(4);
  expect(records[0]).toMatchObject({ action: 'refusal', outcome: 'refused' });
});

test('search, narrowed and paged', async () => {
  const first = await json('/api/audit?action=read&limit=2');
  expect(first.records.map((r) => r.studyUid)).toEqual(['1.2.840.3', '1.2.840.2']);
  const second = await json(`/api/audit?action=read&limit=2&before=${first.next}`);
  expect(second.records.map((r) => r.studyUid)).toEqual(['1.2.840.1']);
  expect(second.next).toBeUndefined();
  const key = encodeURIComponent('|CANARY-2');
  expect((await json(`/api/audit?patient=${key}&action=read`)).records).toHaveLength(1);
  expect((await json('/api/audit?to=2026-03-01T08:00:00Z')).records).toEqual([]);
});

test.each([
  '?limit=0x10',
  '?limit=1001',
  '?limit=-1',
  '?before=9007199254740993000',
  '?action=everything',
  '?from=yesterday',
  '?unknown=1',
  '?actor=a&actor=b',
  '/export?format=csv',
  '/verify?seq=1',
  '/verify?seq=1&hash=xyz',
])('%s is refused', async (query) => {
  expect((await ask(`/api/audit${query}`)).status).toBe(400);
});

test('verify, also against an anchor', async () => {
  const anchor = await json('/api/audit/anchor');
  expect(await json('/api/audit/verify')).toMatchObject({ whole: true });
  expect(await json(`/api/audit/verify?seq=${anchor.seq}&hash=${anchor.hash}`)).toMatchObject({
    whole: true,
  });
  expect(await json(`/api/audit/verify?seq=${anchor.seq}&hash=${'0'.repeat(64)}`)).toMatchObject({
    whole: false,
    break: { seq: anchor.seq, kind: 'anchor' },
  });
});

test('export as the chain, as FHIR, and without patients', async () => {
  const chain = await ask('/api/audit/export?action=read');
  expect(chain.headers.get('content-type')).toBe('application/x-ndjson');
  const lines = (await chain.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ record }) => record.patientKey)).toEqual(['|CANARY-1', '|CANARY-2', '|CANARY-3']);
  const fhir = await ask('/api/audit/export?format=fhir&action=read');
  expect(fhir.headers.get('content-type')).toBe('application/fhir+ndjson');
  const events = (await fhir.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.map(({ resourceType, id }) => [resourceType, id])).toEqual(
    lines.map(({ record }) => ['AuditEvent', `audit-${record.seq}`]),
  );
  expect(events[0].agent[1].network.address).toBe(server.origin);
  for (const format of ['fhir', 'ndjson']) {
    const text = await (await ask(`/api/audit/export?format=${format}&action=read&pseudonyms=true`)).text();
    expect(text.trimEnd().split('\n')).toHaveLength(3);
    expect(text).not.toMatch(/CANARY|1\.2\.840/);
  }
});
