/**
 * Generates docs/conformance-statement.md from the tables that the server runs on: the routes of DICOMweb with their
 * media types, the keys and attributes of the index, the SOP classes, transfer syntaxes, statuses and limits of DIMSE.
 *
 *   node scripts/generate-conformance-statement.ts          writes the file
 *   node scripts/generate-conformance-statement.ts --check  exits 1 if the committed file differs
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keywordOf, TransferSyntax } from '@promontory/core/dicom';
import { FAILURE, MATCHING_KEYS, type QueryLevel } from '../packages/server/src/archive/index.ts';
import { LEVELS } from '../packages/server/src/archive/search-keys.ts';
import {
  type Capability,
  DEFAULT_PART_LIMITS,
  DEFAULT_QUERY_LIMITS,
} from '../packages/server/src/dicomweb/index.ts';
import { UNIQUE_KEYS } from '../packages/server/src/dimse/find-query.ts';
import { IMPLEMENTATION } from '../packages/server/src/dimse/implementation.ts';
import {
  DEFAULT_DIMSE_LIMITS,
  QUERY_CLASSES,
  STORED_SYNTAXES,
  VERBS,
  VERIFICATION,
} from '../packages/server/src/dimse/index.ts';
import { PLAIN_SYNTAXES } from '../packages/server/src/dimse/sop-classes.ts';
import { Status } from '../packages/server/src/dimse/status.ts';
import {
  dicomwebRoutes,
  type Route,
  subscriptionRoutes,
  workitemRoutes,
} from '../packages/server/src/http/index.ts';
import { AS_KEPT, DEFAULT_PEER_LIMITS } from '../packages/server/src/ports/pacs/index.ts';
import { CHANNEL_LIMITS } from '../packages/server/src/readings/event-feed.ts';
import { REQUESTING_AE } from '../packages/server/src/readings/event-reports.ts';
import { LUMBAR_READING, STEP_KEYS } from '../packages/server/src/readings/index.ts';
import { SCHEDULED_KEYS } from '../packages/server/src/readings/order.ts';

const TARGET = join(import.meta.dirname, '../docs/conformance-statement.md');

/** The routes only close over what they are given: nothing of it is called to list them. */
const never = (): never => {
  throw new Error('Only the table of routes is read here.');
};
const WEB = dicomwebRoutes({
  recordsFor: never,
  images: {} as Parameters<typeof dicomwebRoutes>[0]['images'],
});
const WORKITEMS = [
  ...workitemRoutes({ readingsFor: never, worklistFor: never }),
  ...subscriptionRoutes({ subscriptionsFor: never }),
];

interface Capabilities {
  readonly transferSyntaxes: readonly string[];
  readonly resources: readonly Capability[];
}

/** What the service says of itself at its root. */
async function capabilitiesOf(routes: readonly Route[]): Promise<Capabilities> {
  const root = routes.find(({ path }) => path === '/dicom-web');
  const reply = await root?.handle({
    origin: '',
    url: '/dicom-web',
    headers: { accept: 'application/json' },
  } as Parameters<Route['handle']>[0]);
  return JSON.parse(Buffer.from(reply?.body as Uint8Array).toString()) as Capabilities;
}

type Cell = string | number;
const escaped = (cell: Cell): string => String(cell).replaceAll('|', '\\|');
const table = (head: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(escaped).join(' | ')} |`).join('\n');

const code = (text: Cell): string => `\`${text}\``;
const hex = (status: number): string => `${status.toString(16).toUpperCase().padStart(4, '0')}H`;
const attribute = (tag: number): string => {
  const digits = tag.toString(16).toUpperCase().padStart(8, '0');
  return `${keywordOf(tag) ?? 'private'} (${digits.slice(0, 4)},${digits.slice(4)})`;
};
const attributes = (tags: readonly number[]): string => tags.map(attribute).join(', ');
const megabytes = (bytes: number): string =>
  bytes >= 2 ** 30
    ? `${bytes / 2 ** 30} GiB`
    : bytes >= 2 ** 20
      ? `${bytes / 2 ** 20} MiB`
      : `${bytes / 2 ** 10} KiB`;
const seconds = (ms: number): string => `${ms / 1000} s`;
const grouped = (n: number): string => n.toLocaleString('en-US');

const SYNTAX_NAMES = new Map(Object.entries(TransferSyntax).map(([name, uid]) => [uid as string, name]));
const syntaxes = (uids: readonly string[]): string =>
  table(
    ['transfer syntax', 'UID'],
    uids.map((uid) => [SYNTAX_NAMES.get(uid) ?? 'kept as it came, not decoded', code(uid)]),
  );

const SERVICES = ['C-ECHO', 'C-STORE', 'C-FIND', 'C-MOVE', 'C-GET'] as const;
type Service = (typeof SERVICES)[number];

/** What each status is said for. All of `Status` stand here: the type sees to it. */
const MEANING: Readonly<Record<keyof typeof Status, Readonly<Partial<Record<Service, string>>>>> = {
  success: {
    'C-ECHO': 'always',
    'C-STORE': 'kept, or the same content is held already',
    'C-FIND': 'that was all',
    'C-MOVE': 'all were sent, or there was nothing to send',
    'C-GET': 'all were sent, or there was nothing to send',
  },
  pending: { 'C-FIND': 'an answer', 'C-MOVE': 'a sub-operation is done', 'C-GET': 'a sub-operation is done' },
  pendingWithUnsupportedKeys: {
    'C-FIND': 'an answer; some key is not matched, not known, or of another level',
  },
  cancelled: {
    'C-FIND': 'ended by C-CANCEL',
    'C-MOVE': 'ended by C-CANCEL; the counts say what is left',
    'C-GET': 'ended by C-CANCEL; the counts say what is left',
  },
  suboperationsFailed: {
    'C-MOVE': 'some failed, or the receiver warned',
    'C-GET': 'some failed, or the receiver warned',
  },
  storedUnderOtherUids: { 'C-STORE': "kept, under UIDs that differ from the command's" },
  noSuchSopClass: {
    'C-ECHO': 'the SOP class is not Verification',
    'C-FIND': 'the SOP class is not that of the context',
    'C-MOVE': 'the SOP class is not that of the context',
    'C-GET': 'the SOP class is not that of the context',
  },
  processingFailure: { 'C-STORE': 'another content is held under this UID, and stays; or a failure of ours' },
  invalidSopInstance: { 'C-STORE': 'the SOP Instance UID of the command is none' },
  sopClassNotSupported: { 'C-STORE': 'the SOP class is not that of the context' },
  notAuthorised: { 'C-STORE': 'the peer may not store' },
  unrecognisedOperation: { 'C-ECHO': 'an operation that is not offered, or not in this context' },
  outOfResources: {
    'C-STORE': 'no room, the database or store is away, or reading took too long: a retry helps later',
    'C-FIND': 'too many answers, too long an identifier, or the database is away',
  },
  instanceTooLarge: { 'C-STORE': 'larger than an instance may be: no retry helps' },
  unableToCountMatches: {
    'C-MOVE': 'too many sub-operations, too long an identifier, or the database is away',
    'C-GET': 'too many sub-operations, too long an identifier, or the database is away',
  },
  unableToPerformSuboperations: {
    'C-MOVE': 'all failed: the destination is not there or refuses us',
    'C-GET': 'all failed',
  },
  moveDestinationUnknown: { 'C-MOVE': 'the destination is not listed, or not for this peer' },
  mismatch: {
    'C-STORE': 'the data set names another SOP class or instance than the command',
    'C-FIND': 'no level, or one that the model has not',
    'C-MOVE': 'keys that do not fit the level',
    'C-GET': 'keys that do not fit the level',
  },
  cannotUnderstand: {
    'C-STORE': 'the data set cannot be understood, or is cut off',
    'C-FIND': 'the identifier cannot be understood',
    'C-MOVE': 'the identifier cannot be understood',
    'C-GET': 'the identifier cannot be understood',
  },
};

const statusTable = (service: Service): string =>
  table(
    ['status', 'when'],
    (Object.keys(MEANING) as (keyof typeof Status)[])
      .filter((name) => MEANING[name][service] !== undefined)
      .map((name) => [Status[name], MEANING[name][service] as string] as const)
      .sort(([a], [b]) => a - b)
      .map(([status, when]) => [hex(status), when]),
  );

const FAILURES: Readonly<Record<keyof typeof FAILURE, string>> = {
  notUnderstood: 'no PS3.10 file, cut off, malformed, or without its UIDs',
  mismatch: 'belongs to another study than the request names',
  conflict: 'another content is held under this SOP Instance UID; the first is kept',
  transferSyntax: 'the transfer syntax is private, unknown, or none of files (see Transfer syntaxes)',
  processing: 'a failure of ours while the instance was read; the log places it',
  outOfResources: 'no room, the database or store is away, or reading took too long: a retry helps later',
  tooLarge: 'larger than an instance may be: no retry helps',
  notAuthorised: 'the study belongs to a project that the client may not store into',
};

const LEVEL_NAMES: Readonly<Record<QueryLevel, string>> = {
  study: 'Study',
  series: 'Series',
  instance: 'Instance',
};

const routeRows = (routes: readonly Route[]) =>
  routes.map(({ method, path, summary, may }) => [
    method,
    code(path.replace(/:(\w+)/g, '{$1}').replace(/\*$/, '{path}')),
    summary.replace(/\.$/, ''),
    may === 'signed-in' ? 'signed in' : may,
  ]);

/** Rows that say the same of several resources stand together. */
function mediaRows(resources: readonly Capability[]): string[][] {
  const byForm = Map.groupBy(resources, ({ takes = [], gives = [] }) => JSON.stringify([takes, gives]));
  return [...byForm].flatMap(([form, of]) => {
    const [takes, gives] = JSON.parse(form) as [string[], string[]];
    if (gives.length === 0) return [];
    const names = of.map(({ method, path }) => code(`${method} ${path}`)).join('<br>');
    return [[names, takes.map(code).join('<br>'), gives.map(code).join('<br>')]];
  });
}

const parameterRows = (resources: readonly Capability[]): string[][] =>
  [...new Set(resources.flatMap(({ parameters = [] }) => parameters))].map((name) => [
    code(name),
    PARAMETERS[name] ?? never(),
  ]);

const PARAMETERS: Readonly<Record<string, string>> = {
  '{attribute}': 'a matching key: keyword or eight hexadecimal digits',
  includefield: 'keywords or tags, several by comma or by repetition, or `all`: what the index has',
  fuzzymatching: '`true`: words of names begin alike, in any order, without regard to case and accents',
  limit: `answers of a page, ${DEFAULT_QUERY_LIMITS.defaultLimit} unless said, ${grouped(DEFAULT_QUERY_LIMITS.maxLimit)} at most; \`Link: rel="next"\` and a \`Warning\` tell that there is more`,
  offset: 'answers to leave out; the order is fixed (newest study first)',
  accept: 'in place of the header',
  window: '`centre,width,function`: linear, linear-exact, sigmoid',
  viewport: '`vw,vh,sx,sy,sw,sh`; nothing is flipped',
  quality: '1 to 100, of JPEG',
};

export async function statementText(): Promise<string> {
  const { resources, transferSyntaxes } = await capabilitiesOf(WEB);
  const limits = DEFAULT_DIMSE_LIMITS;
  const levels = ['study', 'series', 'instance'] as const;
  return `# DICOM conformance statement

Made by \`scripts/generate-conformance-statement.ts\` from the tables that the server runs on; not to be edited by hand. It follows PS3.2 in what it tells, and holds for the version that it is released with.

**Scope.** Promontory is an archive for composite instances of studies, above all magnetic resonance images of the lumbar spine, with a reading (measurements, decision support; unreviewed until a person signs) as its own result. It is research software, no certified medical device. It stores, finds and gives back any composite instance that belongs to a study; it does not show images for diagnosis.

Implementation Class UID ${code(IMPLEMENTATION.implementationClassUid)}, Implementation Version Name ${code(IMPLEMENTATION.implementationVersionName)}.

| service | as | off unless set |
|---|---|---|
| DICOMweb: STOW-RS, QIDO-RS, WADO-RS, delete, capabilities (PS3.18 chapters 8, 10) | origin server | |
| DICOMweb: UPS-RS (PS3.18 chapter 11) for readings: Push, Pull, Watch, Event, Query | origin server | |
| DICOMweb: QIDO-RS, WADO-RS, STOW-RS towards one PACS (PS3.18 chapters 8, 10) | user agent | yes |
| Verification, Storage, Query/Retrieve (PS3.4 annexes A, B, C) | SCP; Storage as SCU too | yes |
| Basic TLS secure transport (PS3.15 B.9, BCP 195) | both | |
| Audit trail messages (PS3.15 A.5) over syslog | sender | yes |
| De-identification (PS3.15 annex E) | see [deidentification.md](deidentification.md) | |

Not offered: Modality Worklist, Modality Performed Procedure Step, Storage Commitment, Instance Availability Notification, Unified Procedure Step over DIMSE, WADO-URI, Media Storage, relational queries and the other extended negotiations, asynchronous operations, user identity negotiation. Nothing is compressed: instances leave as they are kept, or uncompressed.

# DICOMweb

Under \`/dicom-web\`. A client signs in with an API token (\`Authorization: Bearer …\`) or with a person's session. What it may not see answers as what is not there (404).

## Resources

${table(['method', 'resource', 'what', 'needs'], routeRows([...WEB, ...WORKITEMS]))}

## Media types

${table(['resource', 'takes', 'gives, the first unless the client asks otherwise'], mediaRows(resources))}

Frames and bulk data of encapsulated pixel data come uncompressed as \`application/octet-stream\`, or as they are kept under the media type of their compression. UPS-RS takes and gives \`application/dicom+json\`. Other media types are answered 406, with what is available.

**Transfer syntaxes of retrieval.** Without one in the request instances come in the first of these; \`transfer-syntax=*\` gives each as it is kept; a request may name the one it is kept in. Instances that cannot be decoded are given as they are kept unless the request names another.

**Rendered pictures** go through the Modality LUT Sequence or Rescale Slope and Intercept, then the window of the request, else the object's own window (LINEAR, LINEAR_EXACT, SIGMOID), else its VOI LUT Sequence, else a window over the frame's values; Presentation LUT Shape and MONOCHROME1 turn them round. Overlays are not drawn and presentation states are not applied: a request that names one is refused with 400. Of an instance larger than the server's limit (\`images.maxRenderedBytes\`, 256 MiB unless set) no picture is made: 413.

${syntaxes(transferSyntaxes)}

## Parameters

${table(['parameter', 'meaning'], parameterRows(resources))}

Unknown parameters are ignored with a \`Warning: 299\`. \`annotation\` and \`iccprofile\` are not heeded, and warned of. Attributes within sequences are not matched.

## Search

Matching is by PS3.4 C.2.2.2: single value, list of UIDs (by comma or backslash), wildcard (\`*\`, \`?\`), range (dates and times, the end inclusive to the last letter: \`-10\` includes 10:59), universal. Only names are matched without regard to case and accents. An absent or empty value matches nothing but universal matching. Keys of the levels above are matched too.

${table(
  ['level', 'matched', 'returned always'],
  levels.map((level) => [
    LEVEL_NAMES[level],
    attributes(MATCHING_KEYS[level]),
    attributes(LEVELS[level].returned.map((key) => Number.parseInt(key, 16))),
  ]),
)}

Retrieve URL (0008,1190) and Instance Availability (0008,0056), always \`ONLINE\`, stand in every answer. Attributes of a level above are returned where the path does not name that level.

## Storing

A part is a PS3.10 file. Each is judged alone: the good ones of a request are kept.

| status | when |
|---|---|
| 200 | all are kept, or were held with the same content |
| 202 | some failed, or warnings were noted |
| 400 | the body broke off, or is no multipart; what came whole before is kept and listed |
| 403, 409, 413, 503 | all failed: not authorised; for other or several reasons; larger than an instance may be; for want of room, of time or of the database, with \`Retry-After\` |
| 413, 415 | the body is too large; a media type or content coding that is not taken |

${table(
  ['failure reason', 'DIMSE status', 'when'],
  (Object.keys(FAILURE) as (keyof typeof FAILURE)[]).map((name) => [
    `${hex(FAILURE[name].stow)} (${FAILURE[name].stow})`,
    hex(FAILURE[name].dimse),
    FAILURES[name],
  ]),
)}

A failure stands in the Failed SOP Sequence where the SOP Instance UID could be told, else in the Other Failures Sequence. Warning Reason ${hex(Status.storedUnderOtherUids)} notes what the parser tolerated.

## Worklist

One procedure is performed: ${code(LUMBAR_READING.value)}, coding scheme ${code(LUMBAR_READING.scheme)}, “${LUMBAR_READING.meaning}”. Work items are made for studies as they become complete, when a person asks, and by Create. See [readings.md](readings.md) for claims, their end, and how long work items are kept.

**Create.** Needed: Scheduled Workitem Code Sequence with that code, Input Information Sequence that names one study. Filled in, with the warning “created with modifications”: priority (MEDIUM), label, start (at once), input readiness (READY), UID. A start in the future, by up to a year, delays our own performance. Kept: ${attributes([...SCHEDULED_KEYS, '0040A370'].map((key) => Number.parseInt(key, 16)))}, and the series of the input. Attributes of the patient are not kept: a Patient ID is held against that of the study.

**Update.** While SCHEDULED: the scheduled attributes above, priority, start. While IN PROGRESS, with the Transaction UID in the query (alone or as \`transaction-uid\`) or in the data set: also Procedure Step Progress Information Sequence and Unified Procedure Step Performed Procedure Sequence. Others are left out with the warning of the standard. The Transaction UID is kept as a hash and never given.

**Final states** are demanded by table CC.2.5-3, codes R, P and X; the cancellation's time is filled in. Between two tries of our own worker a step stays IN PROGRESS. A claim whose performer is not heard of (Update, Change State) for the time of \`reading.claimMinutes\` is CANCELED by the server, reason “abandoned”, and another step is scheduled that names it in its Replaced Procedure Step Sequence.

**Request Cancellation.** A step that is SCHEDULED, or performed here, is cancelled; of one that a client performs an event is sent. Where nobody is subscribed to it: 409.

| status | when |
|---|---|
| 400 | not as the transaction demands; no Transaction UID, or another one; an update of what has ended |
| 403 | another procedure; no subscription without an account, or under a seventeenth AE title |
| 404 | study, series or work item is not there, or may not be seen |
| 409 | the UID is taken; a reading of the study waits or runs (\`Content-Location\` names it); another patient; the state does not allow it, or demands more |

**Subscriptions** are an account's own: its AE titles are not known to other accounts. They are kept over restarts. Deletion locks are not granted. Filters match ${Object.keys(STEP_KEYS).join(', ')}, single values; a filter that names others is refused with 400, and one that names a study goes with the study. Subscribing to all sends no initial events (as without lock, table CC.2.3-2). A filter subscribes to what has not ended; a subscription to a step is forgotten ten minutes after the step ended.

**Events** come over a WebSocket (RFC 6455) at \`/dicom-web/subscribers/{aetitle}\`, signed in like any request, from other origins refused for sessions of browsers; no subprotocol, no extensions. Event types 1 (state), 2 (cancel requested; Requesting AE ${code(REQUESTING_AE)}, as HTTP knows none), 3 (progress), 5 (assigned), and 4 (server status: RESTARTED, WARM START) with the first channel of an AE title after a start. Whether a client may see the study is judged when the event is sent; a session or token that ends closes the channel (1008). Nothing is queued for clients that are away, but for some seconds; one that does not read is dropped (1013).

# DICOMweb as user agent

Where \`storage.pacs\` is set, one PACS is asked over HTTPS (HTTP on the same machine only), by basic authentication, bearer token, client certificate, or none. No redirect is followed, no address in an answer, and nothing compressed is taken (\`Accept-Encoding: identity\`). See [storage.md](storage.md).

${table(
  ['transaction', 'request', 'asks for'],
  [
    [
      'Search (10.6)',
      code('GET /studies'),
      'StudyDate from a day on, the keys of `follow.match` (default ModalitiesInStudy=MR), includefield NumberOfStudyRelatedInstances, limit and offset',
    ],
    [
      'Search (10.6)',
      code('GET /studies/{study}/instances'),
      'includefield SeriesInstanceUID and SOPInstanceUID, limit and offset',
    ],
    ['Retrieve (10.4)', code('GET /studies/{study}/series/{series}/instances/{instance}'), code(AS_KEPT)],
    [
      'Store (10.5)',
      code('POST /studies'),
      'one instance, multipart/related; type="application/dicom", of any SOP class and transfer syntax; retrieved again before it is acknowledged',
    ],
    [
      'Delete (not of the standard)',
      code('DELETE /studies/{study}/series/{series}/instances/{instance}'),
      'only where `removeFromPacs` is set',
    ],
  ],
)}

Pages are asked for until one brings nothing new, whatever their size. An instance whose UIDs are not those that were asked for is refused. Status 429, 502, 503 and 504 are asked again, after Retry-After where it is given (at most ${seconds(DEFAULT_PEER_LIMITS.longestPauseMs)}), ${DEFAULT_PEER_LIMITS.attempts} times in all. Failure reasons of a store are passed on as ${hex(FAILURE.outOfResources.stow)}.

# DIMSE

## Who may connect

A peer is listed by AE title, addresses, verbs (${VERBS.map(code).join(', ')}) and project; all others are rejected (A-ASSOCIATE-RJ, reason 3) and audited. Without a listed peer the listener does not start beyond loopback, nor without TLS unless the dangerous \`insecureOnNetwork\` is set. See [dimse.md](dimse.md).

## SOP classes

${table(
  ['service', 'SOP class', 'role'],
  [
    ['Verification', code(VERIFICATION), 'SCP'],
    [
      'Storage',
      `all below ${code('1.2.840.10008.5.1.4.1.1')}; private ones that the settings name`,
      'SCP; SCU in C-MOVE, C-GET',
    ],
    ...[...QUERY_CLASSES].map(([uid, { model, verb }]) => [
      `${model === 'study' ? 'Study' : 'Patient'} Root, C-${verb.toUpperCase()}`,
      code(uid),
      'SCP',
    ]),
  ],
)}

## Transfer syntaxes

Storage, over DIMSE and STOW-RS alike. Of those that a context proposes the first that is decoded is accepted, else the first. An instance is kept byte for byte, decoded or not; what is not decoded is retrieved as it was received, and cannot be rendered or read. Private and unknown transfer syntaxes, Papyrus 3, MIME, XML and SMPTE ST 2110 are refused (${hex(FAILURE.transferSyntax.stow)}): nobody could tell later how their bytes are to be read.

${syntaxes(STORED_SYNTAXES)}

Queries:

${syntaxes(PLAIN_SYNTAXES)}

## C-FIND

Keys as in the search above, at the levels PATIENT (Patient Root only), STUDY, SERIES and IMAGE. Always returned: ${Object.entries(
    UNIQUE_KEYS,
  )
    .map(([level, tags]) => `${level} ${attributes(tags)}`)
    .join(
      '; ',
    )}. Keys of higher levels are not demanded. Requests are read by their own Specific Character Set; answers are in ISO_IR 192.

## Statuses

${SERVICES.map((service) => `### ${service}\n\n${statusTable(service)}`).join('\n\n')}

# Security

- TLS 1.2 or later with authenticated encryption and forward secrecy, over HTTPS and DIMSE; client certificates over DIMSE where \`tls.clientCertificates\` is set. As caller, the peer's certificate is always checked.
- Over HTTP, tokens with scopes, held as hashes; sessions by cookie (\`HttpOnly\`, \`SameSite\`), which changes of state from pages of other sites cannot use. No default password. See [access.md](access.md).
- Every store, search, retrieval, deletion, move and refusal stands in a hash-chained audit, written in the transaction of the deed, exported as FHIR AuditEvent and as PS3.15 messages. See [audit.md](audit.md).

# Limits

${table(
  ['what', 'at most'],
  [
    ['answers of a page (QIDO-RS)', grouped(DEFAULT_QUERY_LIMITS.maxLimit)],
    ['parts of a STOW-RS request', grouped(DEFAULT_PART_LIMITS.maxParts)],
    [
      'a part; a request',
      `${megabytes(DEFAULT_PART_LIMITS.maxPartBytes)}; ${megabytes(DEFAULT_PART_LIMITS.maxRequestBytes)}`,
    ],
    [
      'as user agent: an answer to a search; studies of a search; instances of a study',
      `${megabytes(DEFAULT_PEER_LIMITS.maxJsonBytes)}; ${grouped(DEFAULT_PEER_LIMITS.maxStudies)}; ${grouped(DEFAULT_PEER_LIMITS.maxInstances)}`,
    ],
    ['an instance', '1 GiB, by the setting `storage.maxInstanceBytes`'],
    [
      'channels of event reports; of one account; events that wait for one',
      `${CHANNEL_LIMITS.mostChannels}; ${CHANNEL_LIMITS.mostOfAccount}; ${grouped(CHANNEL_LIMITS.mostWaiting)}`,
    ],
    [
      'associations; connections from addresses that are not listed',
      `${limits.maxAssociations}; ${limits.maxStrangers}`,
    ],
    [
      'PDU announced; A-ASSOCIATE-RQ',
      `${megabytes(limits.maxPduBytes)}; ${megabytes(limits.maxAssociatePduBytes)}`,
    ],
    ['an identifier', megabytes(limits.maxIdentifierBytes)],
    ['answers of a C-FIND', grouped(limits.maxMatches)],
    ['instances of a C-MOVE or C-GET', grouped(limits.maxSuboperations)],
    ['an instance that is transcoded for a C-MOVE or C-GET', megabytes(limits.maxTranscodeBytes)],
    [
      'time to a whole A-ASSOCIATE-RQ (ARTIM); from the first byte of a PDU to its last; silence',
      `${seconds(limits.artimMs)}; ${seconds(limits.pduMs)}; ${seconds(limits.idleMs)}`,
    ],
  ],
)}

# What is particular

- **Kept as received.** The data set is never rewritten or coerced; over DICOMweb the meta information neither. The 128 bytes of the preamble are zeroed (CVE-2019-11687).
- **A resend** of the same data set is a success and changes nothing. **Another content under a held SOP Instance UID** is refused with ${hex(FAILURE.conflict.stow)} (${FAILURE.conflict.stow}) and audited; the first is kept.
- **Acknowledged is durable**: the answer comes when bytes, index and audit are flushed.
- **Study and series values** that differ between their instances: the index answers with those of the first instance that was stored; each instance keeps its own.
- **Character sets.** All of PS3.3 C.12.1.1.2 are read, code extensions included; answers over DICOMweb are UTF-8, and Specific Character Set in DICOM JSON says ISO_IR 192.
- **DICOM JSON.** IS and DS that are numbers are numbers, others texts; values longer than 1 KiB without text, and texts and lists of numbers above 64 KiB, are pointed to (BulkDataURI); private elements written as UN stay UN.
- **ACR-NEMA dates and times** (\`2003.08.18\`, \`14:04:38\`) are given back as they are and found as what they mean.
- **Deleting** removes study, series or instance at once from every answer, and its bytes with the next upkeep, within an hour; a deleted instance may be stored again.
`;
}

if (import.meta.main) {
  const text = await statementText();
  if (!process.argv.includes('--check')) writeFileSync(TARGET, text);
  else if (readFileSync(TARGET, 'utf8') !== text) {
    process.stderr.write(`${TARGET} is not what the generator makes: run it again\n`);
    process.exit(1);
  }
}
