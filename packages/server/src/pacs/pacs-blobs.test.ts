import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { mrFile, newUid } from '../archive/archive.testing.ts';
import { allOf, blobsSuite, stagedFrom } from '../ports/blobs/blobs-suite.testing.ts';
import {
  BlobDamaged,
  BlobMissing,
  type Blobs,
  BlobsUnavailable,
  readAll,
  type Staged,
  StorageFull,
} from '../ports/blobs/index.ts';
import { sendInstance } from '../ports/pacs/fake-pacs.testing.ts';
import type { InstanceUids } from '../ports/pacs/index.ts';
import { comparePacs } from './compare.ts';
import { forgetCopies, openTestPacs, type TestPacs } from './pacs.testing.ts';

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Whatever is kept is some instance: bytes of any content, under UIDs made for them. */
async function asInstances(cacheBytes: number) {
  const test = await openTestPacs({ cacheBytes });
  const uids = new Map<string, InstanceUids>();
  test.pacs.uidsOf = (bytes) => {
    const known = uids.get(sha256Of(bytes));
    if (known === undefined) throw new Error('Not what was announced.');
    return known;
  };
  const blobs: Blobs = {
    ...test.blobs,
    async keep(staged) {
      if (!uids.has(staged.sha256))
        uids.set(staged.sha256, { studyUid: newUid(), seriesUid: newUid(), sopUid: newUid() });
      test.recognise(staged, uids.get(staged.sha256) as InstanceUids);
      await test.blobs.keep(staged);
    },
    // The suite looks whether the bytes are gone: of the PACS's copy nothing is left to be given.
    async remove(sha256) {
      test.pacs.held.delete(uids.get(sha256)?.sopUid ?? '');
      await test.blobs.remove(sha256);
    },
  };
  return { blobs, close: () => test.close() };
}
blobsSuite('what is no instance, beside a PACS', openTestPacs, 10);

let under: TestPacs;
let dangerous: TestPacs;
beforeAll(async () => {
  under = await openTestPacs();
  dangerous = await openTestPacs({ removes: true });
});
afterEach(() => {
  for (const { pacs, noticed } of [under, dangerous]) {
    pacs.instead = undefined;
    pacs.keeps = (bytes) => bytes;
    pacs.asked.length = 0;
    noticed.length = 0;
  }
});
afterAll(() => Promise.all([under.close(), dangerous.close()]));

const instance = (values: Parameters<typeof mrFile>[0] = {}) => {
  const bytes = Buffer.from(mrFile(values));
  return { bytes, uids: under.pacs.uidsOf(bytes), sha256: sha256Of(bytes) };
};
async function stored(to: TestPacs = under, values: Parameters<typeof mrFile>[0] = {}) {
  const given = instance(values);
  const staged = stagedFrom(given.bytes);
  to.recognise(staged, given.uids);
  await to.blobs.keep(staged);
  return given;
}
const recognised = (given: { bytes: Uint8Array; uids: InstanceUids }): Staged => {
  const staged = stagedFrom(given.bytes);
  under.recognise(staged, given.uids);
  return staged;
};
const read = async (blobs: Blobs, sha256: string) => Buffer.from(await readAll(await blobs.open(sha256)));
const asked = (method: string) => under.pacs.asked.filter((line) => line.startsWith(method)).length;

describe('an instance that is stored', () => {
  test('lies in the PACS, and comes back from a copy or from there', async () => {
    const { bytes, sha256, uids } = await stored();
    expect(Buffer.from(under.pacs.held.get(uids.sopUid)?.bytes ?? []).equals(bytes)).toBe(true);
    expect(await under.local.has(sha256)).toBe(false);
    const before = asked('GET');
    expect((await read(under.blobs, sha256)).equals(bytes)).toBe(true);
    expect(asked('GET')).toBe(before);
    await forgetCopies(under);
    expect((await read(under.blobs, sha256)).equals(bytes)).toBe(true);
    expect(asked('GET')).toBe(before + 1);
    expect(await under.copies.has(sha256)).toBe(true);
    expect(await under.blobs.stat(sha256)).toMatchObject({ size: bytes.length });
    expect(await allOf(under.blobs.list())).toContain(sha256);
    expect((await read(under.uncopied, sha256)).equals(bytes)).toBe(true);
    expect(asked('GET')).toBe(before + 2);
  });

  test('may be asked for by many at once: the PACS is asked once', async () => {
    const { bytes, sha256 } = await stored();
    await forgetCopies(under);
    const before = asked('GET');
    const ranges = [undefined, { start: 3, end: 200 }, { start: 0, end: 10 }, { start: 700, end: 9_000 }];
    const got = await Promise.all(
      ranges.map(async (range) => Buffer.from(await readAll(await under.blobs.open(sha256, range)))),
    );
    for (const [i, range] of ranges.entries())
      expect(got[i]?.equals(bytes.subarray(range?.start, range?.end))).toBe(true);
    expect(asked('GET')).toBe(before + 1);
  });

  test('comes back as it was where the PACS writes its own meta information', async () => {
    under.pacs.keeps = (bytes) => {
      const file = Buffer.from(bytes);
      const end = 144 + file.readUInt32LE(140);
      const own = Buffer.from([2, 0, 0x12, 0, 0x55, 0x49, 4, 0, 0x31, 0x2e, 0x39, 0]);
      return Buffer.concat([Buffer.alloc(128, 1), file.subarray(128, 132), own, file.subarray(end)]);
    };
    const { bytes, sha256, uids } = await stored();
    expect(Buffer.from(under.pacs.held.get(uids.sopUid)?.bytes ?? []).equals(bytes)).toBe(false);
    await forgetCopies(under);
    expect((await read(under.blobs, sha256)).equals(bytes)).toBe(true);
  });

  test('is not acknowledged where the PACS changes it, or held another content already', async () => {
    under.pacs.keeps = (bytes) => {
      const changed = Uint8Array.from(bytes);
      changed[changed.length - 1] = 0x7f;
      return changed;
    };
    const coerced = instance();
    await expect(under.blobs.keep(recognised(coerced))).rejects.toThrow(StorageFull);
    under.pacs.keeps = (bytes) => bytes;
    const first = instance();
    under.pacs.put(first.bytes);
    const { studyUid, seriesUid, sopUid } = first.uids;
    const second = instance({
      StudyInstanceUID: studyUid,
      SeriesInstanceUID: seriesUid,
      SOPInstanceUID: sopUid,
      PatientName: 'Other^Person',
    });
    await expect(under.blobs.keep(recognised(second))).rejects.toThrow('another content');
    for (const { sha256 } of [coerced, second]) expect(await under.blobs.has(sha256)).toBe(false);
    // The same content, which the PACS had already.
    await under.blobs.keep(recognised(first));
    expect(await under.blobs.has(first.sha256)).toBe(true);
  });

  test('waits for a PACS that needs a moment, and is not acknowledged where that never ends', async () => {
    let absent = 3;
    under.pacs.instead = (request, response) => {
      if (request.method !== 'GET' || absent-- <= 0) return false;
      response.writeHead(404).end();
      return true;
    };
    const slow = await stored();
    expect(await under.blobs.has(slow.sha256)).toBe(true);
    absent = Number.POSITIVE_INFINITY;
    const never = instance();
    await expect(under.blobs.keep(recognised(never))).rejects.toThrow(BlobsUnavailable);
    expect(await under.blobs.has(never.sha256)).toBe(false);
  });

  test('is not acknowledged while the PACS is away; what is copied can be read', async () => {
    const before = await stored();
    await under.pacs.away();
    try {
      const late = instance();
      await expect(under.blobs.keep(recognised(late))).rejects.toThrow(BlobsUnavailable);
      expect((await read(under.blobs, before.sha256)).equals(before.bytes)).toBe(true);
      await forgetCopies(under);
      await expect(under.blobs.open(before.sha256)).rejects.toThrow(BlobsUnavailable);
      expect(await under.blobs.has(before.sha256)).toBe(true);
    } finally {
      await under.pacs.back();
    }
    expect((await read(under.blobs, before.sha256)).equals(before.bytes)).toBe(true);
  });
});

describe('what happens at the PACS', () => {
  test('another content is noticed by whoever reads, told once, and never given out', async () => {
    const { bytes, sha256, uids } = await stored();
    await forgetCopies(under);
    const altered = Buffer.from(bytes);
    altered[altered.length - 1] = 0x7f;
    under.pacs.put(altered);
    for (const blobs of [under.blobs, under.uncopied, under.blobs])
      await expect(read(blobs, sha256)).rejects.toThrow(BlobDamaged);
    expect(under.noticed).toEqual([{ what: 'altered', ...uids }]);
    await expect(under.blobs.stat(sha256)).rejects.toThrow(BlobDamaged);
    expect(await under.copies.has(sha256)).toBe(false);
    // Put right there, it is right here.
    under.pacs.put(bytes);
    expect((await read(under.blobs, sha256)).equals(bytes)).toBe(true);
    expect(await under.blobs.stat(sha256)).toMatchObject({ size: bytes.length });
  });

  test.each<[string, (bytes: Buffer) => Uint8Array]>([
    ['another instance', () => mrFile()],
    ['less of it', (bytes) => bytes.subarray(0, -1)],
    ['more of it', (bytes) => Buffer.concat([bytes, Buffer.alloc(2)])],
    ['nothing', () => new Uint8Array(0)],
  ])('%s in its place is refused', async (_, other) => {
    const { bytes, sha256 } = await stored();
    await forgetCopies(under);
    under.pacs.instead = (request, response) =>
      request.method === 'GET' && sendInstance(response, other(bytes));
    await expect(read(under.blobs, sha256)).rejects.toThrow(BlobDamaged);
    await expect(read(under.uncopied, sha256)).rejects.toThrow(BlobDamaged);
  });

  test('an instance that is gone is marked and told once, and found again when it is back', async () => {
    const { bytes, sha256, uids } = await stored();
    await forgetCopies(under);
    under.pacs.held.delete(uids.sopUid);
    for (let i = 0; i < 2; i++) await expect(read(under.blobs, sha256)).rejects.toThrow(BlobMissing);
    expect(under.noticed).toEqual([{ what: 'missing', ...uids }]);
    await expect(under.blobs.stat(sha256)).rejects.toThrow(BlobMissing);
    under.pacs.put(bytes);
    expect((await read(under.blobs, sha256)).equals(bytes)).toBe(true);
    expect(await under.blobs.stat(sha256)).toMatchObject({ size: bytes.length });
  });

  test('comparing with its lists marks what is gone, and what is back', async () => {
    const study = newUid();
    const all = [];
    for (let i = 0; i < 4; i++) all.push(await stored(under, { StudyInstanceUID: study }));
    const [kept, gone] = [all[0], all[1]] as [(typeof all)[0], (typeof all)[0]];
    under.pacs.held.delete(gone.uids.sopUid);
    const now = () => new Date(Date.now() + 1_000);
    const { peer, database } = under;
    await comparePacs({ peer, database, now });
    await expect(under.blobs.stat(gone.sha256)).rejects.toThrow(BlobMissing);
    expect(await under.blobs.stat(kept.sha256)).toMatchObject({ size: kept.bytes.length });
    under.pacs.put(gone.bytes);
    await comparePacs({ peer, database, now });
    expect(await under.blobs.stat(gone.sha256)).toMatchObject({ size: gone.bytes.length });
    // Half a list is none.
    under.pacs.instead = (_, response) => {
      response.writeHead(500).end();
      return true;
    };
    await expect(comparePacs({ peer, database, now })).rejects.toThrow();
    expect(await under.blobs.stat(kept.sha256)).toMatchObject({ size: kept.bytes.length });
  });
});

describe('what is brought from the PACS', () => {
  test('is not sent there again, and needs to be known', async () => {
    const given = instance();
    under.pacs.put(given.bytes);
    await under.brought.keep(recognised(given));
    expect(asked('POST')).toBe(0);
    await forgetCopies(under);
    expect((await read(under.blobs, given.sha256)).equals(given.bytes)).toBe(true);
    await expect(under.brought.keep(stagedFrom(mrFile()))).rejects.toThrow();
  });
});

describe('taking away', () => {
  test('the copy in the PACS stays, and is neither shown nor fetched again', async () => {
    const { sha256, uids } = await stored();
    await under.blobs.remove(sha256);
    expect(under.pacs.held.has(uids.sopUid)).toBe(true);
    expect(await under.blobs.has(sha256)).toBe(false);
    expect(await under.copies.has(sha256)).toBe(false);
    await expect(under.blobs.open(sha256)).rejects.toThrow(BlobMissing);
    expect(asked('DELETE')).toBe(0);
  });

  /** A row of the index that goes, as deleting it does. */
  async function deletedFromIndex(of: TestPacs, { sha256, uids }: { sha256: string; uids: InstanceUids }) {
    await of.database.query(
      `insert into study (study_uid, project_id, patient_key, attributes, received_at, changed_at)
       values ($1, 'default', 'key', '{}', now(), now())`,
      [uids.studyUid],
    );
    await of.database.query(
      `insert into series (series_uid, study_uid, attributes, received_at, changed_at)
       values ($1, $2, '{}', now(), now())`,
      [uids.seriesUid, uids.studyUid],
    );
    await of.database.query(
      `insert into instance (sop_uid, series_uid, study_uid, sop_class, transfer_syntax, sha256, content_sha256, size,
         frames, metadata, received_at) values ($1, $2, $3, '1', '1', $4, $4, 1, 1, '{}', now())`,
      [uids.sopUid, uids.seriesUid, uids.studyUid, sha256],
    );
    await of.database.query('delete from study where study_uid = $1', [uids.studyUid]);
  }

  test('where the settings say so, what is deleted here is deleted there', async () => {
    const given = await stored(dangerous);
    await deletedFromIndex(dangerous, given);
    await dangerous.blobs.remove(given.sha256);
    expect(dangerous.pacs.held.has(given.uids.sopUid)).toBe(false);
    expect(
      await dangerous.database.query('select held from pacs_tombstone where sha256 = $1', [given.sha256]),
    ).toEqual([{ held: false }]);
  });

  test('even then nothing is, that never stood in the index; and a PACS that refuses is told', async () => {
    const stray = await stored(dangerous);
    await dangerous.blobs.remove(stray.sha256);
    expect(dangerous.pacs.held.has(stray.uids.sopUid)).toBe(true);
    const given = await stored(dangerous);
    await deletedFromIndex(dangerous, given);
    dangerous.pacs.instead = (request, response) => {
      if (request.method !== 'DELETE') return false;
      response.writeHead(405).end();
      return true;
    };
    await dangerous.blobs.remove(given.sha256);
    expect(dangerous.noticed).toEqual([{ what: 'not-removed', ...given.uids }]);
    expect(
      await dangerous.database.query('select held from pacs_tombstone where sha256 = $1', [given.sha256]),
    ).toEqual([{ held: true }]);
    // Away: nothing is forgotten, and the next time tries again.
    const later = await stored(dangerous);
    await deletedFromIndex(dangerous, later);
    await dangerous.pacs.away();
    await expect(dangerous.blobs.remove(later.sha256)).rejects.toThrow(BlobsUnavailable);
    await dangerous.pacs.back();
    dangerous.pacs.instead = undefined;
    await dangerous.blobs.remove(later.sha256);
    expect(dangerous.pacs.held.has(later.uids.sopUid)).toBe(false);
  });

  test('what was deleted while it was on its way is not brought in again', async () => {
    const given = await stored();
    await deletedFromIndex(under, given);
    await under.blobs.remove(given.sha256);
    await expect(under.brought.keep(recognised(given))).rejects.toThrow('deleted here');
    // Another of the same study, of which nothing is here any more.
    const sibling = instance({ StudyInstanceUID: given.uids.studyUid });
    await expect(under.brought.keep(recognised(sibling))).rejects.toThrow('deleted here');
    // Sent again by somebody, it is taken.
    await under.blobs.keep(recognised(given));
    expect(await under.blobs.has(given.sha256)).toBe(true);
  });

  test('no UID stays in the database', async () => {
    const given = await stored();
    await deletedFromIndex(under, given);
    await under.blobs.remove(given.sha256);
    const rows = await under.database.query('select * from pacs_tombstone');
    expect(rows.length).toBeGreaterThan(0);
    for (const uid of Object.values(given.uids)) expect(JSON.stringify(rows)).not.toContain(uid);
    expect(
      await under.database.query('select 1 from pacs_instance where sha256 = $1', [given.sha256]),
    ).toEqual([]);
  });
});

test('where the PACS is only followed, what is stored stays here', async () => {
  const apart = await openTestPacs({ stores: false });
  onTestFinished(() => apart.close());
  const given = await stored(apart);
  expect(apart.pacs.asked).toEqual([]);
  expect(await apart.local.has(given.sha256)).toBe(true);
  expect((await read(apart.blobs, given.sha256)).equals(given.bytes)).toBe(true);
});

blobsSuite('instances in a PACS, with copies', () => asInstances(2 ** 30), 10);
blobsSuite('instances in a PACS, without room for copies', () => asInstances(0), 10);
