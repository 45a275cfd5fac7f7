/** Upkeep of an archive whose instances lie in a PACS. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mrFile, newUid, partsOf, person } from '../archive/archive.testing.ts';
import { verifyAudit } from '../audit/index.ts';
import { openTestFollowing, type TestFollowing } from '../following/following.testing.ts';
import { comparePacs } from '../pacs/index.ts';
import { forgetCopies } from '../pacs/pacs.testing.ts';
import { stagedFrom } from '../ports/blobs/blobs-suite.testing.ts';
import { type Blobs, fileBlobs } from '../ports/blobs/index.ts';
import { openTestPglite } from '../ports/database/embedded.testing.ts';
import type { InstanceUids } from '../ports/pacs/index.ts';
import { backup, fsck, restore } from './index.ts';

let under: TestFollowing;
let uids: InstanceUids[];
let files: Uint8Array[];
beforeEach(async () => {
  under = await openTestFollowing();
  const StudyInstanceUID = newUid();
  files = Array.from({ length: 4 }, () => mrFile({ StudyInstanceUID }));
  uids = files.map((file) => under.pacs.uidsOf(file));
  await under.recordsFor(person('radiologist')).store(partsOf(files));
});
afterEach(() => under.close());

const now = () => new Date();
const later = () => new Date(Date.now() + 2 * 3_600_000);
const check = (blobs: Blobs, options: { deep?: boolean; repair?: boolean } = {}) =>
  fsck(under.database, blobs, { deep: false, repair: false, now: later, verifyAudit, ...options });
const compare = () => comparePacs({ peer: under.peer, database: under.database, now: later });

test('index and PACS agree, and what one of them lacks is told', async () => {
  await compare();
  expect(await check(under.uncopied, { deep: true })).toMatchObject({ ok: true, named: 4, stored: 4 });
  under.pacs.held.delete(uids[0]?.sopUid as string);
  const altered = Buffer.from(files[1] as Uint8Array);
  altered[altered.length - 1] = 0x7f;
  under.pacs.put(altered);
  // Copies hide nothing from who compares.
  expect(await check(under.blobs)).toMatchObject({ ok: true });
  await compare();
  expect((await check(under.blobs)).counts).toEqual({ missing: 1 });
  expect((await check(under.uncopied, { deep: true })).counts).toEqual({ missing: 1, damaged: 1 });
  // And from then on it is known.
  expect((await check(under.blobs)).counts).toEqual({ missing: 1, damaged: 1 });
});

test('an instance that the PACS took and the index never got is an orphan, and stays in the PACS', async () => {
  const stray = mrFile();
  const staged = stagedFrom(stray);
  under.recognise(staged, under.pacs.uidsOf(stray));
  await under.blobs.keep(staged);
  expect((await check(under.blobs)).problems).toEqual([{ kind: 'orphan', sha256: staged.sha256 }]);
  expect(await check(under.blobs, { repair: true })).toMatchObject({ ok: true, repaired: { orphans: 1 } });
  expect(under.pacs.held.size).toBe(5);
  expect(await check(under.blobs)).toMatchObject({ ok: true });
});

test('a backup says what it does not hold, and the index that it brings finds it in the PACS', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'backup-pacs-'));
  const database = await openTestPglite();
  try {
    const out = join(folder, 'backup');
    const made = await backup(under.database, under.blobs, out, { now });
    expect(made).toMatchObject({ blobs: 0, copied: 0, missing: [], inPacs: 4 });
    const blobs = fileBlobs(join(folder, 'blobs'), { freeSpaceGuardBytes: 0 });
    const staging = { folder: join(folder, 'incoming'), freeSpaceGuardBytes: 0 };
    expect(await restore(out, database, blobs, { verifyAudit, staging })).toMatchObject({
      blobs: 0,
      missing: [],
      inPacs: 4,
    });
    const rows = (of: { query: typeof database.query }) =>
      of.query(
        `select sha256, study, sop, sop_hash, encode(head, 'hex') as head from pacs_instance order by 1`,
      );
    expect(await rows(database)).toEqual(await rows(under.database));
    expect(await rows(database)).toHaveLength(4);
    await forgetCopies(under);
  } finally {
    await database.close();
    rmSync(folder, { recursive: true });
  }
});
