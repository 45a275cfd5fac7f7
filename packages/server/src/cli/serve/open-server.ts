/** The server, put together: the only place that knows which adapters stand behind its rooms' ports. */
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { crossSite, type Identity, openAccess, systemIdentity } from '../../access/index.ts';
import { INDEX_WORKER, openArchive, type Records } from '../../archive/index.ts';
import { type AuditEvent, appendAudit, auditLog } from '../../audit/index.ts';
import { consents, erasures } from '../../consent/index.ts';
import { type DimseListener, listenDimse } from '../../dimse/index.ts';
import { DEID_WORKER, type ExportPorts, exportStudies } from '../../exports/index.ts';
import {
  accessRoutes,
  auditRoutes,
  consentRoutes,
  dicomwebRoutes,
  exportRoutes,
  type HttpServer,
  listenHttp,
  pageRoutes,
  type Route,
  readingsRoutes,
  serverRoutes,
  workitemRoutes,
} from '../../http/index.ts';
import { createImageWork } from '../../ports/images/index.ts';
import { type Log, placeOf } from '../../ports/log/index.ts';
import { UntrustedPool } from '../../ports/untrusted/index.ts';
import { openReadings, type ReadingsRoom, readingProcess } from '../../readings/index.ts';
import { clearRemovedBlobs } from '../../upkeep/index.ts';
import { forwardAudit, upkeep } from './background.ts';
import { dimseSettingsOf } from './dimse-settings.ts';
import type { Environment, Storage } from './open-storage.ts';
import type { ServeSettings } from './settings.ts';
import {
  assertHasAdministrator,
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

/** @throws Fault START_REFUSED, DimseRefused; nothing listens then */
export async function openServer(
  storage: Storage,
  settings: ServeSettings,
  { version, now, log, environment }: ServerPorts,
): Promise<RunningServer> {
  const { database, blobs, staging } = storage;
  const closing: (() => unknown)[] = [];
  const close = async () => {
    for (const end of closing.toReversed()) await end();
  };
  try {
    const audit = (event: AuditEvent) => database.transaction((sql) => appendAudit(sql, now(), event));
    const system = systemIdentity('system');
    const pool = new UntrustedPool({ module: INDEX_WORKER });
    const cleaners = new UntrustedPool({ module: DEID_WORKER });
    const images = createImageWork();
    closing.push(
      () => pool.close(),
      () => cleaners.close(),
      () => images.close(),
    );
    const archive = openArchive({
      database,
      blobs,
      now,
      pool,
      staging,
      maxInstanceBytes: settings.storage.maxInstanceBytes,
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
    await erased.resume();

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
      ...accessRoutes(access),
      ...dicomwebRoutes({ recordsFor: archive.recordsFor, images }),
      ...workitemRoutes(readings),
      ...readingsRoutes(readings),
      ...auditRoutes({ log: auditLog({ database, now }), name: 'Promontory', keyedHash }),
      ...consentRoutes({ consents: consent, erasures: erased }),
      ...exportRoutes((identity, request) => exportStudies(identity, request, exporting)),
      ...serverRoutes({ database, version, routes: () => routes }),
    ];
    http = await listenHttp(
      {
        routes,
        identify: access.identify,
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

    if (settings.reading.workers > 0)
      await readings.work({ read: readingProcess(), concurrency: settings.reading.workers });
    if (settings.reading.onArrival) readings.watch({ quietMs: settings.reading.quietSeconds * 1000 });
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

async function* chunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const providerOf = (
  { provisioning, scope, ...given }: NonNullable<ServeSettings['openId']>,
  clientSecret: string | undefined,
) => ({
  ...given,
  ...(scope === undefined ? {} : { scope }),
  ...(provisioning === undefined ? {} : { provisioning }),
  ...(clientSecret === undefined ? {} : { clientSecret }),
});
