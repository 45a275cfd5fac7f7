/** A PACS over HTTP that does what a test makes it do; by itself it keeps what it is given and gives it back. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { parseDicom, Tag } from '@promontory/core/dicom';
import type { InstanceUids } from './peer.ts';

export interface Held extends InstanceUids {
  bytes: Uint8Array;
}

export interface FakePacs {
  /** DICOMweb root. */
  readonly url: string;
  readonly held: Map<string, Held>;
  /** Method and path, with the query, of what was asked. */
  readonly asked: string[];
  readonly headers: IncomingMessage['headers'][];
  /** Answers in its place where it returns true. */
  instead: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  /** What it keeps of what it is given. */
  keeps: (bytes: Uint8Array) => Uint8Array;
  uidsOf: (bytes: Uint8Array) => InstanceUids;
  put(bytes: Uint8Array): InstanceUids;
  /** Refuses connections, or takes them again at the same port. */
  away(): Promise<void>;
  back(): Promise<void>;
  close(): Promise<void>;
}

const ROOT = '/dicom-web';

export async function fakePacs(tls?: ServerOptions): Promise<FakePacs> {
  const listener: RequestListener = (request, response) => {
    fake.asked.push(`${request.method} ${request.url?.slice(ROOT.length)}`);
    fake.headers.push(request.headers);
    if (fake.instead?.(request, response) === true) return;
    answer(fake, request, response).catch(() => response.destroy());
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  const listen = (port: number) => new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  const stop = async () => {
    if (!server.listening) return;
    const stopped = new Promise((done) => server.close(done));
    server.closeAllConnections();
    await stopped;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const fake: FakePacs = {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}${ROOT}`,
    held: new Map(),
    asked: [],
    headers: [],
    instead: undefined,
    keeps: (bytes) => bytes,
    uidsOf(bytes) {
      const { dataSet } = parseDicom(bytes);
      const [studyUid = '', seriesUid = '', sopUid = ''] = [
        Tag.StudyInstanceUID,
        Tag.SeriesInstanceUID,
        Tag.SOPInstanceUID,
      ].map((tag) => dataSet.text(tag));
      return { studyUid, seriesUid, sopUid };
    },
    put(bytes) {
      const uids = fake.uidsOf(bytes);
      fake.held.set(uids.sopUid, { ...uids, bytes });
      return uids;
    },
    away: stop,
    back: () => listen(port),
    close: stop,
  };
  return fake;
}

export const sendJson = (response: ServerResponse, value: unknown, status = 200): boolean => {
  response.writeHead(status, { 'content-type': 'application/dicom+json' }).end(JSON.stringify(value));
  return true;
};

export const sendInstance = (response: ServerResponse, bytes: Uint8Array): boolean => {
  response.writeHead(200, { 'content-type': 'multipart/related; type="application/dicom"; boundary=fake' });
  response.write('--fake\r\nContent-Type: application/dicom\r\n\r\n');
  response.write(bytes);
  response.end('\r\n--fake--\r\n');
  return true;
};

export const uidRow = (uids: Partial<InstanceUids>, more: object = {}) => ({
  ...(uids.studyUid === undefined ? {} : { '0020000D': { vr: 'UI', Value: [uids.studyUid] } }),
  ...(uids.seriesUid === undefined ? {} : { '0020000E': { vr: 'UI', Value: [uids.seriesUid] } }),
  ...(uids.sopUid === undefined ? {} : { '00080018': { vr: 'UI', Value: [uids.sopUid] } }),
  ...more,
});

async function answer(fake: FakePacs, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://fake');
  const path = pathname.slice(ROOT.length).split('/');
  const [, , studyUid, , , , sopUid] = path;
  const page = <Item>(items: readonly Item[]) => {
    const offset = Number(searchParams.get('offset') ?? 0);
    return items.slice(offset, offset + Number(searchParams.get('limit') ?? 100));
  };
  if (request.method === 'POST') return store(fake, request, response);
  if (request.method === 'DELETE') {
    response.writeHead(fake.held.delete(sopUid as string) ? 204 : 404).end();
    return;
  }
  if (path.length === 2) {
    const studies = [...Map.groupBy(fake.held.values(), (held) => held.studyUid)];
    const rows = studies.map(([uid, all]) =>
      uidRow({ studyUid: uid }, { '00201208': { vr: 'IS', Value: [all.length] } }),
    );
    sendJson(response, page(rows));
  } else if (path.length === 4) {
    const rows = [...fake.held.values()].filter((held) => held.studyUid === studyUid);
    if (page(rows).length === 0) response.writeHead(204).end();
    else
      sendJson(
        response,
        page(rows).map((held) => uidRow(held)),
      );
  } else {
    const held = fake.held.get(sopUid as string);
    if (held === undefined) response.writeHead(404).end();
    else sendInstance(response, held.bytes);
  }
}

/** As some do: what is held already is kept, and the answer is the same. */
async function store(fake: FakePacs, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const boundary = /boundary=([^;]+)/.exec(request.headers['content-type'] ?? '')?.[1];
  const start = body.indexOf('\r\n\r\n') + 4;
  const bytes = Uint8Array.from(body.subarray(start, body.lastIndexOf(`\r\n--${boundary}--`)));
  const uids = fake.uidsOf(bytes);
  if (!fake.held.has(uids.sopUid)) fake.held.set(uids.sopUid, { ...uids, bytes: fake.keeps(bytes) });
  sendJson(response, {
    '00081199': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: [uids.sopUid] } }] },
  });
}
