import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Identity } from '../access/index.ts';
import { person } from '../archive/archive.testing.ts';
import type { ReadingsRoom } from '../readings/index.ts';
import { openTestServer, quickRead, smallStudy, type TestServer } from '../readings/readings.testing.ts';
import { listenWith } from './listen.testing.ts';
import { readingsRoutes } from './readings-routes.ts';
import type { HttpServer } from './server.ts';
import { workitemRoutes } from './workitem-routes.ts';

const WHO: Readonly<Record<string, Identity>> = {
  administrator: person('administrator'),
  technician: person('technician', 'default'),
  student: person('student', 'default'),
  stranger: person('radiologist', 'elsewhere'),
  ofProject: person('administrator', 'default'),
};

let archive: TestServer;
let room: ReadingsRoom;
let http: HttpServer;
const refused: string[] = [];
beforeAll(async () => {
  archive = await openTestServer('PGlite');
  room = await archive.open();
  http = await listenWith([...readingsRoutes(room), ...workitemRoutes(room)], WHO, {
    refused: async ({ actor }, { path }) => void refused.push(`${actor} ${path}`),
    log: ({ event, code }) => event === 'http.error' && archive.events.push(`${event} ${code}`),
  });
}, 60_000);
afterAll(async () => {
  await http.close();
  await archive.close();
  expect(archive.events.filter((event) => event.startsWith('http.error'))).toEqual([]);
}, 60_000);

const ask = (who: string, method: string, path: string, body?: unknown, signal?: AbortSignal) =>
  fetch(`${http.origin}${path}`, {
    method,
    headers: {
      ...(who !== '' && { authorization: who }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  });
const json = async (who: string, method: string, path: string, body?: unknown) => {
  const answer = await ask(who, method, path, body);
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at by their fields
  return { status: answer.status, body: (await answer.json().catch(() => undefined)) as any };
};

const { studyUid, files } = smallStudy();
const study = `/api/studies/${studyUid}`;

describe('from the request to the report', () => {
  let job: string;

  test('a reading is asked for, by those who may', async () => {
    await archive.store(files);
    expect((await ask('', 'POST', `${study}/readings`, {})).status).toBe(401);
    for (const who of ['student', 'stranger'])
      expect((await ask(who, 'POST', `${study}/readings`, {})).status, who).toBe(404);
    const wrong = await json('technician', 'POST', `${study}/readings`, { indication: 'because' });
    expect(wrong.status).toBe(400);
    const asked = await json('technician', 'POST', `${study}/readings`, {
      indication: 'suspected-cauda-equina',
    });
    expect(asked).toMatchObject({
      status: 202,
      body: { studyUid, state: 'scheduled', priority: 40, requestedBy: 'account:technician-default' },
    });
    job = asked.body.jobId;
    expect(await json('student', 'GET', `${study}/readings`)).toMatchObject({
      status: 200,
      body: { readings: [], jobs: [{ jobId: job }] },
    });
  });

  test('as a work item: searched, retrieved', async () => {
    const search = (query: string) => ask('student', 'GET', `/dicom-web/workitems?${query}`);
    const found = await search('ProcedureStepState=SCHEDULED&00741200=HIGH');
    expect(found.headers.get('content-type')).toBe('application/dicom+json');
    const [step] = (await found.json()) as Record<string, { Value: unknown[] }>[];
    expect(step?.['00741000']?.Value).toEqual(['SCHEDULED']);
    expect(step?.['0020000D']?.Value).toEqual([studyUid]);
    const uid = step?.['00080018']?.Value[0];
    expect(uid).toMatch(/^2\.25\.\d+$/);
    const one = await json('student', 'GET', `/dicom-web/workitems/${uid}`);
    expect(one).toMatchObject({ status: 200, body: [{ '00741200': { vr: 'CS', Value: ['HIGH'] } }] });
    expect((await ask('stranger', 'GET', `/dicom-web/workitems/${uid}`)).status).toBe(404);
    expect((await search('ProcedureStepState=IN%20PROGRESS')).status).toBe(204);
    expect((await search('ProcedureStepState=NONSENSE')).status).toBe(204);
    const unknown = await search(`StudyInstanceUID=${studyUid}&PatientName=Doe`);
    expect([unknown.status, unknown.headers.get('warning')]).toEqual([200, expect.stringMatching(/^299 /)]);
    expect((await search('limit=x')).status).toBe(400);
    for (const none of ['1.2.3', '2.25.1', `2.25.${'9'.repeat(39)}`, '..%2f..%2fetc'])
      expect((await ask('student', 'GET', `/dicom-web/workitems/${none}`)).status, none).toBe(404);
    expect((await ask('student', 'POST', `/dicom-web/workitems/${uid}/cancelrequest`)).status).toBe(404);
  });

  test('its progress comes as events, to those who may see the study', async () => {
    const stop = new AbortController();
    const listen = async (who: string) => {
      const answer = await ask(who, 'GET', '/api/readings/events', undefined, stop.signal);
      expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
      let said = '';
      try {
        for await (const chunk of answer.body as ReadableStream<Uint8Array>)
          said += new TextDecoder().decode(chunk);
      } catch {
        // The listener goes away.
      }
      return said;
    };
    const listening = [listen('student'), listen('stranger')];
    await new Promise((resolve) => setTimeout(resolve, 500));
    await room.work({ read: quickRead });
    await expect
      .poll(async () => (await json('student', 'GET', `${study}/readings`)).body.readings.length, {
        timeout: 20_000,
      })
      .toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    stop.abort();
    const [heard, strange] = await Promise.all(listening);
    expect(heard).toContain('event: job\ndata: {');
    expect(heard).toContain(`"jobId":"${job}"`);
    expect(heard).toContain('"state":"completed"');
    expect(strange).not.toContain('data:');
  });

  test('its files are given by the names that it lists, the page without any power', async () => {
    const { body } = await json('student', 'GET', `${study}/readings`);
    const [reading] = body.readings;
    expect(await json('student', 'GET', `/api/readings/${reading.readingId}`)).toEqual({
      status: 200,
      body: reading,
    });
    expect((await ask('stranger', 'GET', `/api/readings/${reading.readingId}`)).status).toBe(404);
    const page = await ask(
      'student',
      'GET',
      reading.files.find((f: { name: string }) => f.name === 'report.html').href,
    );
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox",
    );
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await page.text()).toBe('"<script>1</script>"');
    for (const name of ['findings.jso', '..%2ffindings.json', '%00', 'key-images%2fx.png'])
      expect((await ask('student', 'GET', `/api/readings/${reading.readingId}/files/${name}`)).status).toBe(
        404,
      );
    expect((await ask('stranger', 'GET', reading.files[0].href)).status).toBe(404);
  });

  test('what has ended cannot be cancelled; what is not there, neither', async () => {
    expect((await ask('technician', 'DELETE', `/api/readings/jobs/${job}`)).status).toBe(409);
    expect((await ask('stranger', 'DELETE', `/api/readings/jobs/${job}`)).status).toBe(404);
    expect((await ask('technician', 'DELETE', '/api/readings/jobs/none')).status).toBe(404);
  });

  test('completeness is said by who may store, and counts are for who looks after the server', async () => {
    expect((await ask('student', 'POST', `${study}/complete`)).status).toBe(404);
    expect(await json('technician', 'POST', `${study}/complete`)).toMatchObject({ body: { changed: true } });
    expect(await json('technician', 'POST', `${study}/complete`)).toMatchObject({ body: { changed: false } });
    expect((await ask('technician', 'GET', '/api/queue')).status).toBe(403);
    // Of one project only: refused, and audited like any refusal of a route.
    expect((await ask('ofProject', 'GET', '/api/queue')).status).toBe(403);
    expect(refused.filter((line) => line.endsWith('/api/queue'))).toEqual([
      'account:technician-default /api/queue',
      'account:administrator-default /api/queue',
    ]);
    const { body } = await json('administrator', 'GET', '/api/queue');
    expect(body.states).toMatchObject({ failed: 0, cancelled: 0 });
    expect(body.states.completed).toBeGreaterThanOrEqual(1);
    expect(body.priorities['severe-central-stenosis'].closed).toMatch(/not validated/);
  });
});
