/** What the tests of the DIMSE services share: the real archive on PGlite and files, and DCMTK beside it. */
import { parseDicom, Tag } from '@promontory/core/dicom';
import { afterAll, beforeAll, expect } from 'vitest';
import {
  mrFile,
  newUid,
  openTestArchive,
  person,
  type TestArchive,
} from '../../packages/server/src/archive/archive.testing.ts';
import type { Destination } from '../../packages/server/src/dimse/index.ts';
import { listener, OWN_TITLE } from '../../packages/server/src/dimse/listener.testing.ts';
import { readAll } from '../../packages/server/src/ports/blobs/index.ts';
import { hasCommand, needs, testWith } from '../oracle.ts';
import { filesIn, folder, run } from './dcmtk.ts';

const TOOLS = [
  'echoscu',
  'storescu',
  'findscu',
  'movescu',
  'getscu',
  'storescp',
  'dcmconv',
  'dcmcjpeg',
  'dcmcrle',
];
export const missing = needs(TOOLS.map((tool) => !hasCommand(tool) && `${tool} is not installed`));
export const check = (name: string, body: () => Promise<void>) => testWith(missing, name, body, 60_000);

export const IMPLICIT = '1.2.840.10008.1.2';
export const EXPLICIT = '1.2.840.10008.1.2.1';

export const at = (port: number) => ['-aet', 'TESTER', '-aec', OWN_TITLE, '127.0.0.1', String(port)];
export const destination = (port: number, given: Partial<Destination> = {}): Destination => ({
  aeTitle: 'STORESCP',
  host: '127.0.0.1',
  port,
  tls: false,
  ...given,
});

/** The data set of a Part 10 file whose meta information is regular: 128 + 4, then (0002,0000). */
export const bodyOf = (file: Uint8Array): Buffer => {
  const bytes = Buffer.from(file);
  return bytes.subarray(132 + 12 + bytes.readUInt32LE(140));
};
export const sopUidOf = (file: Uint8Array) => parseDicom(file).dataSet.text(Tag.SOPInstanceUID) as string;
export const studyUidOf = (file: Uint8Array) => parseDicom(file).dataSet.text(Tag.StudyInstanceUID) as string;

export const KEY = (key: string) => ['-k', key];
/** Answers of findscu, read by our parser from the files that it writes. */
export async function found(port: number, args: readonly string[], keys: readonly string[]) {
  const out = folder();
  const result = await run('findscu', ['-v', '-X', ...args, ...keys.flatMap(KEY), ...at(port)], out);
  return { ...result, answers: filesIn(out).map((bytes) => parseDicom(bytes).dataSet) };
}

/** An archive for the tests of a file, opened before them and closed after. */
export function dimseBench() {
  let archive: TestArchive;
  beforeAll(async () => {
    archive = await openTestArchive();
    for (const project of ['spine', 'elsewhere'])
      await archive.database.query('insert into project (project_id, title) values ($1, $1)', [project]);
  }, 120_000);
  afterAll(() => archive?.close(), 60_000);

  const listening = (
    given: Parameters<typeof listener>[0] = {},
    ports: Parameters<typeof listener>[2] = {},
  ) => listener(given, (identity) => archive.recordsFor(identity), ports);

  async function keep(files: readonly Uint8Array[]): Promise<void> {
    const parts = (async function* () {
      for (const file of files)
        yield (async function* () {
          yield file;
        })();
    })();
    const outcomes = await archive.recordsFor(person('technician', 'spine')).store(parts);
    expect(outcomes.every(({ status }) => status !== 'failed')).toBe(true);
  }

  /** A study of several series and images, put into the archive from within. */
  async function studyOf(values: Parameters<typeof mrFile>[0] = {}, images = 2): Promise<Uint8Array[]> {
    const [StudyInstanceUID, SeriesInstanceUID] = [newUid(), newUid()];
    const files = Array.from({ length: images }, (_, i) =>
      mrFile({ StudyInstanceUID, SeriesInstanceUID, InstanceNumber: String(i + 1), ...values }),
    );
    await keep(files);
    return files;
  }

  async function heldBytes(studyUid: string): Promise<Map<string, Uint8Array>> {
    const records = archive.recordsFor(person('radiologist', 'spine'));
    const held = new Map<string, Uint8Array>();
    for (const instance of await records.instances({ studyUid }, 'retrieve'))
      held.set(instance.sopUid, await readAll(await records.open(instance)));
    return held;
  }

  return {
    get archive() {
      return archive;
    },
    listening,
    keep,
    studyOf,
    heldBytes,
  };
}
