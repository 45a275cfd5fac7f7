/** Erasing a patient whose images lie in a PACS. */
import { createHmac, randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { mrFile, newUid, partsOf, person } from '../archive/archive.testing.ts';
import { openTestFollowing, type TestFollowing } from '../following/following.testing.ts';
import { stagedFrom } from '../ports/blobs/blobs-suite.testing.ts';
import { clearRemovedBlobs } from '../upkeep/index.ts';
import { erasures } from './erase.ts';

const administrator = person('administrator');
const now = () => new Date();
let under: TestFollowing;
afterEach(() => under.close());

async function started(removes: boolean) {
  under = await openTestFollowing({ removes });
  const studyUid = newUid();
  const files = Array.from({ length: 3 }, () =>
    mrFile({ StudyInstanceUID: studyUid, PatientID: 'CANARY-1', PatientName: 'Canary^Jane' }),
  );
  const outcomes = await under.recordsFor(person('radiologist')).store(partsOf(files));
  expect(outcomes.map(({ status }) => status)).toEqual(['stored', 'stored', 'stored']);
  // Never acknowledged: in the PACS, and not in the index.
  const stray = mrFile({ StudyInstanceUID: studyUid, PatientID: 'CANARY-1' });
  const staged = stagedFrom(stray);
  under.recognise(staged, under.pacs.uidsOf(stray));
  await under.blobs.keep(staged);
  const { database, blobs } = under;
  const room = erasures({
    database,
    blobs,
    clearRemoved: () => clearRemovedBlobs(database, blobs, { now }),
    now,
    keyedHash: (text) => createHmac('sha256', 'key').update(text).digest('hex'),
    newId: randomUUID,
  });
  return { studyUid, room };
}
/** Every text of the tables that this server keeps about the PACS. */
const said = async () =>
  JSON.stringify([
    await under.database.query(`select study, series, sop, encode(head, 'escape') from pacs_instance`),
    await under.database.query('select * from pacs_tombstone'),
    await under.database.query('select * from pacs_look'),
    await under.database.query('select * from pacs_refusal'),
  ]);

test('the proof says that the PACS has its copies, nothing here names them, and nothing comes back', async () => {
  const { studyUid, room } = await started(false);
  await under.round();
  const { proof } = await room.erase(administrator, { patientKey: '|CANARY-1' }, 'request of the person');
  expect(proof).toMatchObject({
    copiesInPacs: 4,
    complete: false,
    files: { absent: 4, stillThere: [] },
    remarks: expect.arrayContaining([expect.stringContaining('PACS still holds its own copies')]),
  });
  expect(proof?.database.remnants.filter(({ why }) => why === 'unexplained')).toEqual([]);
  expect(under.pacs.held.size).toBe(4);
  expect(await said()).not.toContain(studyUid);
  under.pacs.put(mrFile({ StudyInstanceUID: studyUid, PatientID: 'CANARY-1' }));
  expect(await under.round()).toMatchObject({ brought: 0, failed: 0 });
  expect(await under.database.query('select 1 from study')).toEqual([]);
  expect(await said()).not.toContain(studyUid);
});

test('where the PACS deletes with us, the proof is made when it has', async () => {
  const { studyUid, room } = await started(true);
  await under.pacs.away();
  const erased = await room.erase(administrator, { studyUid }, 'request of the person');
  expect(erased.proof).toBeUndefined();
  await expect(room.resume()).rejects.toThrow();
  await under.pacs.back();
  expect(await room.resume()).toBe(1);
  expect(under.pacs.held.size).toBe(0);
  expect(await room.proof(administrator, erased.erasureId)).toMatchObject({
    copiesInPacs: 0,
    complete: true,
  });
  expect(await said()).not.toContain(studyUid);
});
