/** DICOMweb under /dicom-web: the table of its resources, and how their refusals become HTTP answers. */
import type { Identity } from '../access/index.ts';
import type { QueryLevel, Records } from '../archive/index.ts';
import {
  type Answer,
  type Capability,
  capabilities,
  DICOM,
  DicomwebRefusal,
  GIVES,
  type PartLimits,
  type QueryLimits,
  type RefusalReason,
  type Retrieval,
  remove,
  retrieveBulk,
  retrieveFrames,
  retrieveInstances,
  retrieveMetadata,
  retrieveRendered,
  retrieveThumbnail,
  scopeOf,
  search,
  store,
  type Wanted,
} from '../dicomweb/index.ts';
import type { ImageWork } from '../ports/images/index.ts';
import { type Call, HttpRefusal, type Route, route } from './route.ts';

export interface DicomwebSettings {
  recordsFor(identity: Identity): Records;
  readonly images: ImageWork;
  readonly partLimits?: PartLimits;
  readonly queryLimits?: QueryLimits;
}

const ROOT = '/dicom-web';
const STUDY = '/studies/:study';
const SERIES = `${STUDY}/series/:series`;
const INSTANCE = `${SERIES}/instances/:instance`;

const STATUS: Readonly<Record<RefusalReason, readonly [number, string]>> = {
  'bad-request': [400, 'BAD_REQUEST'],
  absent: [404, 'NOT_FOUND'],
  'not-acceptable': [406, 'NOT_ACCEPTABLE'],
  'unsupported-media-type': [415, 'UNSUPPORTED_MEDIA_TYPE'],
  'too-large': [413, 'TOO_LARGE'],
  range: [416, 'RANGE_NOT_SATISFIABLE'],
};

interface Resource extends Capability {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly may: Route['may'];
  answer(call: Call): Promise<Answer>;
}

const MATCHING = ['{attribute}', 'includefield', 'fuzzymatching', 'limit', 'offset', 'accept'];
const RENDERING = ['window', 'viewport', 'quality', 'accept'];
const NEGOTIATED = ['accept'];

export function dicomwebRoutes(settings: DicomwebSettings): Route[] {
  const table: Resource[] = [
    ...searching(settings),
    ...storing(settings),
    ...retrieving(settings),
    ...rendering(settings),
    ...removing(settings),
  ];
  const root: Resource = {
    method: 'GET',
    path: '',
    summary: 'Capabilities of the service: its resources and media types',
    may: 'signed-in',
    answer: async (call) => capabilities(table, baseUrl(call), wantedBy(call)),
  };
  return [root, ...table].map(({ method, path, summary, may, takes, answer }) =>
    route({
      method,
      path: ROOT + path,
      summary,
      group: 'dicomweb',
      may,
      ...(takes === undefined ? {} : { body: 'stream' }),
      handle: (call) => answer(call as Call).catch(refuse),
    }),
  );
}

function refuse(error: unknown): never {
  if (!(error instanceof DicomwebRefusal)) throw error;
  const [status, code] = STATUS[error.reason];
  throw new HttpRefusal(status, code, error.message, error.headers);
}

const baseUrl = (call: Call): string => call.origin + ROOT;
const pathname = (call: Call): string => call.url.split('?', 1)[0];
const queryPart = (call: Call): string => call.url.slice(pathname(call).length + 1);
const wantedBy = (call: Call): Wanted => ({
  header: call.headers.accept,
  parameter: new URLSearchParams(queryPart(call)).get('accept') ?? undefined,
});

function searching({ recordsFor, queryLimits }: DicomwebSettings): Resource[] {
  const resource = (path: string, level: QueryLevel, summary: string): Resource => ({
    method: 'GET',
    path,
    summary,
    may: 'search',
    gives: GIVES.metadata,
    parameters: MATCHING,
    answer: (call) =>
      search(
        recordsFor(call.identity),
        {
          level,
          params: call.params,
          search: queryPart(call),
          path: pathname(call).slice(ROOT.length),
          wanted: wantedBy(call),
          baseUrl: baseUrl(call),
        },
        queryLimits,
      ),
  });
  return [
    resource('/studies', 'study', 'Search for studies (QIDO-RS)'),
    resource('/series', 'series', 'Search for series of all studies'),
    resource('/instances', 'instance', 'Search for instances of all studies'),
    resource(`${STUDY}/series`, 'series', 'Search for series of a study'),
    resource(`${STUDY}/instances`, 'instance', 'Search for instances of a study'),
    resource(`${SERIES}/instances`, 'instance', 'Search for instances of a series'),
  ];
}

function storing({ recordsFor, partLimits }: DicomwebSettings): Resource[] {
  const resource = (path: string, summary: string): Resource => ({
    method: 'POST',
    path,
    summary,
    may: 'store',
    takes: [`multipart/related; type="${DICOM}"`, DICOM],
    gives: GIVES.stored,
    parameters: NEGOTIATED,
    async answer(call) {
      const studyUid = call.params.study === undefined ? undefined : scopeOf(call.params).studyUid;
      const request = {
        studyUid,
        contentType: call.headers['content-type'],
        contentEncoding: call.headers['content-encoding'],
        stream: call.stream,
        wanted: wantedBy(call),
        baseUrl: baseUrl(call),
      };
      return store(recordsFor(call.identity), request, partLimits);
    },
  });
  return [
    resource('/studies', 'Store instances (STOW-RS)'),
    resource(STUDY, 'Store instances of one study; those of others are refused'),
  ];
}

type Retrieve = (retrieval: Retrieval, call: Call) => Promise<Answer>;

/** A resource that is read from within one study. */
const within =
  ({ recordsFor, images }: DicomwebSettings) =>
  (path: string, summary: string, gives: readonly string[], retrieve: Retrieve): Resource => ({
    method: 'GET',
    path,
    summary,
    may: 'read',
    gives,
    parameters: NEGOTIATED,
    async answer(call) {
      const retrieval: Retrieval = {
        records: recordsFor(call.identity),
        images,
        scope: scopeOf(call.params),
        wanted: wantedBy(call),
        baseUrl: baseUrl(call),
        ifNoneMatch: call.headers['if-none-match'],
        work: { signal: call.signal, lane: call.identity.actor },
      };
      return retrieve(retrieval, call);
    },
  });

function retrieving(settings: DicomwebSettings): Resource[] {
  const resource = within(settings);
  const ofScope = (path: string, name: string, gives: readonly string[]) => [
    resource(path, `Retrieve ${name} (WADO-RS)`, gives, retrieveInstances),
    resource(`${path}/metadata`, `Retrieve the metadata of ${name}`, GIVES.metadata, retrieveMetadata),
  ];
  return [
    ...ofScope(STUDY, 'a study', GIVES.instances),
    ...ofScope(SERIES, 'a series', GIVES.instances),
    ...ofScope(INSTANCE, 'an instance', GIVES.instance),
    resource(`${INSTANCE}/frames/:frames`, 'Retrieve frames: 1,3,5-7', GIVES.frames, (retrieval, call) =>
      retrieveFrames(retrieval, call.params.frames),
    ),
    resource(
      `${INSTANCE}/bulkdata/*`,
      'Retrieve the bulk data that the metadata point to; ranges of bytes',
      GIVES.bulk,
      (retrieval, call) => retrieveBulk(retrieval, bulkPathOf(call), call.headers.range),
    ),
  ];
}

/** The segments after `/bulkdata/`, of which a router makes no single parameter. */
const bulkPathOf = (call: Call): string => pathname(call).split('/bulkdata/').slice(1).join('/bulkdata/');

function rendering(settings: DicomwebSettings): Resource[] {
  const resource = within(settings);
  const frames = `${INSTANCE}/frames/:frames`;
  const request = (call: Call) => ({
    search: queryPart(call),
    ...(call.params.frames === undefined ? {} : { frames: call.params.frames }),
  });
  const rows = [
    [STUDY, 'a study', GIVES.rendered],
    [SERIES, 'a series', GIVES.rendered],
    [INSTANCE, 'an instance', GIVES.renderedOne],
    [frames, 'frames', GIVES.renderedOne],
  ] as const;
  return rows
    .flatMap(([path, name, gives]) => [
      resource(`${path}/rendered`, `Retrieve ${name} as pictures`, gives, (retrieval, call) =>
        retrieveRendered(retrieval, request(call)),
      ),
      resource(
        `${path}/thumbnail`,
        `Retrieve one small picture of ${name}`,
        GIVES.thumbnail,
        (retrieval, call) => retrieveThumbnail(retrieval, request(call)),
      ),
    ])
    .map((each) => ({ ...each, parameters: RENDERING }));
}

function removing({ recordsFor }: DicomwebSettings): Resource[] {
  const resource = (path: string, name: string): Resource => ({
    method: 'DELETE',
    path,
    summary: `Delete ${name}`,
    may: 'delete',
    answer: async (call) => remove(recordsFor(call.identity), scopeOf(call.params)),
  });
  return [resource(STUDY, 'a study'), resource(SERIES, 'a series'), resource(INSTANCE, 'an instance')];
}
