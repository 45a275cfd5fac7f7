/**
 * Promise 4 and rows 3, 6 and 7: no input makes the server unavailable. Hostile files, bodies, headers and URLs over four
 * connections, while a thread asks for the server's health every 20 ms and good instances go in between.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Engine, openEngine } from './engines.ts';
import { type HealthWatch, told, watchHealth } from './health-watch.ts';
import { type Hostile, hostileFiles, mutated } from './hostile-inputs.ts';
import { AS_KEPT, type MrFile, mrFile, multipart, newUid, retrieve, stowFiles } from './instances.ts';
import { rssMib } from './memory.ts';
import { type Started, startPromontory } from './peers/promontory.ts';
import { openSocket, sendRaw, upload } from './raw-http.ts';
import { say, seeded } from './say.ts';

const CONNECTIONS = 4;
const MUTATIONS = Number(process.env.PROMONTORY_MUTATIONS ?? 300);
const SEED = Number(process.env.PROMONTORY_HOSTILE_SEED ?? Date.now() % 1_000_000);
/** The promise is 250 ms on a quiet machine. */
const P99_MS = Number(process.env.PROMONTORY_HEALTH_MS ?? 1_000);
/** What made it slower than this is named. */
const TOLD_MS = 100;
const LAST = 'all the while the server answered, and every good instance is there';
const CANNOT_UNDERSTAND = 0xc000;

let engine: Engine;
let server: Started;
let watch: HealthWatch;
const good: MrFile[] = [];
const study = newUid();

beforeAll(async () => {
  engine = await openEngine();
  server = await startPromontory(engine.start());
  await keepOne();
  watch = watchHealth(server.origin);
  say(`hostile: ${engine.name}, seed ${SEED}`);
});
afterEach(async ({ task }) => {
  if (task.name === LAST) return;
  const health = await watch.lap();
  if (health.p99 > TOLD_MS) say(`hostile: ${task.name}: ${told(health)}`);
});
afterAll(async () => {
  await server?.stop();
  await engine?.release();
});

async function keepOne(): Promise<void> {
  const file = mrFile({ studyUid: study, pixels: 64 });
  const { status, stored } = await stowFiles(server, [file.bytes]);
  expect([status, stored]).toEqual([200, [file.sopUid]]);
  good.push(file);
}

/** All over the connections, a good instance after every eighth. @returns what went wrong */
async function each<T>(all: readonly T[], send: (one: T) => Promise<string | undefined>): Promise<string[]> {
  const waiting = [...all];
  const wrong: string[] = [];
  let sent = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
        const said = await send(one);
        if (said !== undefined) wrong.push(said);
        if (++sent % 8 === 0) await keepOne();
      }
    }),
  );
  return wrong;
}

/** Each goes with a good one, which is kept whatever becomes of the other. */
async function stowBoth({ name, bytes }: Hostile): Promise<string | undefined> {
  const file = mrFile({ studyUid: study });
  const start = performance.now();
  const { status, stored } = await stowFiles(server, [bytes, file.bytes]);
  const ms = performance.now() - start;
  if (ms > 15_000) say(`hostile: ${name} took ${ms.toFixed(0)} ms`);
  if (stored.includes(file.sopUid)) good.push(file);
  else return `${name}: ${status}, and the good instance was not kept`;
  return [200, 202].includes(status) ? undefined : `${name}: ${status}`;
}

test('hostile files: refused or kept, never more, and the good instance beside each is kept', async () => {
  const files = await hostileFiles();
  expect(await each(files, stowBoth)).toEqual([]);
});

test('a deflate bomb and UIDs that are paths are refused as not understood', async () => {
  const files = (await hostileFiles()).filter(({ name }) =>
    /bomb|path|characters|NUL within|deep/.test(name),
  );
  expect(files.length).toBeGreaterThan(10);
  const kept = [];
  for (const { name, bytes } of files) {
    const { body, type } = multipart([bytes]);
    const answer = await fetch(`${server.root}/studies`, {
      method: 'POST',
      headers: { ...server.headers, 'content-type': type, accept: 'application/dicom+json' },
      body: new Uint8Array(body),
    });
    const said = (await answer.json()) as Record<string, { Value: Record<string, { Value: number[] }>[] }>;
    const reasons = [...(said['0008119A']?.Value ?? []), ...(said['00081198']?.Value ?? [])];
    if (answer.status !== 409 || reasons[0]?.['00081197']?.Value[0] !== CANNOT_UNDERSTAND)
      kept.push(`${name}: ${answer.status} ${JSON.stringify(said)}`);
  }
  expect(kept).toEqual([]);
});

test(`${MUTATIONS} mutated files`, async () => {
  const random = seeded(SEED);
  const of = mrFile({ studyUid: study, pixels: 64 }).bytes;
  const files = Array.from({ length: MUTATIONS }, (_, i) => ({
    name: `mutation ${i}`,
    bytes: mutated(of, random),
  }));
  expect(await each(files, stowBoth)).toEqual([]);
});

const corpus =
  process.env.PROMONTORY_DATA === undefined ? undefined : join(process.env.PROMONTORY_DATA, 'dicom-corpus');

describe.skipIf(corpus === undefined)('the corpus of odd files (PROMONTORY_DATA)', () => {
  test('is taken or refused by instance; what is taken can be asked for in every form', async () => {
    const files = readdirSync(corpus as string, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => ({ name, bytes: readFileSync(join(parentPath, name)) }));
    let taken = 0;
    const wrong = await each(files, async ({ name, bytes }) => {
      const { body, type } = multipart([bytes]);
      const answer = await fetch(`${server.root}/studies`, {
        method: 'POST',
        headers: { ...server.headers, 'content-type': type, accept: 'application/dicom+json' },
        body: new Uint8Array(body),
      });
      const said = (await answer.json()) as Record<string, { Value: Record<string, { Value: string[] }>[] }>;
      if (![200, 202, 409].includes(answer.status)) return `${name}: ${answer.status}`;
      const url = said['00081199']?.Value[0]?.['00081190']?.Value[0];
      if (url === undefined) return undefined;
      taken += 1;
      const forms: [string, string][] = [
        ['', AS_KEPT],
        ['/metadata', 'application/dicom+json'],
        ['/metadata', 'multipart/related; type="application/dicom+xml"'],
        ['/frames/1', 'multipart/related; type="application/octet-stream"; transfer-syntax=*'],
        ['/rendered', 'image/png'],
        ['/thumbnail', 'image/png'],
      ];
      const bad = [];
      for (const [path, accept] of forms) {
        const got = await fetch(`${url}${path}`, { headers: { ...server.headers, accept } });
        await got.arrayBuffer();
        if (got.status >= 500 || (path === '' && got.status !== 200))
          bad.push(`${path} ${accept}: ${got.status}`);
      }
      return bad.length > 0 ? `${name}: ${bad.join('; ')}` : undefined;
    });
    say(`hostile: ${taken} of ${files.length} files of the corpus were taken`);
    expect(wrong).toEqual([]);
    expect(taken).toBeGreaterThan(100);
  });
});

const head = (extra: string, path = '/dicom-web/studies', method = 'POST') =>
  `${method} ${path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: ${server.headers.authorization}\r\n${extra}\r\n`;
const TYPE = 'multipart/related; type="application/dicom"; boundary=b';

describe('bodies that lie', () => {
  const post = (headers: Record<string, string>, body: Iterable<Uint8Array>) =>
    upload(server, '/studies', headers, body);

  test('a million parts: refused at the limit, and the server goes on', async () => {
    const part = Buffer.from('--b\r\nContent-Type: application/dicom\r\n\r\n\r\n');
    const block = Buffer.concat(Array.from({ length: 1_000 }, () => part));
    const { status } = await post(
      { 'content-type': TYPE },
      (function* () {
        for (let i = 0; i < 1_000; i++) yield block;
      })(),
    );
    expect([413, 0]).toContain(status);
    await keepOne();
  });

  test('the header of a part of 100 kB, and one that never ends', async () => {
    for (const size of [100_000, 20 * 2 ** 20]) {
      const { status } = await post({ 'content-type': TYPE }, [
        Buffer.from('--b\r\nContent-Type: application/dicom\r\nX: '),
        Buffer.alloc(size, 'x'),
        Buffer.from('\r\n\r\n\r\n--b--\r\n'),
      ]);
      expect([413, 0]).toContain(status);
    }
  });

  test.for([
    ['no boundary declared', 'multipart/related; type="application/dicom"', 'x', 400],
    ['a boundary that never comes', TYPE, 'x'.repeat(100_000), 400],
    [
      'a boundary of 1,000 characters',
      `multipart/related; type="application/dicom"; boundary=${'b'.repeat(1000)}`,
      'x',
      400,
    ],
    ['no end', TYPE, '--b\r\nContent-Type: application/dicom\r\n\r\nDICM', 400],
    ['nothing', TYPE, '', 400],
    ['no part', TYPE, '--b--\r\n', 400],
    ['another type', 'text/plain', 'hello', 415],
    ['another kind of part', 'multipart/related; type="application/dicom+json"; boundary=b', '--b--', 415],
    ['a part of another type', TYPE, '--b\r\nContent-Type: text/html\r\n\r\n<html>\r\n--b--\r\n', 409],
  ] as const)('%s', async ([, type, body, expected]) => {
    expect((await post({ 'content-type': type }, [Buffer.from(body)])).status).toBe(expected);
  });

  test('a gzip body is refused before it is opened', async () => {
    const { body, type } = multipart([Buffer.alloc(64 * 2 ** 20)]);
    const { status, headers } = await post({ 'content-type': type, 'content-encoding': 'gzip' }, [
      gzipSync(body),
    ]);
    expect([status, headers['accept-encoding']]).toEqual([415, 'identity']);
  });

  test('a content length that is too long, too short, doubled, negative, or beside chunks', async () => {
    const file = mrFile();
    const { body, type } = multipart([file.bytes]);
    const typed = `Content-Type: ${type}\r\n`;
    const raw = (extra: string, bytes: Uint8Array) =>
      sendRaw(server.origin, Buffer.concat([Buffer.from(fill(head(`${typed}${extra}`))), bytes]));
    // Too long: the client goes away within the instance; nothing is answered, or that it is broken.
    for (const status of await raw('Content-Length: 999999\r\n', body.subarray(0, body.length / 2)))
      expect(status).toBe(400);
    // Too short: the body ends within a part; what follows is no request.
    for (const status of await raw('Content-Length: 100\r\n', body)) expect(status).toBe(400);
    for (const extra of [
      `Content-Length: 10\r\nContent-Length: ${body.length}\r\n`,
      'Content-Length: -5\r\n',
      'Content-Length: 99999999999999999999999\r\n',
      `Content-Length: ${body.length}\r\nTransfer-Encoding: chunked\r\n`,
      'Transfer-Encoding: chunked, identity\r\n',
    ]) {
      for (const status of await raw(extra, body)) expect([extra, status]).toEqual([extra, 400]);
    }
    for (const status of await raw('Transfer-Encoding: chunked\r\n', Buffer.from('FFFFFFFFFFFFFFFFFF\r\nx')))
      expect(status).toBe(400);
    const { status } = await retrieve(server, `/studies/${file.studyUid}`, AS_KEPT);
    expect(status).toBe(404);
  });

  test('HTTP that is none', async () => {
    for (const bytes of [
      '\0'.repeat(1_000),
      'GET\r\n\r\n',
      `GET / HTTP/1.1\r\nHost: {host}\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`,
      `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: {host}\r\n\r\n`,
      'GET / HTTP/9.9\r\n\r\n',
      `GET / HTTP/1.1\r\n${'X: y\r\n'.repeat(5_000)}\r\n`,
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc]),
    ]) {
      const statuses = await sendRaw(server.origin, bytes);
      for (const status of statuses) expect([400, 414, 421, 431, 505]).toContain(status);
    }
  });

  const fill = (text: string) => text.replaceAll('{host}', new URL(server.origin).host);
});

describe('questions that lie', () => {
  const LONG = 'A'.repeat(8_000);
  const queries = [
    'PatientName=%00',
    'PatientName=%FF%FE',
    'PatientName=%',
    `PatientName=${'*?'.repeat(3_000)}`,
    `PatientName=${'*a'.repeat(3_000)}b`,
    `PatientName=${LONG}`,
    'PatientName=%25%5F%5C%27%3B--',
    "PatientID=x'%20or%201=1--",
    'fuzzymatching=true&PatientName=((((((((((a*)*)*)*)*',
    'StudyDate=-',
    'StudyDate=20260101-20250101',
    'StudyDate=99999999-00000000',
    'StudyTime=999999999-',
    `StudyInstanceUID=${Array.from({ length: 1_000 }, () => '1.2.3').join('\\')}`,
    `StudyInstanceUID=${Array.from({ length: 1_000 }, () => '1.2.3').join(',')}`,
    'StudyInstanceUID=../../etc/passwd',
    'limit=99999999999999999999',
    'limit=-1',
    'limit=1e3',
    'limit=0',
    'offset=9007199254740993',
    'offset=NaN',
    'includefield=__proto__&constructor=x',
    `includefield=${Array.from({ length: 1_000 }, (_, i) => `0010${String(i).padStart(4, '0')}`).join(',')}`,
    Array.from({ length: 1_000 }, (_, i) => `a${i}=b`).join('&'),
    '00100010.00100010=x',
    'ModalitiesInStudy=MR&ModalitiesInStudy=CT',
    '__proto__=x&toString=y',
  ];
  const paths = [
    '/studies/../../../../etc/passwd',
    '/studies/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '/studies/%00',
    `/studies/${'1'.repeat(65)}`,
    `/studies/${'1.'.repeat(5_000)}1`,
    '/studies/1.2.3%0d%0aSet-Cookie:x',
    '/studies/1.2.3/series/..%5c..%5c/instances/1',
    '//evil.example/studies',
    '/studies/1/series/1/instances/1/frames/0',
    '/studies/1/series/1/instances/1/frames/99999999999999999999',
    `/studies/1/series/1/instances/1/frames/${Array.from({ length: 1_500 }, (_, i) => i).join(',')}`,
    '/studies/1/series/1/instances/1/bulkdata/../../../../x',
    `/studies/1/series/1/instances/1/bulkdata/${'00081140/0/'.repeat(500)}7FE00010`,
  ];

  test('QIDO and paths: never an error of ours', async () => {
    const urls = [
      ...queries.flatMap((query) => [
        `/studies?${query}`,
        `/series?${query}`,
        `/studies/${study}/instances?${query}`,
      ]),
      ...paths,
    ];
    const wrong = await each(urls, async (url) => {
      const answer = await fetch(`${server.root}${url}`, { headers: server.headers });
      const text = await answer.text();
      if (answer.status >= 500 || /passwd|root:|at \S+\.ts/.test(text))
        return `${answer.status} ${url.slice(0, 100)}`;
      return undefined;
    });
    expect(wrong).toEqual([]);
  });

  test('WADO of what is there, with hostile parameters and headers', async () => {
    const [file] = good as [MrFile];
    const at = `/studies/${study}/series/${file.seriesUid}/instances/${file.sopUid}`;
    const asked: [string, Record<string, string>][] = [
      ...[
        'viewport=999999,999999',
        'viewport=1e9,1',
        'viewport=-1,-1',
        'viewport=1,1,0,0,1e308,1e308',
        'window=NaN,Infinity,LINEAR',
        'window=1,0,LINEAR',
        'window=1e308,1e308,SIGMOID',
        'quality=1000',
        `window=${'1'.repeat(5_000)},1,LINEAR`,
        'annotation=patient',
      ].map((query): [string, Record<string, string>] => [
        `${at}/rendered?${query}`,
        { accept: 'image/png' },
      ]),
      ...['0', '-1', '1e9', '2', '4294967297', '1-99', 'x', '1,'].map(
        (frame): [string, Record<string, string>] => [`${at}/frames/${frame}`, {}],
      ),
      ...[
        'bytes=0-',
        'bytes=-99999999999999999999',
        'bytes=5-2',
        `bytes=${'0-1,'.repeat(1_000)}0-1`,
        'lines=1-2',
      ].map((range): [string, Record<string, string>] => [`${at}/bulkdata/7FE00010`, { range }]),
      ...[
        '*/*;'.repeat(500),
        ','.repeat(5_000),
        'multipart/related; type="application/dicom"; transfer-syntax=../../x',
        `multipart/related; type="${'a'.repeat(5_000)}"`,
        'application/dicom;q=1e999',
        '"'.repeat(1_001),
      ].map((accept): [string, Record<string, string>] => [at, { accept }]),
    ];
    const wrong = await each(asked, async ([path, headers]) => {
      const answer = await fetch(`${server.root}${path}`, { headers: { ...server.headers, ...headers } });
      const { length } = Buffer.from(await answer.arrayBuffer());
      if (answer.status < 500 && length < 64 * 2 ** 20) return undefined;
      return `${path.slice(0, 200)} ${JSON.stringify(headers).slice(0, 100)}: ${answer.status}, ${length} bytes`;
    });
    expect(wrong).toEqual([]);
  });
});

test('sockets that are opened and dropped in the middle, by the hundred', async () => {
  const { body, type } = multipart([mrFile({ pixels: 256 }).bytes]);
  const start = head(`Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n`).replaceAll(
    '{host}',
    new URL(server.origin).host,
  );
  for (let round = 0; round < 10; round++) {
    const sockets = await Promise.all(Array.from({ length: 30 }, () => openSocket(server.origin)));
    for (const [i, socket] of sockets.entries()) {
      socket.on('error', () => {});
      socket.write(Buffer.concat([Buffer.from(start), body.subarray(0, (i * body.length) / 40)]));
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const socket of sockets) socket.resetAndDestroy();
  }
  await keepOne();
});

test(LAST, async () => {
  const health = await watch.end();
  const rss = rssMib(server.pid);
  say(`hostile: ${told(health)}; ${rss.toFixed(0)} MiB at the end`);
  process.kill(server.pid, 0);
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const { parts } = await retrieve(server, `/studies/${study}`, AS_KEPT);
  const kept = new Set(parts.map(sha256));
  expect(good.filter(({ bytes }) => !kept.has(sha256(bytes)))).toEqual([]);
  say(`hostile: ${good.length} good instances between, all kept`);
  expect(health.failed).toBe(0);
  expect(health.asked).toBeGreaterThan(100);
  expect(health.p99).toBeLessThanOrEqual(P99_MS);
});
