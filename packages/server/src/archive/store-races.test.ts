/** What comes between the bytes and the index of one store: deletions, and bytes that are taken away. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Blobs, readAll, withQuota } from '../ports/blobs/index.ts';
import { openTestPglite } from '../ports/database/embedded.testing.ts';
import { mrFile, newUid, openTestArchive, partsOf, person, type TestArchive } from './archive.testing.ts';
import type { Records } from './records.ts';

let archive: TestArchive;
let records: Records;
/** Done once, before the next transaction begins. */
let before: (() => Promise<void>) | undefined;
/** What was asked of the store while a transaction held the database. */
let askedWithin: string[];

beforeEach(async () => {
  let within = 0;
  askedWithin = [];
  const base = await openTestPglite();
  const database = {
    ...base,
    async transaction<T>(...work: Parameters<typeof base.transaction<T>>) {
      const first = before;
      before = undefined;
      await first?.();
      within += 1;
      try {
        return await base.transaction(...work);
      } finally {
        within -= 1;
      }
    },
  };
  const watched = (blobs: Blobs): Blobs =>
    Object.fromEntries(
      Object.entries(blobs).map(([name, method]) => [
        name,
        (...given: unknown[]) => {
          if (within > 0) askedWithin.push(name);
          return (method as (...given: unknown[]) => unknown)(...given);
        },
      ]),
    ) as unknown as Blobs;
  archive = await openTestArchive(
    (blobs) =>
      withQuota(watched(blobs), {
        maxBytes: 2 ** 30,
        ageMs: 0,
        used: async () => (await base.query('select 1')).length,
      }),
    async () => database,
  );
  records = archive.recordsFor(person('administrator'));
});
afterEach(async () => {
  await archive.close();
  expect(askedWithin).toEqual([]);
});

const uids = () => ({ StudyInstanceUID: newUid(), SeriesInstanceUID: newUid(), SOPInstanceUID: newUid() });
const store = (...files: Uint8Array[]) => records.store(partsOf(files));

async function bytesOf(studyUid: string): Promise<Uint8Array> {
  const [record] = await records.instances({ studyUid }, 'retrieve');
  return readAll(await records.open(record!));
}

/** As upkeep does. */
async function takeAwayRemoved(): Promise<void> {
  for (const { sha256 } of await archive.database.query<{ sha256: string }>(
    'select sha256 from blob_to_remove',
  ))
    await archive.blobs.remove(sha256);
}

test.each(['the same', 'another'])('%s content of what is deleted meanwhile is kept whole', async (which) => {
  const given = uids();
  const first = mrFile(given);
  const second = which === 'another' ? mrFile({ ...given, PatientName: 'Other' }) : first;
  await store(first);
  before = async () => {
    await records.remove({ studyUid: given.StudyInstanceUID });
    await takeAwayRemoved();
    await archive.database.query('delete from blob_to_remove');
  };
  expect(await store(second)).toMatchObject([{ status: 'stored' }]);
  expect(Buffer.from(await bytesOf(given.StudyInstanceUID)).equals(Buffer.from(second))).toBe(true);
});

test('bytes that were noted to go, and go while they are stored again, are kept anew; a quota does not wait for itself', async () => {
  const given = uids();
  const bytes = mrFile(given);
  await store(bytes);
  await records.remove({ studyUid: given.StudyInstanceUID });
  before = takeAwayRemoved;
  expect(await store(bytes)).toMatchObject([{ status: 'stored' }]);
  expect(Buffer.from(await bytesOf(given.StudyInstanceUID)).equals(Buffer.from(bytes))).toBe(true);
  expect(await archive.database.query('select * from blob_to_remove')).toEqual([]);
});
