import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { mrFile, newUid } from '../../archive/archive.testing.ts';
import { readAll, type Staged, stage } from '../blobs/index.ts';
import { selfSigned } from '../syslog/listener.testing.ts';
import { type FakePacs, fakePacs, sendInstance, sendJson, uidRow } from './fake-pacs.testing.ts';
import {
  CredentialsRefused,
  InstanceNotTaken,
  openPacsPeer,
  PacsAbsent,
  type PacsAddress,
  PacsAnswerUnusable,
  type PacsCredentials,
  type PacsPeer,
  PacsRefused,
  PacsUnavailable,
  type PeerOptions,
} from './index.ts';

/** In every hostile answer: it may stand in no error. */
const CANARY = 'CANARY-4711';
const NONE: PacsCredentials = { kind: 'none' };

let pacs: FakePacs;
let pauses: number[];
const peers: PacsPeer[] = [];
const peerFor = (
  options: PeerOptions = {},
  credentials: PacsCredentials = NONE,
  url = pacs.url,
): PacsPeer => {
  const wait = async (ms: number) => void pauses.push(ms);
  const peer = openPacsPeer({ url, credentials }, { wait, ...options });
  peers.push(peer);
  return peer;
};
beforeEach(async () => {
  pacs = await fakePacs();
  pauses = [];
});
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close();
  await pacs.close();
});

async function all<Item>(pages: AsyncIterable<readonly Item[]>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}
const ids = () => ({ studyUid: newUid(), seriesUid: newUid(), sopUid: newUid() });
const staged = (bytes: Uint8Array): Promise<Staged> =>
  stage(
    (async function* () {
      yield bytes;
    })(),
    { folder: '/nonexistent' },
  );
const thrownBy = async (work: Promise<unknown>): Promise<Error> => {
  const error = await work.then(
    () => undefined,
    (reason: Error) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  expect(`${error?.message} ${error?.stack}`).not.toContain(CANARY);
  return error as Error;
};
const retrieved = async (peer: PacsPeer, uids = ids()) => readAll((await peer.retrieve(uids)).body);
const instead = (answer: (response: ServerResponse, path: string) => void) => {
  pacs.instead = (request, response) => {
    answer(response, request.url ?? '');
    return true;
  };
};

describe('searching', () => {
  test('goes through the pages to the end, and asks for what it wants', async () => {
    for (let i = 0; i < 7; i++) pacs.put(mrFile());
    const found = await all(peerFor({ studiesPerPage: 3 }).studies({ ModalitiesInStudy: 'MR' }));
    expect(found.map(({ studyUid }) => studyUid).sort()).toEqual(
      [...pacs.held.values()].map(({ studyUid }) => studyUid).sort(),
    );
    expect(found.every(({ instances }) => instances === 1)).toBe(true);
    expect(pacs.asked).toHaveLength(4);
    expect(pacs.asked[1]).toBe('GET /studies?ModalitiesInStudy=MR&includefield=00201208&limit=3&offset=3');
    expect(pacs.headers[0]).toMatchObject({
      accept: 'application/dicom+json, application/json;q=0.5',
      'accept-encoding': 'identity',
    });
  });

  test('values are written as a query needs them', async () => {
    await all(peerFor().studies({ StudyDescription: 'L&S=spine #2 ä*' }));
    expect(pacs.asked[0]).toContain('StudyDescription=L%26S%3Dspine%20%232%20%C3%A4*&');
  });

  test.each([
    ['ignores where a page begins', () => 0],
    ['gives fewer than asked for', (offset: number) => offset],
  ])('ends with a PACS that %s', async (_, begins) => {
    const uids = Array.from({ length: 5 }, newUid);
    instead((response, path) => {
      const offset = begins(Number(/offset=(\d+)/.exec(path)?.[1]));
      sendJson(
        response,
        uids.slice(offset, offset + 2).map((studyUid) => uidRow({ studyUid })),
      );
    });
    const found = await all(peerFor().studies({}));
    expect(found).toHaveLength(begins(2) === 0 ? 2 : 5);
  });

  test('gives up on a list without an end', async () => {
    instead((response) =>
      sendJson(
        response,
        Array.from({ length: 100 }, () => uidRow({ studyUid: newUid() })),
      ),
    );
    const error = await thrownBy(all(peerFor({ maxStudies: 1_000 }).studies({})));
    expect(error).toBeInstanceOf(PacsAnswerUnusable);
    expect(pacs.asked.length).toBeLessThanOrEqual(11);
  });

  test('leaves out what has no UID, another study, and values that are none', async () => {
    const studyUid = newUid();
    const good = { studyUid, seriesUid: newUid(), sopUid: newUid() };
    const rows = [
      uidRow({ ...good, sopUid: '../../etc/passwd' }),
      uidRow({ ...good, sopUid: '1'.repeat(65) }),
      uidRow({ ...good, seriesUid: '1.2\r\nx: y' }),
      uidRow({ ...good, sopUid: newUid(), studyUid: newUid() }),
      { '00080018': 'text', '0020000E': { Value: 'text' } },
      { '00080018': { Value: [{}] }, '0020000E': { Value: [null] } },
      {},
      uidRow(good),
    ];
    instead((response, path) => sendJson(response, path.includes('offset=0') ? rows : []));
    expect(await all(peerFor().instances(studyUid))).toEqual([good]);
  });

  test.each<[string, string, string | Buffer]>([
    ['HTML', 'text/html', `<html>${CANARY}</html>`],
    ['no JSON', 'application/dicom+json', `[{"00100010": ${CANARY}`],
    ['JSON of something else', 'application/json', `["${CANARY}"]`],
    ['nested without end', 'application/dicom+json', `${'['.repeat(200_000)}${']'.repeat(200_000)}`],
    ['more than may be taken', 'application/dicom+json', `["${'x'.repeat(70_000)}"]`],
  ])('refuses an answer that is %s', async (_, type, body) => {
    instead((response) => response.writeHead(200, { 'content-type': type }).end(body));
    const error = await thrownBy(all(peerFor({ maxJsonBytes: 65_536 }).studies({})));
    expect(error).toBeInstanceOf(PacsAnswerUnusable);
  });

  test('refuses what is packed although it asked for it plain: no bomb is inflated', async () => {
    instead((response) =>
      response
        .writeHead(200, { 'content-type': 'application/dicom+json', 'content-encoding': 'gzip' })
        .end(gzipSync(Buffer.alloc(2 ** 20))),
    );
    expect(await thrownBy(all(peerFor().studies({})))).toBeInstanceOf(PacsAnswerUnusable);
  });

  test('a study that is not there has no instances; studies that cannot be asked for are an error', async () => {
    instead((response) => response.writeHead(404).end(CANARY));
    expect(await all(peerFor().instances(newUid()))).toEqual([]);
    expect(await thrownBy(all(peerFor().studies({})))).toBeInstanceOf(PacsAnswerUnusable);
  });
});

describe('where requests go', () => {
  test('no redirect is followed, and no address in an answer', async () => {
    let elsewhere = 0;
    const other = createServer((_, response) => {
      elsewhere += 1;
      response.end();
    });
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    onTestFinished(() => void other.close());
    const origin = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    instead((response) => response.writeHead(307, { location: `${origin}/studies` }).end());
    for (const work of [all(peerFor().studies({})), peerFor().retrieve(ids())])
      expect(await thrownBy(work)).toBeInstanceOf(PacsAnswerUnusable);
    const good = { studyUid: newUid(), seriesUid: newUid(), sopUid: newUid() };
    instead((response, path) =>
      sendJson(
        response,
        path.includes('offset=0')
          ? [uidRow(good, { '00081190': { vr: 'UR', Value: [`${origin}/studies/1.2`] } })]
          : [],
      ),
    );
    expect(await all(peerFor().instances(good.studyUid))).toEqual([good]);
    expect(elsewhere).toBe(0);
  });

  test.each([
    'http://pacs.example.org/dicom-web',
    'http://10.0.0.1/dicom-web',
    'https://user:secret@pacs.example.org/',
    'https://pacs.example.org/?a=b',
    'file:///etc/passwd',
    'no address',
  ])('refuses the address %s', (url) => {
    expect(() => openPacsPeer({ url, credentials: NONE })).toThrow(PacsRefused);
  });

  test('what is no UID reaches no path', async () => {
    for (const sopUid of ['../../x', '1.2\0', '1'.repeat(65), ''])
      await expect(peerFor().retrieve({ ...ids(), sopUid })).rejects.toThrow(RangeError);
    expect(pacs.asked).toEqual([]);
  });
});

describe('who asks', () => {
  test('by password, by token, and by a token that is renewed in its file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pacs-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'token');
    writeFileSync(file, 'first\n', { mode: 0o600 });
    await all(peerFor({}, { kind: 'basic', user: 'ä', password: { value: 'p:w' } }).studies({}));
    const peer = peerFor({}, { kind: 'bearer', token: { file } });
    await all(peer.studies({}));
    writeFileSync(file, 'second\n');
    await all(peer.studies({}));
    expect(pacs.headers.map(({ authorization }) => authorization)).toEqual([
      `Basic ${Buffer.from('ä:p:w').toString('base64')}`,
      'Bearer first',
      'Bearer second',
    ]);
    writeFileSync(file, `two\nlines`);
    expect(await thrownBy(all(peer.studies({})))).toBeInstanceOf(PacsRefused);
    chmodSync(file, 0o644);
    expect(await thrownBy(all(peer.studies({})))).toBeInstanceOf(PacsRefused);
  });

  test('a refusal of the credentials is told as it is, without asking again', async () => {
    instead((response) => response.writeHead(401).end(CANARY));
    expect(await thrownBy(all(peerFor().studies({})))).toBeInstanceOf(CredentialsRefused);
    expect(pacs.asked).toHaveLength(1);
  });
});

test('over TLS with an authority of the house and a certificate of ours, and not without', async () => {
  const own = selfSigned();
  const secure = await fakePacs({ ...own, ca: own.cert, requestCert: true, rejectUnauthorized: true });
  onTestFinished(() => secure.close());
  const asked = async (tls: PacsAddress['tls'] & object) => {
    const peer = openPacsPeer({ url: secure.url, credentials: NONE, tls }, { attempts: 1 });
    peers.push(peer);
    return all(peer.studies({}));
  };
  expect(await asked({ ...own, ca: own.cert })).toEqual([]);
  expect(await thrownBy(asked({ ca: own.cert }))).toBeInstanceOf(PacsUnavailable);
  expect(await thrownBy(asked(own))).toBeInstanceOf(PacsUnavailable);
});

describe('a PACS that is busy, slow or gone', () => {
  test('is asked again, after the pause that it asks for, within reason', async () => {
    let times = 0;
    pacs.instead = (_, response) => {
      times += 1;
      if (times > 2) return false;
      response.writeHead(times === 1 ? 503 : 429, { 'retry-after': times === 1 ? '7' : '999999' }).end();
      return true;
    };
    expect(await all(peerFor().studies({}))).toEqual([]);
    expect(pauses).toEqual([7_000, 30_000]);
  });

  test('is unavailable when all attempts are used up', async () => {
    instead((response) => response.writeHead(503).end(CANARY));
    expect(await thrownBy(all(peerFor().studies({})))).toBeInstanceOf(PacsUnavailable);
    expect(pacs.asked).toHaveLength(3);
    await pacs.away();
    expect(await thrownBy(all(peerFor().studies({})))).toBeInstanceOf(PacsUnavailable);
    pacs.instead = undefined;
    await pacs.back();
    expect(await all(peerFor().studies({}))).toEqual([]);
  });

  test('silence, a drip and an answer that breaks off end', async () => {
    const quick = { answerMs: 150, idleMs: 150, bodyMs: 400, attempts: 1 };
    pacs.instead = () => true;
    expect(await thrownBy(all(peerFor(quick).studies({})))).toBeInstanceOf(PacsUnavailable);
    const timers: NodeJS.Timeout[] = [];
    onTestFinished(() => {
      for (const timer of timers) clearInterval(timer);
    });
    instead((response) => {
      response.writeHead(200, { 'content-type': 'multipart/related; type="application/dicom"; boundary=b' });
      response.write('--b\r\n\r\n');
      timers.push(setInterval(() => response.write('x'), 50));
    });
    expect(await thrownBy(retrieved(peerFor(quick)))).toBeInstanceOf(PacsUnavailable);
    instead((response) => {
      response.writeHead(200, {
        'content-type': 'multipart/related; type="application/dicom"; boundary=b',
        'content-length': 1_000,
      });
      response.write('--b\r\n\r\nhalf');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await thrownBy(retrieved(peerFor(quick)))).toBeInstanceOf(PacsUnavailable);
  });

  test('who reads slowly is not taken for a PACS that is slow', async () => {
    const bytes = randomBytes(3 * 2 ** 20);
    instead((response) => sendInstance(response, bytes));
    const { body } = await peerFor({ idleMs: 400, bodyMs: 800, attempts: 1 }).retrieve(ids());
    const parts: Uint8Array[] = [];
    for await (const chunk of body) {
      if (parts.length % 16 === 0) await new Promise((done) => setTimeout(done, 500));
      parts.push(chunk);
    }
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  });
});

describe('retrieving', () => {
  test('gives the bytes as they are kept', async () => {
    const bytes = mrFile();
    const uids = pacs.put(bytes);
    expect(Buffer.from(await retrieved(peerFor(), uids)).equals(bytes)).toBe(true);
    expect(pacs.headers[0]?.accept).toBe('multipart/related; type="application/dicom"; transfer-syntax=*');
    instead((response) => response.writeHead(200, { 'content-type': 'application/dicom' }).end(bytes));
    expect(Buffer.from(await retrieved(peerFor(), uids)).equals(bytes)).toBe(true);
  });

  test('more of them than connections, one after the other, none left hanging', async () => {
    const all = Array.from({ length: 40 }, () => pacs.put(mrFile()));
    const peer = peerFor();
    for (const uids of all) (await peer.retrieve(uids)).discard();
    for (const uids of all) for await (const _ of (await peer.retrieve(uids)).body) break;
    await Promise.all(all.map((uids) => retrieved(peer, uids)));
  });

  test.each<[string, (response: ServerResponse) => void, new (...given: never[]) => Error]>([
    ['is not there', (r) => r.writeHead(404).end(CANARY), PacsAbsent],
    ['is gone', (r) => r.writeHead(410).end(CANARY), PacsAbsent],
    ['is not given as kept', (r) => r.writeHead(406).end(CANARY), PacsAnswerUnusable],
    ['makes the PACS stumble', (r) => r.writeHead(500).end(CANARY), PacsUnavailable],
    [
      'comes as a picture',
      (r) => r.writeHead(200, { 'content-type': 'image/png' }).end(CANARY),
      PacsAnswerUnusable,
    ],
    [
      'comes without a part',
      (r) =>
        r.writeHead(200, { 'content-type': 'multipart/related; boundary=b' }).end(`${CANARY}\r\n--b--\r\n`),
      PacsAnswerUnusable,
    ],
    [
      'comes with another',
      (r) =>
        r
          .writeHead(200, { 'content-type': 'multipart/related; boundary=b' })
          .end(`--b\r\n\r\n${CANARY}\r\n--b\r\n\r\n${CANARY}\r\n--b--\r\n`),
      PacsAnswerUnusable,
    ],
  ])('an instance that %s', async (_, answer, kind) => {
    instead(answer);
    expect(await thrownBy(retrieved(peerFor()))).toBeInstanceOf(kind);
  });

  test('an instance of 10 GB is cut off at the limit, and not held', async () => {
    let sent = 0;
    instead((response) => {
      response.writeHead(200, { 'content-type': 'multipart/related; type="application/dicom"; boundary=b' });
      response.write('--b\r\n\r\n');
      const block = Buffer.alloc(2 ** 20);
      const more = () => {
        while (sent < 10 * 2 ** 30 && !response.destroyed) {
          sent += block.length;
          if (!response.write(block)) return void response.once('drain', more);
        }
      };
      more();
    });
    const { body } = await peerFor({ maxInstanceBytes: 8 * 2 ** 20 }).retrieve(ids());
    const taken = async () => {
      for await (const _ of body);
    };
    expect(await thrownBy(taken())).toBeInstanceOf(PacsAnswerUnusable);
    expect(sent).toBeLessThan(64 * 2 ** 20);
  });
});

describe('storing and taking away', () => {
  test('the PACS gets the bytes as they are, from memory and from a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pacs-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (const memoryBytes of [2 ** 20, 0]) {
      const bytes = mrFile();
      const uids = pacs.uidsOf(bytes);
      const held = await stage(
        (async function* () {
          yield bytes;
        })(),
        { folder, memoryBytes, freeSpaceGuardBytes: 0 },
      );
      await peerFor().store(uids, held);
      expect(Buffer.from(pacs.held.get(uids.sopUid)?.bytes ?? []).equals(bytes)).toBe(true);
    }
  });

  test('is told again after a pause, from the beginning', async () => {
    const bytes = mrFile();
    const uids = pacs.uidsOf(bytes);
    let times = 0;
    pacs.instead = (request, response) => {
      times += 1;
      if (times > 2) return false;
      if (times === 1) request.once('data', () => request.socket.destroy());
      else request.resume().once('end', () => response.writeHead(503).end());
      return true;
    };
    await peerFor().store(uids, await staged(bytes));
    expect(Buffer.from(pacs.held.get(uids.sopUid)?.bytes ?? []).equals(bytes)).toBe(true);
  });

  test('a refusal is told with its reason', async () => {
    const uids = ids();
    const failed = {
      '00081198': {
        vr: 'SQ',
        Value: [
          { '00081155': { vr: 'UI', Value: [uids.sopUid] }, '00081197': { vr: 'US', Value: [0x0110] } },
        ],
      },
    };
    for (const status of [409, 202]) {
      instead((response) => sendJson(response, failed, status));
      const error = await thrownBy(peerFor().store(uids, await staged(mrFile())));
      expect(error).toBeInstanceOf(InstanceNotTaken);
      expect(error).toMatchObject({
        reason: 0x0110,
        message: `The PACS does not take the instance (status ${status}, failure reason 0110H).`,
      });
    }
    instead((response) => response.writeHead(413).end(CANARY));
    expect(await thrownBy(peerFor().store(uids, await staged(mrFile())))).toBeInstanceOf(InstanceNotTaken);
    instead((response) => response.writeHead(500).end(CANARY));
    expect(await thrownBy(peerFor().store(uids, await staged(mrFile())))).toBeInstanceOf(PacsUnavailable);
  });

  test('an answer before all is sent ends the sending', async () => {
    instead((response) => response.writeHead(413, { connection: 'close' }).end());
    const bytes = randomBytes(4 * 2 ** 20);
    const error = await thrownBy(peerFor({ attempts: 1 }).store(ids(), await staged(bytes)));
    // The connection may break before the answer is read.
    expect(error instanceof InstanceNotTaken || error instanceof PacsUnavailable).toBe(true);
  });

  test('what is gone is gone; what the PACS does not take away stays', async () => {
    const uids = pacs.put(mrFile());
    expect(await peerFor().remove(uids)).toBe(true);
    expect(await peerFor().remove(uids)).toBe(true);
    for (const status of [405, 403, 501]) {
      instead((response) => response.writeHead(status).end());
      expect(await peerFor().remove(uids)).toBe(false);
    }
  });
});

describe('at the start', () => {
  test('a PACS that does what is needed passes, empty or not', async () => {
    await peerFor().probe();
    pacs.put(mrFile());
    await peerFor().probe();
  });

  test.each<[string, (response: ServerResponse, path: string) => void, string]>([
    ['knows us not', (r) => r.writeHead(401).end(), 'refuses the credentials'],
    ['is no DICOMweb', (r) => r.writeHead(404).end(), 'lists no studies'],
    ['is a web page', (r) => r.writeHead(200, { 'content-type': 'text/html' }).end(), 'lists no studies'],
    [
      'is elsewhere',
      (r) => r.writeHead(301, { location: 'https://example.org' }).end(),
      'redirects elsewhere',
    ],
    [
      'gives nothing as kept',
      (r, path) => (path.includes('/instances/') ? r.writeHead(406).end() : sendJson(r, [])),
      'gives no instances as it keeps them',
    ],
  ])('one that %s is told in words', async (_, answer, words) => {
    instead(answer);
    const error = await thrownBy(peerFor().probe());
    expect(error).toBeInstanceOf(PacsRefused);
    expect(error.message).toContain(words);
  });
});
