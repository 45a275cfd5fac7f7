/** A real archive with its readings for tests: PGlite in memory or a database of its own on a server, files in a folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PhantomStudy, phantomStudy } from '@promontory/core/phantom';
import type { Identity } from '../access/index.ts';
import { systemIdentity } from '../access/index.ts';
import { mrFile, newUid, partsOf } from '../archive/archive.testing.ts';
import { indexEntryOf } from '../archive/index-entry.ts';
import { receive } from '../archive/receive.ts';
import { StudyArchive } from '../archive/study-archive.ts';
import type { QueueDatabase, QueueRules } from '../jobs/index.ts';
import { type Blobs, fileBlobs, readAll } from '../ports/blobs/index.ts';
import { openTestPglite } from '../ports/database/embedded.testing.ts';
import { openPostgres } from '../ports/database/index.ts';
import { migrate } from '../schema/index.ts';
import { openReadings, type ReadingsRoom } from './open-readings.ts';
import type { ReadInProcess } from './reading-process.ts';

export const POSTGRES = process.env.PROMONTORY_TEST_POSTGRES;

/** Quick to try again, quick to notice; 10 s is the shortest that a worker may be silent. */
export const QUICK_RULES: QueueRules = {
  name: 'reading',
  retryLimit: 2,
  retryDelaySeconds: 1,
  retryDelayMaxSeconds: 1,
  expireSeconds: 120,
  heartbeatSeconds: 10,
  heartbeatEverySeconds: 1,
  superviseSeconds: 1,
};

export interface TestServer {
  readonly database: QueueDatabase;
  readonly blobs: Blobs;
  readonly folder: string;
  readonly events: string[];
  /** The clock of everything but the queue. */
  at: Date;
  recordsFor(identity: Identity): StudyArchive;
  /** @returns the study's UID */
  store(files: readonly Uint8Array[], projectId?: string): Promise<void>;
  /** Another server over the same archive; all are closed with this one. */
  open(rules?: Partial<QueueRules>): Promise<ReadingsRoom>;
  close(): Promise<void>;
}

export async function openTestServer(
  kind: 'PGlite' | 'PostgreSQL',
  dataFolder?: string,
): Promise<TestServer> {
  const folder = dataFolder ?? mkdtempSync(join(tmpdir(), 'promontory-readings-'));
  const own = kind === 'PostgreSQL' ? await ownDatabase() : undefined;
  const database: QueueDatabase =
    own === undefined
      ? await openTestPglite(dataFolder === undefined ? undefined : join(dataFolder, 'database'))
      : openPostgres(own.url);
  await migrate(database);
  return serverOver(database, folder, async () => {
    await own?.drop();
    if (dataFolder === undefined) rmSync(folder, { recursive: true, force: true });
  });
}

export function serverOver(
  database: QueueDatabase,
  folder: string,
  after: () => Promise<void> = async () => {},
): TestServer {
  const blobs = fileBlobs(join(folder, 'blobs'), { freeSpaceGuardBytes: 0 });
  const staging = { folder: join(folder, 'incoming') };
  const rooms: ReadingsRoom[] = [];
  const server: TestServer = {
    database,
    blobs,
    folder,
    events: [],
    at: new Date('2026-01-02T03:04:05Z'),
    recordsFor: (identity) =>
      new StudyArchive(identity, {
        database,
        blobs,
        now: () => server.at,
        receive: (part) => receive(part, { ...staging, maxInstanceBytes: 2 ** 26 }),
        index: async (staged) => indexEntryOf(await readAll(staged.read())),
      }),
    async store(files, projectId = 'default') {
      const records = server.recordsFor({ ...systemIdentity('system'), storesInto: projectId });
      const outcomes = await records.store(partsOf(files, 2 ** 20));
      const bad = outcomes.find(({ status }) => status === 'failed');
      if (bad !== undefined) throw new Error(`not stored: ${bad.failure} ${bad.message}`);
    },
    async open(rules = {}) {
      const room = await openReadings(
        {
          database,
          blobs,
          staging,
          records: server,
          softwareVersion: '0.0.0-test',
          now: () => server.at,
          log: ({ event, code }) => server.events.push(code === undefined ? event : `${event} ${code}`),
        },
        { ...QUICK_RULES, ...rules },
      );
      rooms.push(room);
      return room;
    },
    async close() {
      for (const room of rooms) await room.close();
      await database.close();
      await after();
    },
  };
  return server;
}

/** A database that nobody else uses, on the server of the tests. */
export async function ownDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `readings_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
  const there = openPostgres(POSTGRES as string, 1);
  await there.script(`create database ${name}`);
  const url = new URL(POSTGRES as string);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    async drop() {
      await there.script(`drop database ${name} with (force)`);
      await there.close();
    },
  };
}

/** Files of a study that no model could read, where only their bytes matter. */
export function smallStudy(
  instances = 2,
  values: Parameters<typeof mrFile>[0] = {},
): { studyUid: string; files: Uint8Array[]; more(): Uint8Array } {
  const studyUid = newUid();
  const series = newUid();
  const file = () =>
    mrFile({ StudyInstanceUID: studyUid, SeriesInstanceUID: series, PatientID: studyUid, ...values });
  return { studyUid, files: Array.from({ length: instances }, file), more: file };
}

/** Stands for the reading process: a result made of what it was given. */
export const quickRead: ReadInProcess = async (files, { progress }) => {
  let bytes = 0;
  for (const [i, file] of files.entries()) {
    progress('Measuring', i, files.length);
    for await (const chunk of await file.read()) bytes += chunk.length;
  }
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  return {
    kind: 'read',
    softwareVersion: '0.0.0-test',
    models: [{ id: 'sagittal-segmenter', version: '1', sha256: 'a'.repeat(64) }],
    files: [
      { name: 'findings.json', mediaType: 'application/json', bytes: text({ files: files.length, bytes }) },
      { name: 'report.html', mediaType: 'text/html; charset=utf-8', bytes: text('<script>1</script>') },
    ],
  };
};

/** The phantom that the reading processes of the tests know the truth of. */
export const testPhantom = (): PhantomStudy =>
  phantomStudy({ seed: 7, series: ['sagittal-t2'], sagittalSlices: 3 });
