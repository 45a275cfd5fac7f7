/** A real archive for tests: PGlite in memory, files in a folder of its own, parsing in this thread. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  buildDataSet,
  createDicomFile,
  DataSetBuilder,
  parseDicom,
  Tag,
  withDataSet,
  writeDicom,
} from '@promontory/core/dicom';
import type { Identity, ProjectGrant, Role } from '../access/index.ts';
import { type Blobs, fileBlobs, readAll } from '../ports/blobs/index.ts';
import { openTestPglite } from '../ports/database/embedded.testing.ts';
import type { Database } from '../ports/database/index.ts';
import { migrate } from '../schema/index.ts';
import { indexEntryOf } from './index-entry.ts';
import { receive } from './receive.ts';
import type { Records } from './records.ts';
import { StudyArchive } from './study-archive.ts';

export interface TestArchive {
  readonly database: Database;
  readonly blobs: Blobs;
  readonly folder: string;
  recordsFor(identity: Identity): Records;
  close(): Promise<void>;
}

export async function openTestArchive(
  wrap: (blobs: Blobs) => Blobs = (blobs) => blobs,
  open: () => Promise<Database> = () => openTestPglite(),
  maxInstanceBytes = 2 ** 26,
): Promise<TestArchive> {
  const folder = mkdtempSync(join(tmpdir(), 'promontory-archive-'));
  const database = await open();
  await migrate(database);
  const blobs = wrap(fileBlobs(join(folder, 'blobs'), { freeSpaceGuardBytes: 0 }));
  const staging = { folder: join(folder, 'incoming') };
  return {
    database,
    blobs,
    folder,
    recordsFor: (identity) =>
      new StudyArchive(identity, {
        database,
        blobs,
        now: () => new Date(),
        receive: (part) => receive(part, { ...staging, maxInstanceBytes }),
        index: async (staged) => indexEntryOf(await readAll(staged.read())),
      }),
    async close() {
      await database.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export const person = (role: Role, projectId = '*', given: Partial<Identity> = {}): Identity => ({
  kind: 'person',
  actor: `account:${role}-${projectId}`,
  projects: [{ role, projectId } satisfies ProjectGrant],
  patients: [],
  brokenGlass: [],
  storesInto: projectId === '*' ? 'default' : projectId,
  ...given,
});

let counter = 0;
/** A new UID each time. */
export const newUid = (): string => `2.25.${Date.now()}${counter++}`;

/** A small MR instance; the same values give the same bytes. */
export function mrFile(values: Parameters<typeof buildDataSet>[0] = {}): Uint8Array {
  return writeDicom(
    createDicomFile(
      buildDataSet({
        SOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
        SOPInstanceUID: newUid(),
        StudyInstanceUID: newUid(),
        SeriesInstanceUID: newUid(),
        PatientName: 'Doe^Jane',
        PatientID: 'P-1',
        Modality: 'MR',
        StudyDate: '20260102',
        StudyTime: '101500',
        Rows: 4,
        Columns: 4,
        BitsAllocated: 16,
        BitsStored: 12,
        HighBit: 11,
        SamplesPerPixel: 1,
        PixelRepresentation: 0,
        PhotometricInterpretation: 'MONOCHROME2',
        PixelData: Uint16Array.from({ length: 16 }, (_, i) => i),
        ...values,
      }),
    ),
  );
}

/** The instance with a UID that no honest writer makes. */
export function withUid(
  bytes: Uint8Array,
  keyword: 'StudyInstanceUID' | 'SOPInstanceUID',
  uid: string,
): Uint8Array {
  const file = parseDicom(bytes);
  const dataSet = new DataSetBuilder(file.dataSet).set(Tag[keyword], uid, 'LT').build();
  return writeDicom(withDataSet(file, dataSet));
}

/** Parts as a request brings them, cut into chunks. */
export async function* partsOf(
  files: readonly Uint8Array[],
  chunkBytes = 100,
): AsyncGenerator<AsyncIterable<Uint8Array>> {
  for (const bytes of files) {
    yield (async function* () {
      for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
    })();
  }
}
