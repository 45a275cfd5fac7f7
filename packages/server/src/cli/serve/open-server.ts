/** The server, put together: the only place that knows which adapters stand behind its rooms' ports. */
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { crossSite, type Identity, openAccess, systemIdentity } from '../../access/index.ts';
import { type Admit, INDEX_WORKER, openArchive, type Records } from '../../archive/index.ts';
import { type AuditEvent, appendAudit, auditLog } from '../../audit/index.ts';
import { consents, erasures } from '../../consent/index.ts';
import { type DimseListener, listenDimse } from '../../dimse/index.ts';
import { DEID_WORKER, type ExportPorts, exportStudies, previewExport } from '../../exports/index.ts';
import { followerIdentity } from '../../following/index.ts';
import {
  accessRoutes,
  auditRoutes,
  type ConnectionLimits,
  consentRoutes,
  dicomwebRoutes,
  exportRoutes,
  type HttpServer,
  listenHttp,
  pageRoutes,
  type Route,
  readingListRoutes,
  readingsRoutes,
  readingTimesRoutes,
  reviewRoutes,
  serverRoutes,
  subscriptionRoutes,
  webRoutes,
  workitemRoutes,
} from '../../http/index.ts';
import { BlobsUnavailable } from '../../ports/blobs/index.ts';
import { createImageWork } from '../../ports/images/index.ts';
import { type Log, placeOf } from '../../ports/log/index.ts';
import { UntrustedPool } from '../../ports/untrusted/index.ts';
import { rankReadings, readingListFor } from '../../reading-list/index.ts';
import { openReadings, type ReadingsRoom, readingProcess } from '../../readings/index.ts';
import { openReview } from '../../review/index.ts';
import { clearRemovedBlobs } from '../../upkeep/index.ts';
import { forwardAudit, upkeep } from './background.ts';
import { dimseSettingsOf } from './dimse-settings.ts';
import type { Environment } from './environment.ts';
import { followPacs, noticing, probePacs } from './follow-pacs.ts';
import type { Storage } from './open-storage.ts';
import type { ServeSettings } from './settings.ts';
import {
  assertHasAdministrator,
  assertHasPacs,
  assertPeersHaveProjects,
  hostsOf,
  isPublic,
  readPem,
} from './start-rules.ts';

export interface RunningServer {
  readonly http: HttpServer;
  readonly dimse: DimseListener | undefined;
  readonly readings: ReadingsRoom;
  /** Who does the server's own work, and its gate. */
  readonly system: Identity;
  readonly records: Records;
  /** For the first administrator, where none can sign in yet. */
  readonly signInLink: string | undefined;
  close(): Promise<void>;
}

export interface ServerPorts {
  readonly version: string;
  readonly now: () => Date;
  readonly log: Log;
  readonly environment: Environment;
}

/** What `npm run build` makes. */
const BUILT_WORKBENCH = fileURLToPath(new URL('../../../../web/dist', import.meta.url));

/** @throws Fault START_REFUSED, DimseRefused; nothing listens then */
export async function openServer(
  storage: Storage,
  settings: ServeSettings,
  { version, now, log, environment }: ServerPorts,
): Promise<RunningServer> {
  const { database, blobs, staging, pacs } = storage;
  const closing: (() => unknown)[] = [];
  const close = async () => {
    for (const end of closing.toReversed()) await end();
  };
  try {
    const audit = (event: AuditEvent) => database.transaction((sql) => appendAudit(sql, now(), event));
    const system = systemIdentity('system');
    const pool = new UntrustedPool({ module: INDEX_WORKER });
    const cleaners = new UntrustedPool({ module: DEID_WORKER });
    const images = createImageWork({ maxRenderedBytes: settings.images.maxRenderedBytes });
    closing.push(
      () => pool.close(),
      () => cleaners.close(),
      () => images.close(),
    );
    const { maxInstanceBytes } = settings.storage;
    const ground = { database, blobs, now, pool, staging, maxInstanceBytes };
    const archive = openArchive({
      ...ground,
      ...(pacs === undefined ? {} : { admit: (staged, uids) => void pacs.recognise(staged, uids) }),
    });
    let http: HttpServer | undefined;
    const access = openAccess(
      { database, clock: now, random: randomBytes, sealKey: await storage.folder.secret('access') },
      {
        origin: () => http?.origin ?? '',
        requireSecondFactor: isPublic(settings),
        ...(settings.openId === undefined
          ? {}
          : { provider: providerOf(settings.openId, environment.PROMONTORY_OIDC_CLIENT_SECRET) }),
      },
    );
    const first = await access.bootstrap();
    assertHasAdministrator(settings, first === undefined);
    assertPeersHaveProjects(settings, await access.projects.list(system));
    await assertHasPacs(settings, database);
    pacs?.listen(noticing(log, audit));
    if (pacs !== undefined) await probePacs(pacs, log);
    const readings = await openReadings({
      database,
      blobs,
      staging,
      records: archive,
      softwareVersion: version,
      now,
      log,
    });
    closing.push(() => readings.close());
    const review = openReview({ database, blobs, now, newId: randomUUID });
    closing.push(() => review.close());

    const pseudonyms = await storage.folder.secret('pseudonyms');
    const keyedHash = (text: string) => createHmac('sha256', pseudonyms).update(text).digest('hex');
    const erased = erasures({
      database,
      blobs,
      now,
      keyedHash,
      newId: randomUUID,
      clearRemoved: async () => void (await clearRemovedBlobs(database, blobs, { now })),
      problem: (error) => log({ event: 'erasure.unfinished', level: 'error', ...placeOf(error) }),
    });
    // What a store that is away holds up is done by upkeep.
    await erased.resume().catch((error) => {
      if (!(error instanceof BlobsUnavailable)) throw error;
      log({ event: 'erasure.unfinished', level: 'error', ...placeOf(error) });
    });

    const consent = consents({ database, now });
    const exporting: ExportPorts = {
      database,
      recordsFor: archive.recordsFor,
      consents: consent,
      pool: cleaners,
      key: await storage.folder.secret('deidentification'),
      version,
      now,
    };

    const routes: Route[] = [
      ...pageRoutes(),
      ...webRoutes(settings.webFolder ?? BUILT_WORKBENCH),
      ...accessRoutes(access),
      ...dicomwebRoutes({ recordsFor: archive.recordsFor, images }),
      ...workitemRoutes(readings),
      ...subscriptionRoutes(readings),
      ...readingsRoutes(readings),
      ...reviewRoutes(review),
      ...readingListRoutes({ listFor: (identity) => readingListFor(identity, { database, now }) }),
      ...readingTimesRoutes(review),
      ...auditRoutes({ log: auditLog({ database, now }), name: 'Promontory', keyedHash }),
      ...consentRoutes({ consents: consent, erasures: erased }),
      ...exportRoutes({
        open: (identity, request) => exportStudies(identity, request, exporting),
        preview: (identity, request) =>
          previewExport(identity, request, { database, consents: consent, now }),
      }),
      ...serverRoutes({ database, version, routes: () => routes }),
    ];
    http = await listenHttp(
      {
        routes,
        identify: access.identify,
        accessChanged: access.changed,
        crossSite,
        refused: ({ actor, address }, { method, path }) =>
          audit({
            action: 'refusal',
            outcome: 'refused',
            actor,
            ...(address === undefined ? {} : { address }),
            detail: { route: `${method} ${path}` },
          }),
        log,
        now,
        hosts: hostsOf(settings),
        ...(settings.publicUrl === undefined ? {} : { publicUrl: settings.publicUrl }),
        proxies: settings.proxies,
        limits: connectionLimitsOf(settings),
        ...(settings.tls === undefined
          ? {}
          : {
              tls: {
                cert: readPem(settings.tls.certFile, 'certificate'),
                key: readPem(settings.tls.keyFile, 'private key'),
              },
            }),
      },
      { host: settings.host, port: settings.port },
    );
    const listening = http;
    closing.push(() => listening.close());
    pool.warm();
    images.warm();
    const dimse =
      settings.dimse === undefined
        ? undefined
        : await listenDimse(dimseSettingsOf(settings.dimse), {
            recordsFor: archive.recordsFor,
            audit,
            log,
            transcode: (file, transferSyntax) =>
              images.transcode({ sizeBytes: file.length, open: async () => chunk(file) }, transferSyntax),
          });
    if (dimse !== undefined) closing.push(() => dimse.close());

    closing.push(ranking({ database, blobs }, log));
    if (settings.reading.workers > 0)
      await readings.work({ read: readingProcess(), concurrency: settings.reading.workers });
    if (settings.reading.onArrival) readings.watch({ quietMs: settings.reading.quietSeconds * 1000 });
    readings.tidy({
      claimMs: settings.reading.claimMinutes * 60_000,
      keepMs: settings.reading.keepWorkItemsDays * 86_400_000,
    });
    const { follow } = settings.storage.pacs ?? {};
    if (pacs !== undefined && follow !== undefined && follow !== false) {
      const gate = (admit: Admit) =>
        openArchive({ ...ground, blobs: pacs.brought, admit }).recordsFor(followerIdentity(follow.project));
      closing.push(followPacs(pacs, follow, { database, gate, now, log }));
    }
    closing.push(
      upkeep({
        work: [access.clearUp, erased.resume, () => clearRemovedBlobs(database, blobs, { now })],
        log,
      }),
    );
    if (settings.auditSyslog !== undefined)
      closing.push(forwardAudit(settings.auditSyslog, { database, now, origin: http.origin }));
    await audit({ action: 'server-start', outcome: 'success', actor: 'system', detail: { version } });
    closing.push(() => audit({ action: 'server-stop', outcome: 'success', actor: 'system' }));
    return {
      http,
      dimse,
      readings,
      system,
      records: archive.recordsFor(system),
      signInLink: first && `${http.origin}/#link=${first.link}`,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Readings of earlier versions take their places in the list, beside everything else. @returns what ends it */
function ranking(ports: Parameters<typeof rankReadings>[0], log: Log): () => Promise<void> {
  const ending = new AbortController();
  const ranked = rankReadings(ports, ending.signal)
    .then(() => {})
    .catch((error) => log({ event: 'readings.rank', level: 'error', ...placeOf(error) }));
  return async () => {
    ending.abort();
    await ranked;
  };
}

async function* chunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const connectionLimitsOf = ({ connections }: ServeSettings): Partial<ConnectionLimits> => {
  const { headerSeconds, idleSeconds, bodySeconds, ...caps } = connections;
  return {
    ...caps,
    headerMs: headerSeconds * 1000,
    idleMs: idleSeconds * 1000,
    bodyMs: bodySeconds * 1000,
  };
};

const providerOf = (
  { provisioning, scope, ...given }: NonNullable<ServeSettings['openId']>,
  clientSecret: string | undefined,
) => ({
  ...given,
  ...(scope === undefined ? {} : { scope }),
  ...(provisioning === undefined ? {} : { provisioning }),
  ...(clientSecret === undefined ? {} : { clientSecret }),
});
