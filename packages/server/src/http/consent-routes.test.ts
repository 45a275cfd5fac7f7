import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Identity } from '../access/index.ts';
import {
  mrFile,
  newUid,
  openTestArchive,
  partsOf,
  person,
  type TestArchive,
} from '../archive/archive.testing.ts';
import { consents, erasures } from '../consent/index.ts';
import { clearRemovedBlobs } from '../upkeep/index.ts';
import { consentRoutes } from './consent-routes.ts';
import { listenWith } from './listen.testing.ts';
import type { HttpServer } from './server.ts';

const people: Record<string, Identity> = {
  administrator: person('administrator'),
  radiologist: person('radiologist'),
  elsewhere: person('administrator', 'elsewhere'),
  student: person('student'),
};
let archive: TestArchive;
let server: HttpServer;
let study: string;
let broken = false;
const KEY = '|P/1 ü';

beforeAll(async () => {
  archive = await openTestArchive();
  const { database, blobs } = archive;
  const now = () => new Date();
  server = await listenWith(
    consentRoutes({
      consents: consents({ database, now }),
      erasures: erasures({
        database,
        blobs,
        now,
        keyedHash: (text) => `K${text.length}`,
        newId: randomUUID,
        clearRemoved: async () => {
          if (broken) throw new Error('down');
          await clearRemovedBlobs(database, blobs, { now });
        },
      }),
    }),
    people,
  );
}, 60_000);
afterAll(async () => {
  await server?.close();
  await archive?.close();
});
beforeEach(async () => {
  broken = false;
  study = newUid();
  const file = mrFile({ StudyInstanceUID: study, PatientID: 'P/1 ü', SpecificCharacterSet: 'ISO_IR 192' });
  await archive.recordsFor(person('administrator')).store(partsOf([file]));
});

const patient = (key = KEY) => `/api/patients/${Buffer.from(key).toString('base64url')}`;
interface Answer {
  readonly current: unknown;
  readonly erasure: { readonly erasureId: string };
}
async function ask(method: string, path: string, who: string, body?: object): Promise<[number, Answer]> {
  const response = await fetch(`${server.origin}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${who}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return [response.status, (await response.json()) as Answer];
}
const given = { state: 'given', scopes: ['research'], formVersion: '2026-1' };
const reason = { reason: 'request of the person' };

test('consent is recorded and read, keys with any character in them', async () => {
  expect(await ask('PUT', `${patient()}/consent`, 'radiologist', given)).toMatchObject([200, given]);
  const [status, body] = await ask('GET', `${patient()}/consent`, 'radiologist');
  expect([status, body.current]).toMatchObject([200, [{ ...given, projectId: '*' }]]);
});

test('who is forbidden or absent answers alike, word for word', async () => {
  const absent = await ask('GET', `${patient('|nobody')}/consent`, 'radiologist');
  expect(absent[0]).toBe(404);
  const odd = ['|P/1 ü\0', '', '|p/1 ü']
    .map((key) => patient(key))
    .concat('/api/patients/%2B%2B', '/api/patients/_w');
  for (const [method, path, who, body] of [
    ['GET', `${patient()}/consent`, 'elsewhere'],
    ['GET', `${patient()}/consent`, 'student'],
    ['PUT', `${patient()}/consent`, 'elsewhere', given],
    ['POST', `${patient()}/erase`, 'elsewhere', reason],
    ['POST', `${patient()}/erase`, 'radiologist', reason],
    ['POST', `/api/studies/${study}/erase`, 'elsewhere', reason],
    ['POST', `/api/studies/${study}/erase`, 'radiologist', reason],
    ['POST', '/api/studies/1.2.3/erase', 'administrator', reason],
    ['GET', `/api/erasures/${randomUUID()}`, 'elsewhere'],
    ['GET', `/api/erasures/${randomUUID()}`, 'administrator'],
    ['GET', '/api/erasures/none', 'administrator'],
    ...odd.map((path) => ['GET', `${path}/consent`, 'administrator'] as const),
  ] as const)
    expect([method, path, who, await ask(method, path, who, body)]).toEqual([method, path, who, absent]);
});

test.each([
  { ...given, scopes: [] },
  { ...given, state: 'withdrawn' },
  { ...given, state: 'maybe' },
  { ...given, scopes: ['marketing'] },
  { ...given, formVersion: ' ' },
  { ...given, more: 1 },
])('%j is refused', async (body) => {
  expect((await ask('PUT', `${patient()}/consent`, 'radiologist', body))[0]).toBe(400);
});

test('a study, then the patient is erased; the answers are the proofs', async () => {
  const other = newUid();
  await archive
    .recordsFor(person('administrator'))
    .store(
      partsOf([mrFile({ StudyInstanceUID: other, PatientID: 'P/1 ü', SpecificCharacterSet: 'ISO_IR 192' })]),
    );
  const [first, proof] = await ask('POST', `/api/studies/${study}/erase`, 'administrator', reason);
  expect([first, proof]).toMatchObject([
    200,
    { complete: true, erasure: { target: 'study', patientGone: false } },
  ]);
  expect((await ask('POST', `/api/studies/${study}/erase`, 'administrator', reason))[0]).toBe(404);
  const [second, last] = await ask('POST', `${patient()}/erase`, 'administrator', reason);
  expect([second, last]).toMatchObject([200, { complete: true, erasure: { patientGone: true } }]);
  expect(await ask('GET', `/api/erasures/${last.erasure.erasureId}`, 'administrator')).toEqual([200, last]);
});

test('what is erased but not yet proven is accepted; a reason that names is not', async () => {
  expect((await ask('POST', `/api/studies/${study}/erase`, 'administrator', {}))[0]).toBe(400);
  const naming = await ask('POST', `/api/studies/${study}/erase`, 'administrator', {
    reason: `for ${study}`,
  });
  expect(naming).toMatchObject([400, { error: { code: 'REASON_NAMES_PATIENT' } }]);
  broken = true;
  const [status, body] = await ask('POST', `/api/studies/${study}/erase`, 'administrator', reason);
  expect([status, Object.keys(body)]).toEqual([202, ['erasureId']]);
});
