import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { jsonLog } from '../../ports/log/index.ts';
import type { Command } from '../command.ts';
import { text, wholeNumber } from '../option-values.ts';
import type { Ports } from '../ports.ts';
import { startProgress } from '../progress.ts';
import { demoPatient } from './demo-patient.ts';
import { openServer, type RunningServer } from './open-server.ts';
import { openStorage } from './open-storage.ts';
import { readSettings, type ServeSettings } from './settings.ts';
import { defaultDataFolder, startFault } from './start-fault.ts';
import { assertClosedEnough } from './start-rules.ts';

/**
 * How far the heap may grow until it is looked through again. Buffers of images count as heap: by V8's own measure for a
 * heap as small as ours, each dozen of images were followed by a look through all of it.
 */
const HEAP_GROWTH = '--heap-growing-percent=150';

/** Below the folder one is in. */
const DEMO_FOLDER = join('out', 'archive');

export const serve: Command = {
  options: {
    data: { type: 'string' },
    settings: { type: 'string' },
    port: { type: 'string' },
    demo: { type: 'boolean' },
    'no-open': { type: 'boolean' },
    json: { type: 'boolean' },
    quiet: { type: 'boolean' },
  },
  paths: 'none',
  async run({ values }, ports) {
    setFlagsFromString(HEAP_GROWTH);
    const port = wholeNumber(values, 'port', 0, 65_535);
    const read = readSettings(text(values, 'settings'));
    const settings: ServeSettings = port === undefined ? read : { ...read, port };
    assertClosedEnough(settings);
    const demo = values.demo === true;
    const data = resolve(text(values, 'data') ?? settings.data ?? (demo ? DEMO_FOLDER : defaultDataFolder()));
    mkdirSync(dirname(data), { recursive: true });
    const { now, version } = ports;
    const log = jsonLog(values.json === true ? ports.err : () => {}, now);
    const progress = startProgress(ports, values.quiet === true);
    try {
      progress.step('Opening the archive');
      const storage = await openStorage(data, settings, process.env, now);
      try {
        const server = await openServer(storage, settings, { version, now, log, environment: process.env });
        try {
          if (demo) await demoPatient(server, progress);
          progress.end();
          announce(server, values, data, ports);
          await untilTold();
          if (values.quiet !== true && values.json !== true) ports.out('Closing.\n');
        } finally {
          await server.close();
        }
      } finally {
        await storage.close();
      }
    } catch (error) {
      throw startFault(error);
    } finally {
      progress.end();
    }
  },
};

function announce(
  server: RunningServer,
  values: Parameters<Command['run']>[0]['values'],
  data: string,
  ports: Ports,
): void {
  const { http, dimse, signInLink } = server;
  if (values.json === true) {
    ports.out(`${JSON.stringify({ origin: http.origin, signInLink, dimsePort: dimse?.port })}\n`);
    return;
  }
  ports.out(`The archive is at ${http.origin}, its data in ${data}\n`);
  ports.out(
    `DICOMweb: ${http.origin}/dicom-web${dimse === undefined ? '' : `; DICOM on port ${dimse.port}`}\n`,
  );
  const shown = values['no-open'] !== true && ports.show(signInLink ?? http.origin);
  if (signInLink !== undefined)
    ports.out(
      `${shown ? 'Your browser opens with' : 'Open'} the administrator's sign-in link (works once, for an hour):\n  ${signInLink}\n`,
    );
  ports.out('Research and decision support: a person signs, always. Ctrl-C ends the server.\n');
}

const untilTold = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
