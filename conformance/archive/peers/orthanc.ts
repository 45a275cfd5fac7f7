/** Debian's Orthanc with its DICOMweb plug-in, on SQLite or PostgreSQL, in a folder of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Target } from './target.ts';

const PLUGINS = '/usr/share/orthanc/plugins';

export const orthancVersion = (): string =>
  spawnSync('Orthanc', ['--version'], { encoding: 'utf8' }).stdout?.split('\n')[0]?.trim() ?? '';

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface Orthanc extends Target {
  /** Of its own REST interface. */
  readonly origin: string;
  readonly dicomPort: number;
  /** Ends it as `kill -9` does; its data stay. */
  crash(): Promise<void>;
  /** Starts it over the same data, at the same ports. */
  again(): Promise<void>;
  stop(): Promise<void>;
}

export interface OrthancOptions {
  /** Of its DICOM port, to be known before it starts. */
  readonly dicomPort?: number;
  /** Of its configuration, over what stands here. */
  readonly settings?: object;
  /** Of the DICOMweb plug-in: the servers that it is a client of. */
  readonly webServers?: object;
}

/** @param postgres connection URI of an empty database; SQLite without */
export async function startOrthanc(postgres?: string, options: OrthancOptions = {}): Promise<Orthanc> {
  const folder = mkdtempSync(join(tmpdir(), 'orthanc-'));
  const [port, dicomPort] = [await freePort(), options.dicomPort ?? (await freePort())];
  writeFileSync(
    join(folder, 'orthanc.json'),
    JSON.stringify({
      Name: 'bench',
      StorageDirectory: join(folder, 'storage'),
      IndexDirectory: join(folder, 'index'),
      HttpPort: port,
      DicomPort: dicomPort,
      RemoteAccessAllowed: false,
      AuthenticationEnabled: false,
      // Flushes each file, as we do.
      SyncStorageArea: true,
      LimitFindResults: 0,
      LimitFindInstances: 0,
      Plugins: [
        `${PLUGINS}/libOrthancDicomWeb.so`,
        ...(postgres === undefined ? [] : [`${PLUGINS}/libOrthancPostgreSQLIndex.so`]),
      ],
      DicomWeb: {
        Enable: true,
        Root: '/dicom-web/',
        StudiesMetadata: 'Full',
        SeriesMetadata: 'Full',
        ...(options.webServers === undefined ? {} : { Servers: options.webServers }),
      },
      ...(postgres === undefined
        ? {}
        : { PostgreSQL: { EnableIndex: true, EnableStorage: false, ConnectionUri: postgres, Lock: false } }),
      ...options.settings,
    }),
  );
  const origin = `http://127.0.0.1:${port}`;
  const root = `${origin}/dicom-web`;
  const start = async () => {
    const child = spawn('Orthanc', [join(folder, 'orthanc.json')], { stdio: 'ignore' });
    for (let tries = 0; ; tries++) {
      if (tries > 100) throw new Error('Orthanc did not start.');
      await new Promise((resolve) => setTimeout(resolve, 200));
      const up = await fetch(`${root}/studies?limit=1`).then(
        (r) => r.ok,
        () => false,
      );
      if (up) return child;
    }
  };
  let child = await start();
  const isUp = () => child.exitCode === null && child.signalCode === null;
  const end = async (signal: NodeJS.Signals) => {
    if (!isUp()) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  };
  return {
    name: `Orthanc${postgres === undefined ? ', SQLite' : ', PostgreSQL'}`,
    root,
    origin,
    dicomPort,
    headers: {},
    pid: child.pid as number,
    crash: () => end('SIGKILL'),
    async again() {
      if (!isUp()) child = await start();
    },
    async stop() {
      await end('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
