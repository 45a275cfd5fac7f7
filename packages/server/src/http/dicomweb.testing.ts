/** DICOMweb over HTTP as it is deployed: real archive, real workers, real server. */
import type { Identity } from '../access/index.ts';
import { openTestArchive, person } from '../archive/archive.testing.ts';
import { multipartRelated, type PartLimits, readMultipart } from '../dicomweb/index.ts';
import { createImageWork } from '../ports/images/index.ts';
import { jsonLog } from '../ports/log/index.ts';
import { parseMediaType } from '../ports/mime/index.ts';
import { dicomwebRoutes } from './dicomweb-routes.ts';
import { listenWith } from './listen.testing.ts';
import type { Route } from './route.ts';

export interface DicomwebServer {
  readonly origin: string;
  readonly routes: readonly Route[];
  /** What the server logged. */
  lines(): string;
  ask(path: string, init?: RequestInit & { readonly as?: string }): Promise<Response>;
  stow(
    files: readonly Uint8Array[],
    path?: string,
    init?: RequestInit & { readonly as?: string },
  ): Promise<Response>;
  close(): Promise<void>;
}

const PEOPLE: Readonly<Record<string, Identity>> = {
  admin: person('administrator'),
  radiologist: person('radiologist', 'default'),
  elsewhere: person('radiologist', 'other'),
  student: person('student', 'default'),
};

export interface DicomwebLimits {
  readonly maxInstanceBytes?: number;
  readonly maxRenderedBytes?: number;
}

export async function openDicomweb(
  partLimits?: PartLimits,
  { maxInstanceBytes, maxRenderedBytes = 2 ** 28 }: DicomwebLimits = {},
): Promise<DicomwebServer> {
  const archive = await openTestArchive(undefined, undefined, maxInstanceBytes);
  const images = createImageWork({ workers: 1, maxRenderedBytes });
  const routes = dicomwebRoutes({
    recordsFor: archive.recordsFor,
    images,
    ...(partLimits === undefined ? {} : { partLimits }),
  });
  let lines = '';
  const server = await listenWith(routes, PEOPLE, {
    log: jsonLog(
      (line) => {
        lines += line;
      },
      () => new Date(0),
    ),
  });
  const ask: DicomwebServer['ask'] = (path, { as = 'admin', ...init } = {}) =>
    fetch(`${server.origin}/dicom-web${path}`, {
      ...init,
      headers: { authorization: `Bearer ${as}`, ...init.headers },
    });
  return {
    origin: server.origin,
    routes,
    lines: () => lines,
    ask,
    async stow(files, path = '/studies', init = {}) {
      const parts = files.map((body) => ({ headers: { 'Content-Type': 'application/dicom' }, body }));
      const { contentType, body } = multipartRelated(parts, 'application/dicom');
      return ask(path, {
        method: 'POST',
        ...init,
        headers: { 'content-type': contentType, ...init.headers },
        body: Buffer.from(await collect(body)),
      });
    },
    async close() {
      await server.close();
      await images.close();
      await archive.close();
    },
  };
}

export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return new Uint8Array(Buffer.concat(all));
}

export interface ReceivedPart {
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

export async function partsOf(response: Response): Promise<ReceivedPart[]> {
  const type = parseMediaType(response.headers.get('content-type') ?? '');
  const boundary = type?.parameters.get('boundary');
  if (boundary === undefined || response.body === null) throw new Error(`no multipart: ${response.status}`);
  const parts: ReceivedPart[] = [];
  for await (const { headers, body } of readMultipart(response.body, boundary)) {
    parts.push({ headers: Object.fromEntries(headers), bytes: await collect(body) });
  }
  return parts;
}
