/** Row 13: patient data never stand in logs, errors, file names or what a stranger is told. One canary, every path. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Engine, openEngine } from './engines.ts';
import { AS_KEPT, element, type MrFile, mrFile, multipart, newUid, stowFiles } from './instances.ts';
import { freePort } from './peers/orthanc.ts';
import { launch, NotStarted, runCommand, type Started, startPromontory } from './peers/promontory.ts';
import { sendRaw } from './raw-http.ts';
import { say } from './say.ts';

/** Letters that nothing else has, and digits for UIDs. */
const WORD = 'Zqxcanary';
const DIGITS = '8675309867530986753';
const NAME = `${WORD}^Patient`;
const UID = `1.2.${DIGITS}`;
/** Percent-encoded, in base64 and in capitals, too. */
const HIT = new RegExp(`${WORD}|${DIGITS}|${Buffer.from(WORD).toString('base64').slice(0, 10)}`, 'i');

const hasDcmtk = spawnSync('storescu', ['--version']).status === 0;
const scratch = mkdtempSync(join(tmpdir(), 'promontory-canary-'));

let engine: Engine;
let server: Started;
let file: MrFile;
beforeAll(async () => {
  engine = await openEngine();
  const dimse = {
    host: '127.0.0.1',
    port: await freePort(),
    peers: [
      { aeTitle: 'SCANNER', addresses: ['127.0.0.0/8'], verbs: ['echo', 'store', 'find', 'get', 'move'] },
    ],
  };
  server = await startPromontory(engine.start({ dimse }));
  file = mrFile({
    studyUid: `${UID}.1`,
    seriesUid: `${UID}.2`,
    sopUid: `${UID}.3`,
    patientName: NAME,
    patientId: `${WORD}-ID`,
    accession: `${WORD}AC`,
    pixels: 32,
    more: [[0x00081030, 'LO', `${WORD} study`]],
  });
});
afterAll(async () => {
  await server?.stop('SIGKILL');
  await engine?.release();
  rmSync(scratch, { recursive: true, force: true });
});

const encoded = encodeURIComponent(NAME);
const at = (...[study, series, sop]: readonly string[]) =>
  `/studies/${study}${series === undefined ? '' : `/series/${series}`}${sop === undefined ? '' : `/instances/${sop}`}`;

interface Said {
  readonly status: number;
  readonly text: string;
}
async function ask(path: string, init: RequestInit = {}, root = server.root): Promise<Said> {
  const answer = await fetch(`${root}${path}`, { ...init, headers: { ...server.headers, ...init.headers } });
  const text = Buffer.from(await answer.arrayBuffer()).toString('latin1');
  return { status: answer.status, text: `${text}\n${[...answer.headers].join('\n')}` };
}
const stow = (bytes: Uint8Array, path = '/studies', headers: Record<string, string> = {}): Promise<Said> => {
  const { body, type } = multipart([bytes]);
  return ask(path, {
    method: 'POST',
    headers: { 'content-type': type, accept: 'application/dicom+json', ...headers },
    body: new Uint8Array(body),
  });
};

/** An error says nothing of what was sent. */
async function saysNothing(name: string, said: Promise<Said>, statuses: readonly number[]): Promise<void> {
  const { status, text } = await said;
  expect([name, statuses.includes(status) ? 'as expected' : status]).toEqual([name, 'as expected']);
  expect([name, HIT.exec(text)?.[0]]).toEqual([name, undefined]);
}

describe('errors do not repeat what was sent', () => {
  test('storing what is broken', async () => {
    expect((await stow(file.bytes)).status).toBe(200);
    const { bytes } = file;
    const broken: [string, Uint8Array][] = [
      ['cut off', mrFile({ patientName: NAME, pixels: 64 }).bytes.subarray(0, 700)],
      ['not DICOM', Buffer.from(`${NAME} `.repeat(100))],
      ['no study UID', mrFile({ dataSet: Buffer.concat([element(0x0010, 0x0010, 'PN', NAME)]) }).bytes],
      ['a UID that is a name', mrFile({ patientName: NAME, studyUid: WORD }).bytes],
      ['zeros after the head', Buffer.concat([bytes.subarray(0, 200), Buffer.alloc(100)])],
      ['a transfer syntax of nobody', mrFile({ patientName: NAME, transferSyntax: `${UID}.9` }).bytes],
    ];
    for (const [name, each] of broken) await saysNothing(name, stow(each), [409, 200]);
    await saysNothing('type', stow(bytes, '/studies', { 'content-type': `text/${WORD}` }), [415]);
    await saysNothing('coding', stow(bytes, '/studies', { 'content-encoding': WORD }), [415]);
    await saysNothing(
      'boundary',
      stow(bytes, '/studies', {
        'content-type': `multipart/related; type="application/dicom"; boundary=${WORD}`,
      }),
      [400],
    );
    await saysNothing('a study in the path that is a name', stow(bytes, `/studies/${encoded}`), [400]);
  });

  test('asking for what is not there, or not so', async () => {
    const absent = at(`${UID}.4`, `${UID}.5`, `${UID}.6`);
    for (const path of [at(`${UID}.4`), at(`${UID}.4`, `${UID}.5`), absent]) {
      for (const tail of ['', '/metadata', '/rendered', '/thumbnail', '/frames/1', '/bulkdata/7FE00010'])
        await saysNothing(`${path}${tail}`, ask(`${path}${tail}`), [404]);
      await saysNothing(`DELETE ${path}`, ask(path, { method: 'DELETE' }), [404, 405]);
    }
    const there = at(file.studyUid, file.seriesUid, file.sopUid);
    await saysNothing('accept', ask(there, { headers: { accept: `application/${WORD}` } }), [406]);
    await saysNothing('rendered', ask(`${there}/rendered?window=${WORD}`), [400]);
    await saysNothing('frames', ask(`${there}/frames/${WORD}`), [400, 404]);
    await saysNothing('bulk data', ask(`${there}/bulkdata/${WORD}`), [400, 404]);
    await saysNothing('no route', ask(`/${encoded}/${UID}`), [404]);
    await saysNothing('no API', ask(`/api/${WORD}`, {}, server.origin), [404]);
    await saysNothing('malformed percent', ask(`/studies/${WORD}%zz`), [400, 404]);
  });

  test('questions that do not fit', async () => {
    for (const query of [
      `StudyDate=${WORD}`,
      `StudyInstanceUID=${WORD}`,
      `limit=${WORD}`,
      `offset=${WORD}`,
      `PatientName=${encoded}&PatientName=${encoded}`,
      `StudyTime=${WORD}`,
    ])
      await saysNothing(query, ask(`/studies?${query}`), [400]);
    for (const query of [
      `${WORD}=${WORD}&PatientID=nobody`,
      `includefield=${WORD}&PatientID=nobody`,
      `PatientName=${WORD}-nobody`,
    ])
      await saysNothing(query, ask(`/studies?${query}`), [200, 204]);
  });

  test('without a session nothing is told at all', async () => {
    const none = { authorization: `Bearer prm_${WORD}` };
    for (const path of [
      at(file.studyUid),
      `/studies?PatientName=${encoded}`,
      `/studies?PatientID=${WORD}-ID`,
    ])
      await saysNothing(path, ask(path, { headers: none }), [401]);
    await saysNothing('STOW', stow(file.bytes, '/studies', none), [401]);
  });

  test('signing in with the canary', async () => {
    const post = (path: string, json: unknown) =>
      ask(
        path,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json', origin: server.origin },
          body: typeof json === 'string' ? json : JSON.stringify(json),
        },
        server.origin,
      );
    const password = '/api/access/sign-in/password';
    await saysNothing('both', post(password, { login: WORD, password: `${WORD}-${DIGITS}` }), [401, 429]);
    await saysNothing(
      'link',
      post('/api/access/sign-in/link', { link: `${WORD}${DIGITS}` }),
      [400, 401, 429],
    );
    await saysNothing('code', post(password, { login: WORD, password: WORD, code: WORD }), [400, 401, 429]);
    await saysNothing('field', post(password, { login: WORD, [WORD]: WORD }), [400]);
    await saysNothing('JSON', post(password, `{"login": "${WORD}`), [400]);
    await saysNothing(
      'basic',
      ask('/studies', { headers: { authorization: `Basic ${btoa(`${WORD}:${WORD}`)}` } }),
      [401],
    );
    await saysNothing(
      'cookie',
      ask('/studies', { headers: { authorization: '', cookie: `promontory=${WORD}` } }),
      [401],
    );
  });

  test('HTTP that is none', async () => {
    for (const bytes of [
      `${WORD} / HTTP/1.1\r\n\r\n`,
      `GET /${WORD} HTTP/1.1\r\nHost: ${WORD}\r\n\r\n`,
      `GET / HTTP/1.1\r\n${WORD}\r\n\r\n`,
    ])
      expect((await sendRaw(server.origin, bytes)).every((status) => status >= 400)).toBe(true);
  });
});

test('the entitled reader is told everything', async () => {
  for (const path of [
    `/studies?PatientName=${encoded}`,
    `/studies?PatientID=${WORD}-ID`,
    `/studies?AccessionNumber=${WORD}AC`,
  ]) {
    const { status, text } = await ask(path);
    expect([status, text]).toEqual([200, expect.stringContaining(NAME)]);
  }
  const { status } = await ask(at(file.studyUid), { headers: { accept: AS_KEPT } });
  expect(status).toBe(200);
  const conflict = mrFile({ ...file, patientName: NAME, pixels: 16 });
  expect((await stowFiles(server, [conflict.bytes])).status).toBe(409);
});

test.skipIf(!hasDcmtk)(
  'DICOM associations: known and unknown peers, whole and broken objects, questions',
  async () => {
    const path = join(scratch, 'object.dcm');
    writeFileSync(
      path,
      mrFile({ patientName: NAME, patientId: `${WORD}-ID`, studyUid: `${UID}.7`, pixels: 32 }).bytes,
    );
    const broken = join(scratch, 'broken.dcm');
    writeFileSync(broken, mrFile({ patientName: NAME, studyUid: WORD, seriesUid: WORD, pixels: 32 }).bytes);
    const dcmtk = (tool: string, title: string, ...args: string[]) =>
      spawnSync(tool, ['-aet', title, '-aec', 'PROMONTORY', '127.0.0.1', String(server.dimsePort), ...args], {
        encoding: 'utf8',
        timeout: 30_000,
      });
    expect(dcmtk('storescu', 'SCANNER', path).status).toBe(0);
    dcmtk('storescu', 'SCANNER', broken);
    dcmtk('storescu', WORD, path);
    dcmtk('findscu', WORD, '-S', '-k', `PatientName=${NAME}`, '-k', 'QueryRetrieveLevel=STUDY');
    const found = dcmtk(
      'findscu',
      'SCANNER',
      '-v',
      '-S',
      '-k',
      'QueryRetrieveLevel=STUDY',
      '-k',
      `PatientName=${WORD}*`,
      '-k',
      'PatientID',
    );
    expect(`${found.stdout}${found.stderr}`).toContain(WORD);
    dcmtk(
      'findscu',
      'SCANNER',
      '-S',
      '-k',
      `QueryRetrieveLevel=${WORD.toUpperCase()}`,
      '-k',
      `StudyInstanceUID=${WORD}`,
    );
    dcmtk('findscu', 'SCANNER', '-S', '-k', 'QueryRetrieveLevel=STUDY', '-k', `StudyDate=${WORD}`);
    dcmtk(
      'movescu',
      'SCANNER',
      '-aem',
      WORD,
      '-S',
      '-k',
      'QueryRetrieveLevel=STUDY',
      '-k',
      `StudyInstanceUID=${UID}.7`,
    );
  },
);

test('no log, and no file name, ever had it', async () => {
  expect(server.log()).toContain('http.request');
  const hits = server
    .log()
    .split('\n')
    .filter((line) => HIT.test(line));
  expect(hits).toEqual([]);
  const names = readdirSync(engine.folder, { recursive: true }) as string[];
  expect(names.filter((name) => HIT.test(name))).toEqual([]);
  say(`canary: ${server.log().split('\n').length} lines of log and ${names.length} file names, no hit`);
  await server.stop();
  expect(server.log()).not.toMatch(HIT);
  const { out, log } = await runCommand(['fsck', '--json', '--deep'], engine.start());
  expect(`${out}${log}`).not.toMatch(new RegExp(WORD, 'i'));
});

describe('settings that do not fit are not repeated', () => {
  test.for([
    ['a value', { host: `${WORD}.example.org` }],
    ['a key file', { storage: { keyFiles: [`/${WORD}/key`] } }],
    ['a kind', { port: WORD }],
    ['a URL', { publicUrl: WORD }],
    [
      'a peer',
      { dimse: { port: 0, peers: [{ aeTitle: `${WORD}\\${WORD}`, addresses: [WORD], verbs: [WORD] }] } },
    ],
    ['an issuer', { openId: { issuer: WORD, clientId: WORD } }],
  ] as const)('%s', async ([, settings]) => {
    const folder = mkdtempSync(join(scratch, 'data-'));
    const said = await launch({ folder, settings }).then(
      async (up) => {
        await up.stop('SIGKILL');
        return 'it started';
      },
      (error: NotStarted) => error.message,
    );
    expect(said).not.toBe('it started');
    expect(said).not.toMatch(HIT);
  });

  test('secrets of the environment', async () => {
    const folder = mkdtempSync(join(scratch, 'data-'));
    const starting = launch({
      folder,
      environment: { DATABASE_URL: `postgres://user:${WORD}${newUid()}@127.0.0.1:1/${WORD}` },
    });
    const error = await starting.then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(NotStarted);
    expect((error as NotStarted).message).not.toMatch(HIT);
  });
});
