import { randomUUID } from 'node:crypto';
import type { Mark } from '@promontory/core/review';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Identity } from '../access/index.ts';
import { openTestPglite } from '../ports/database/embedded.testing.ts';
import { markOf, measured, type ReviewedStudy, reviewBench, said } from '../review/review.testing.ts';
import { listenWith } from './listen.testing.ts';
import { openApiOf } from './openapi.ts';
import { readingTimesRoutes } from './reading-times-routes.ts';
import { reviewRoutes } from './review-routes.ts';
import type { Route } from './route.ts';
import type { HttpServer } from './server.ts';

const bench = reviewBench(() => openTestPglite());
const who: Record<string, Identity> = {};
const problems: string[] = [];
let routes: Route[];
let http: HttpServer;
let it: ReviewedStudy;
let study: string;

beforeAll(async () => {
  for (const role of ['administrator', 'radiologist', 'surgeon', 'student', 'technician'] as const)
    who[role] = await bench.member(role);
  who.stranger = await bench.member('radiologist', 'b');
  who.token = { ...who.radiologist!, kind: 'token', actor: 'token:1', scopes: ['read', 'review', 'sign'] };
  it = await bench.study();
  study = `/api/studies/${it.studyUid}`;
  routes = [...reviewRoutes(bench.room), ...readingTimesRoutes(bench.room)];
  http = await listenWith(routes, who, {
    log: (line) => {
      if (line.event === 'http.error') problems.push(JSON.stringify(line));
    },
  });
}, 60_000);
afterAll(async () => {
  await http.close();
  expect(problems).toEqual([]);
}, 60_000);

const ask = (as: string, method: string, path: string, body?: unknown, signal?: AbortSignal) =>
  fetch(`${http.origin}${path}`, {
    method,
    headers: {
      ...(as !== '' && { authorization: as }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  });
const json = async (as: string, method: string, path: string, body?: unknown) => {
  const answer = await ask(as, method, path, body);
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at by their fields
  return { status: answer.status, body: (await answer.json().catch(() => undefined)) as any };
};
const codeOf = async (as: string, method: string, path: string, body?: unknown) => {
  const answer = await json(as, method, path, body);
  return [answer.status, answer.body?.error?.code];
};

describe('marks', () => {
  test('are sent, answered as kept, and read after a number', async () => {
    const marks = [said('a'), markOf(measured(it)), said('b')];
    const sent = await json('radiologist', 'POST', `${study}/marks`, { marks });
    expect(sent).toMatchObject({ status: 200, body: { refused: [], sequence: 3 } });
    expect(sent.body.kept).toMatchObject(marks);
    expect(await json('radiologist', 'POST', `${study}/marks`, { marks })).toEqual(sent);
    expect(await json('student', 'GET', `${study}/marks?after=1`)).toEqual({
      status: 200,
      body: { marks: sent.body.kept.slice(1), sequence: 3 },
    });
    const other = { ...said('c'), markId: marks[0]?.markId };
    expect(await json('radiologist', 'POST', `${study}/marks`, { marks: [other] })).toMatchObject({
      status: 200,
      body: { kept: [], refused: [{ markId: other.markId, code: 'OTHER_CONTENT' }], sequence: 3 },
    });
    expect(await json('radiologist', 'POST', `${study}/marks`, { marks: [] })).toMatchObject({
      status: 200,
      body: { kept: [], refused: [], sequence: 3 },
    });
  });

  test('what is malformed is refused whole, and says where; nothing of it is kept or repeated', async () => {
    const good = said('ok');
    const bad: unknown[] = [
      [],
      {},
      { marks: good },
      { marks: [good], more: 1 },
      { marks: [good, { ...good, markId: 'x' }] },
      { marks: [{ ...good, seen: -1 }] },
      { marks: [{ ...good, madeAt: 'yesterday' }] },
      { marks: [{ ...good, author: 'Mallory' }] },
      { marks: [{ ...good, deed: { kind: 'sign' } }] },
      { marks: [{ ...good, deed: { ...good.deed, section: 'SECRET' } }] },
      { marks: [{ ...good, deed: { kind: 'text', section: 'findings', text: 'x'.repeat(20_001) } }] },
      { marks: [markOf({ ...measured(it), value: Number.NaN } as Mark['deed'])] },
      { marks: [markOf({ ...measured(it), frame: 0 } as Mark['deed'])] },
      { marks: [markOf({ kind: 'judge', readingId: it.readingId, target: '../x', verdict: 'accept' })] },
      { marks: Array.from({ length: 201 }, () => said('')) },
    ];
    for (const body of bad) {
      const answer = await json('radiologist', 'POST', `${study}/marks`, body);
      expect([answer.status, answer.body.error.code], JSON.stringify(body).slice(0, 80)).toEqual([
        400,
        'INVALID',
      ]);
      expect(answer.body.error.message).not.toMatch(/SECRET|Mallory|yesterday/);
    }
    expect(await codeOf('radiologist', 'POST', `${study}/marks`, '{"marks":[')).toEqual([
      400,
      'INVALID_JSON',
    ]);
    expect(await codeOf('radiologist', 'POST', `${study}/marks`, '{"__proto__":{},"marks":[]}')).not.toEqual([
      500,
      'INTERNAL',
    ]);
    for (const after of ['-1', 'x', '1e99', '2147483648', '1.5'])
      expect(await codeOf('student', 'GET', `${study}/marks?after=${after}`)).toEqual([400, 'INVALID']);
    expect((await json('student', 'GET', `${study}/marks`)).body.sequence).toBe(3);
  });

  test('more than a mebibyte is refused so that the client hears it', async () => {
    const outline = Array.from({ length: 2_000 }, (_, i) => [i + 0.123456789, 0.987654321]);
    const large = () =>
      markOf({ kind: 'outline', readingId: it.readingId, structure: 'sac', outline } as Mark['deed']);
    const marks = Array.from({ length: 60 }, large);
    expect(JSON.stringify({ marks }).length).toBeGreaterThan(2 ** 21);
    const answer = await json('radiologist', 'POST', `${study}/marks`, { marks });
    expect([answer.status, answer.body.error.code]).toEqual([413, 'TOO_LARGE']);
    expect(answer.body.error.message).toContain('1048576');
    expect(await json('radiologist', 'POST', `${study}/marks`, { marks: marks.slice(0, 10) })).toMatchObject({
      status: 200,
      body: { refused: [], sequence: 13 },
    });
  });
});

describe('whose it is', () => {
  test('marks and signatures of another account than the session’s are refused whole', async () => {
    const own = await bench.study();
    const path = `/api/studies/${own.studyUid}`;
    const { accountId } = who.radiologist as Identity;
    const other = who.surgeon?.accountId;
    const sign = { sequence: 1, language: 'en', attested: true };
    const marks = [said('mine')];
    expect(await codeOf('radiologist', 'POST', `${path}/marks`, { marks, author: other })).toEqual([
      409,
      'OTHER_ACCOUNT',
    ]);
    expect((await json('radiologist', 'GET', `${path}/marks`)).body.sequence).toBe(0);
    expect(
      await json('radiologist', 'POST', `${path}/marks`, { marks, author: accountId?.toUpperCase() }),
    ).toMatchObject({ status: 200, body: { sequence: 1 } });
    expect(await codeOf('radiologist', 'POST', `${path}/reports`, { ...sign, signer: other })).toEqual([
      409,
      'OTHER_ACCOUNT',
    ]);
    expect((await json('radiologist', 'GET', `${path}/reports`)).body.reports).toEqual([]);
    expect(
      await json('radiologist', 'POST', `${path}/reports`, { ...sign, signer: accountId }),
    ).toMatchObject({ status: 201, body: { signedBy: accountId } });
    // Characters that no database keeps, or that would turn what is read.
    const answers = ['a\u0000b', 'a\ud800b'].map((reason) =>
      codeOf('radiologist', 'POST', `${path}/reports`, { ...sign, reason }),
    );
    expect(await Promise.all(answers)).toEqual([
      [400, 'INVALID'],
      [400, 'INVALID'],
    ]);
  });
});

describe('events', () => {
  /** @returns what was heard, when `wanted` of it was */
  async function hear(as: string, path: string, wanted: number, headers: Record<string, string> = {}) {
    const stop = new AbortController();
    const answer = await fetch(`${http.origin}${path}`, {
      headers: { authorization: as, ...headers },
      signal: stop.signal,
    });
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    let text = '';
    for await (const chunk of answer.body as ReadableStream<Uint8Array>) {
      text += new TextDecoder().decode(chunk);
      if ((text.match(/\n\n/g)?.length ?? 0) > wanted) break;
    }
    stop.abort();
    return text;
  }

  test('come with numbers, by which who comes back goes on', async () => {
    const one = await bench.study();
    const path = `/api/studies/${one.studyUid}`;
    await json('radiologist', 'POST', `${path}/marks`, { marks: [said('line\nbreak\r\u2028')] });
    const first = await hear('student', `${path}/marks/events?after=0`, 1);
    expect(first).toMatch(/^retry: 3000\n\nevent: mark\nid: 1-0\ndata: \{[^\n]*"sequence":1[^\n]*\}\n\n$/);
    expect(JSON.parse(/data: ([^\n]*)\n/.exec(first)?.[1] ?? '').deed.text).toBe('line\nbreak\r\u2028');

    const listening = hear('student', `${path}/marks/events?after=0`, 2, { 'last-event-id': '1-0' });
    await json('radiologist', 'POST', `${path}/marks`, { marks: [said('b', 1)] });
    const signed = await json('radiologist', 'POST', `${path}/reports`, {
      sequence: 2,
      language: 'en',
      attested: true,
    });
    expect(signed.status).toBe(201);
    const then = await listening;
    expect(then.match(/^id: .*$/gm)).toEqual(['id: 2-0', 'id: 2-1']);
    expect(JSON.parse(/event: report\n[^\n]*\ndata: ([^\n]*)\n/.exec(then)?.[1] ?? '')).toEqual(signed.body);
  });

  test('are for those who may read', async () => {
    expect(await codeOf('stranger', 'GET', `${study}/marks/events`)).toEqual([404, 'NOT_FOUND']);
    expect(await codeOf('', 'GET', `${study}/marks/events`)).toEqual([401, 'NOT_SIGNED_IN']);
  });
});

describe('reports', () => {
  test('are signed, listed and read; refusals have their codes', async () => {
    const one = await bench.study();
    const path = `/api/studies/${one.studyUid}`;
    const sign = (as: string, body: object) =>
      json(as, 'POST', `${path}/reports`, { language: 'en', attested: true, ...body });
    const code = async (as: string, body: object) => {
      const answer = await sign(as, body);
      return [answer.status, answer.body.error?.code];
    };
    expect(await code('radiologist', { sequence: 0 })).toEqual([409, 'NOT_READY']);
    await json('radiologist', 'POST', `${path}/marks`, { marks: [said('mine')] });
    await json('surgeon', 'POST', `${path}/marks`, { marks: [said('other')] });
    expect(await code('radiologist', { sequence: 1 })).toEqual([409, 'CHANGED']);
    expect(await code('radiologist', { sequence: 2 })).toEqual([409, 'CONFLICTS']);
    await json('radiologist', 'POST', `${path}/marks`, { marks: [said('settled', 2)] });
    for (const wrong of [
      { sequence: 3, attested: false },
      { sequence: 3, language: '<script>' },
      { sequence: 3, language: `en${'-aaaaaaaa'.repeat(5)}` },
      { sequence: 3, content: {} },
      { sequence: 3, reason: '   ' },
      { sequence: -1 },
      { sequence: 3, readingId: 'x' },
    ])
      expect(await code('radiologist', wrong)).toEqual([400, 'INVALID']);
    expect(await code('radiologist', { sequence: 3, readingId: it.readingId })).toEqual([
      404,
      'NO_SUCH_READING',
    ]);
    const first = await sign('radiologist', { sequence: 3 });
    expect(first).toMatchObject({
      status: 201,
      body: { version: 1, kind: 'signed', signedByName: 'radiologist of a', studyInstanceUid: one.studyUid },
    });
    expect(await code('surgeon', { sequence: 3 })).toEqual([409, 'REASON_NEEDED']);
    expect(await sign('radiologist', { sequence: 3 })).toEqual(first);
    const second = await sign('surgeon', { sequence: 3, reason: 'Signed together' });
    expect(second.body).toMatchObject({ version: 2, kind: 'amended', reason: 'Signed together' });
    expect(await json('student', 'GET', `${path}/reports`)).toEqual({
      status: 200,
      body: { reports: [first.body, second.body] },
    });
    const whole = await json('student', 'GET', `/api/reports/${first.body.reportId}`);
    const { content, ...entry } = whole.body;
    expect(entry).toEqual(first.body);
    expect(content.texts).toMatchObject([{ section: 'findings', text: 'settled' }]);
    for (const none of [randomUUID(), 'x', '..%2f..', '%00'])
      expect(await codeOf('student', 'GET', `/api/reports/${none}`)).toEqual([404, 'NOT_FOUND']);
    expect(await codeOf('stranger', 'GET', `/api/reports/${first.body.reportId}`)).toEqual([
      404,
      'NOT_FOUND',
    ]);
  });
});

describe('reading times', () => {
  const time = (over: object = {}) => {
    const opened = bench.at.getTime() - 3_600_000;
    return {
      studyInstanceUid: it.studyUid,
      withReading: true,
      blindFirst: false,
      openedAt: new Date(opened).toISOString(),
      signedAt: new Date(opened + 600_000).toISOString(),
      activeMs: 300_000,
      ...over,
    };
  };

  test('are kept of who said yes', async () => {
    expect(await codeOf('radiologist', 'POST', '/api/reading-times', time())).toEqual([409, 'NO_CONSENT']);
    expect(await json('radiologist', 'PUT', '/api/reading-times/consent', { given: true })).toEqual({
      status: 200,
      body: { given: true },
    });
    expect(await json('radiologist', 'GET', '/api/reading-times/consent')).toMatchObject({
      body: { given: true },
    });
    expect((await ask('radiologist', 'POST', '/api/reading-times', time())).status).toBe(204);
    expect(await codeOf('radiologist', 'POST', '/api/reading-times', time({ activeMs: 700_000 }))).toEqual([
      422,
      'IMPOSSIBLE_TIME',
    ]);
    expect(
      await codeOf('radiologist', 'POST', '/api/reading-times', time({ studyInstanceUid: '1' })),
    ).toEqual([404, 'NOT_FOUND']);
    for (const wrong of [{ activeMs: -1 }, { activeMs: 0.5 }, { openedAt: 'x' }, { accountId: 'x' }])
      expect(await codeOf('radiologist', 'POST', '/api/reading-times', time(wrong))).toEqual([
        400,
        'INVALID',
      ]);
    const { body } = await json('radiologist', 'GET', '/api/reading-times');
    expect(body).toMatchObject({
      consent: true,
      times: [time()],
      summary: [{ withReading: true, n: 1, active: { medianMs: 300_000 }, elapsed: { medianMs: 600_000 } }],
    });
    expect(body.everyone).toBeUndefined();
    expect((await ask('radiologist', 'DELETE', '/api/reading-times')).status).toBe(204);
    expect((await json('radiologist', 'GET', '/api/reading-times')).body.times).toEqual([]);
  });
});

test('who may what, route by route', async () => {
  const bodies: Record<string, unknown> = {
    'POST /api/studies/:study/marks': { marks: [] },
    'POST /api/studies/:study/reports': { sequence: 99, language: 'en', attested: true },
    'POST /api/reading-times': {
      studyInstanceUid: it.studyUid,
      withReading: true,
      blindFirst: true,
      openedAt: '2026-03-04T04:00:00Z',
      signedAt: '2026-03-04T04:10:00Z',
      activeMs: 1,
    },
    'PUT /api/reading-times/consent': { given: false },
  };
  const table: string[] = [];
  for (const { method, path } of routes) {
    if (path.includes(':report') || path.endsWith('/events')) continue;
    const statuses: string[] = [];
    for (const as of ['', 'stranger', 'student', 'technician', 'surgeon', 'token', 'administrator'])
      statuses.push(
        `${(await ask(as, method, path.replace(':study', it.studyUid), bodies[`${method} ${path}`])).status}`,
      );
    table.push(`${method} ${path} ${statuses.join(' ')}`);
  }
  // Nobody, another project's, student, technician, surgeon, a token with every scope, administrator.
  expect(table).toEqual([
    'GET /api/studies/:study/marks 401 404 200 200 200 200 200',
    'POST /api/studies/:study/marks 401 404 404 404 200 403 200',
    'GET /api/studies/:study/reports 401 404 200 200 200 200 200',
    'POST /api/studies/:study/reports 401 404 404 404 409 403 409',
    'GET /api/reading-times/consent 401 200 200 200 200 403 200',
    'PUT /api/reading-times/consent 401 200 200 200 200 403 200',
    'GET /api/reading-times 401 200 200 200 200 403 200',
    'POST /api/reading-times 401 404 403 403 409 403 409',
    'DELETE /api/reading-times 401 204 204 204 204 403 204',
  ]);
});

test('the table describes itself: every route of the group review, with what it takes and gives', () => {
  expect(routes.every(({ group, summary }) => group === 'review' && summary.endsWith('.'))).toBe(true);
  const { paths } = openApiOf(routes, '0') as { paths: Record<string, Record<string, object>> };
  const posted = JSON.stringify(paths['/api/studies/{study}/marks']?.post);
  for (const kind of ['judge', 'own-grade', 'measurement', 'renumber']) expect(posted).toContain(kind);
  expect(JSON.stringify(paths['/api/studies/{study}/reports']?.post)).toContain('attested');
});
