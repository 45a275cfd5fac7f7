import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Identity } from '../access/index.ts';
import {
  mrFile,
  newUid,
  openTestArchive,
  partsOf,
  person,
  type TestArchive,
} from '../archive/archive.testing.ts';
import { type ConsentScope, consents, type Erasures } from '../consent/index.ts';
import { DEID_WORKER, exportStudies, previewExport } from '../exports/index.ts';
import { UntrustedPool } from '../ports/untrusted/index.ts';
import { consentRoutes } from './consent-routes.ts';
import { exportRoutes } from './export-routes.ts';
import { listenWith } from './listen.testing.ts';
import type { HttpServer } from './server.ts';

const people: Record<string, Identity> = {
  researcher: person('researcher', 'default'),
  radiologist: person('radiologist', 'default'),
  student: person('student'),
  elsewhere: person('radiologist', 'elsewhere'),
};
const now = () => new Date('2026-11-23T12:00:00Z');
const study = {
  willing: newUid(),
  unasked: newUid(),
  withdrawn: newUid(),
  teaching: newUid(),
  foreign: newUid(),
};
let archive: TestArchive;
let pool: UntrustedPool;
let server: HttpServer;

beforeAll(async () => {
  archive = await openTestArchive();
  pool = new UntrustedPool({ module: DEID_WORKER, workers: 1 });
  const { database, recordsFor } = archive;
  await database.query("insert into project (project_id, title) values ('foreign', 'F')");
  for (const [who, StudyInstanceUID] of Object.entries(study)) {
    const file = mrFile({ StudyInstanceUID, PatientID: who, PatientName: `CANARY^${who}` });
    await recordsFor(person('technician', who === 'foreign' ? 'foreign' : 'default')).store(partsOf([file]));
  }
  const consent = consents({ database, now });
  const say = (who: string, state: 'given' | 'withdrawn', scopes: ConsentScope[] = []) =>
    consent.record(person('administrator'), `|${who}`, { state, scopes, formVersion: '1' });
  await say('willing', 'given', ['research']);
  await say('withdrawn', 'given', ['research']);
  await say('withdrawn', 'withdrawn');
  await say('teaching', 'given', ['teaching']);
  await say('foreign', 'given', ['research']);
  const ports = { database, recordsFor, consents: consent, pool, key: new Uint8Array(32), version: '0', now };
  const routes = [
    ...exportRoutes({
      open: (identity, request) => exportStudies(identity, request, ports),
      preview: (identity, request) => previewExport(identity, request, ports),
    }),
    ...consentRoutes({ consents: consent, erasures: {} as Erasures }),
  ];
  server = await listenWith(routes, people);
}, 60_000);
afterAll(async () => {
  await server?.close();
  await pool?.close();
  await archive?.close();
});

const ask = (method: string, path: string, who: string, body?: object) =>
  fetch(`${server.origin}${path}`, {
    method,
    headers: { authorization: `Bearer ${who}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const preview = async (who: string, studies: readonly string[], scope = 'research') => {
  const response = await ask('POST', '/api/exports/preview', who, { studies, scope });
  expect(response.status).toBe(200);
  const told = (await response.json()) as { studies: { studyUid: string; standing: string }[] };
  return told.studies;
};
const auditOf = async (studyUid: string, action: string) => {
  const rows = await archive.database.query<{ body: string }>(
    'select body from audit_event where study_uid = $1 and action = $2 order by seq',
    [studyUid, action],
  );
  return rows.map(({ body }) => JSON.parse(body));
};

describe('what an export would hold back', () => {
  test('is said study by study, with the reason, before anything leaves', async () => {
    const asked = [study.willing, study.unasked, study.withdrawn, study.teaching, study.willing];
    const standings = ['permitted', 'never-asked', 'withdrawn', 'other-use'];
    expect(await preview('researcher', asked)).toEqual(
      standings.map((standing, i) => ({ studyUid: asked[i], standing })),
    );
    expect((await preview('researcher', asked, 'teaching')).map(({ standing }) => standing)).toEqual([
      'other-use',
      'never-asked',
      'withdrawn',
      'permitted',
    ]);
    for (const uid of asked) expect(await auditOf(uid, 'export')).toEqual([]);
  });

  test('what is out of reach looks as if it were not there, and the try is noted', async () => {
    expect(await preview('researcher', [study.foreign, '1.2.3'])).toEqual([
      { studyUid: study.foreign, standing: 'absent' },
      { studyUid: '1.2.3', standing: 'absent' },
    ]);
    expect(await auditOf(study.foreign, 'refusal')).toMatchObject([{ outcome: 'refused' }]);
    expect(
      (await ask('POST', '/api/exports/preview', 'student', { studies: ['1.2'], scope: 'research' })).status,
    ).toBe(403);
  });

  test('that it was asked stands in the audit', async () => {
    await preview('researcher', [study.withdrawn]);
    expect((await auditOf(study.withdrawn, 'read')).at(-1)).toMatchObject({
      actor: people.researcher.actor,
      patientKey: '|withdrawn',
      detail: { purpose: 'consent', scope: 'research', standing: 'withdrawn' },
    });
  });

  test('says the same as the export then does', async () => {
    const studies = Object.values(study);
    const response = await ask('POST', '/api/exports', 'researcher', { studies, scope: 'research' });
    const standings = (await preview('researcher', studies)).map(({ standing }) => standing);
    const count = (...wanted: string[]) => standings.filter((standing) => wanted.includes(standing)).length;
    expect(Number(response.headers.get('x-studies'))).toBe(count('permitted'));
    expect(Number(response.headers.get('x-studies-without-consent'))).toBe(
      count('never-asked', 'withdrawn', 'other-use'),
    );
    expect(Number(response.headers.get('x-objects'))).toBe(1);
    const zip = new Uint8Array(await response.arrayBuffer());
    expect(Object.keys(unzipSync(zip))).toHaveLength(2);
    expect(Buffer.from(zip).includes('CANARY')).toBe(false);
    // About: the copies are smaller or larger by what was taken out and put in, and the report comes on top.
    const about = Number(response.headers.get('x-size-about'));
    expect(about).toBeGreaterThan(0);
    expect(about).toBeLessThan(zip.length);
  });

  test.each([
    [{ studies: [], scope: 'research' }],
    [{ studies: ['1.2'], scope: 'fun' }],
    [{ studies: ['<img>'], scope: 'research' }],
    [{ studies: Array(1001).fill('1.2'), scope: 'research' }],
    [{ studies: ['1.2'], scope: 'research', retain: [] }],
  ])('takes nothing else (%#)', async (body) => {
    expect((await ask('POST', '/api/exports/preview', 'researcher', body)).status).toBe(400);
  });
});

describe('the consent of a study', () => {
  test('names its patient as the route that records it wants them', async () => {
    const response = await ask('GET', `/api/studies/${study.teaching}/consent`, 'radiologist');
    const told = (await response.json()) as { patient: string };
    expect(told).toMatchObject({
      projectId: 'default',
      current: [{ state: 'given', scopes: ['teaching'] }],
      history: [{}],
    });
    const given = { state: 'given', scopes: ['teaching', 'research'], formVersion: '2' };
    expect((await ask('PUT', `/api/patients/${told.patient}/consent`, 'radiologist', given)).status).toBe(
      200,
    );
    expect(await preview('researcher', [study.teaching])).toEqual([
      { studyUid: study.teaching, standing: 'permitted' },
    ]);
  });

  test('of one out of reach is not there, and neither is it for who may not see consent', async () => {
    for (const [uid, who] of [
      [study.foreign, 'radiologist'],
      [study.willing, 'elsewhere'],
      [study.willing, 'researcher'],
      ['1.2.3', 'radiologist'],
    ])
      expect((await ask('GET', `/api/studies/${uid}/consent`, who as string)).status).toBe(404);
    expect((await auditOf(study.foreign, 'refusal')).at(-1)).toMatchObject({ detail: { deed: 'consent' } });
  });
});
