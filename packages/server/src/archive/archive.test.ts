import { randomBytes } from 'node:crypto';
import { DataSetBuilder, parseDicom, Tag, withDataSet, writeDicom } from '@promontory/core/dicom';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAll, StorageFull } from '../ports/blobs/index.ts';
import {
  mrFile,
  newUid,
  openTestArchive,
  partsOf,
  person,
  type TestArchive,
  withUid,
} from './archive.testing.ts';
import type { Records } from './records.ts';
import { store, uidsOf } from './search.testing.ts';

/** Longer than an index takes, however it is packed. */
const incompressible = () => randomBytes(7_000).toString('base64');

let archive: TestArchive;
let full = false;
let radiologist: Records;
beforeAll(async () => {
  archive = await openTestArchive((blobs) => ({
    ...blobs,
    keep: async (staged) => {
      if (full) throw new StorageFull('full');
      await blobs.keep(staged);
    },
  }));
  radiologist = archive.recordsFor(person('radiologist'));
});
afterAll(() => archive.close());

const auditOf = (studyUid: string) =>
  archive.database.query<{ action: string; outcome: string; actor: string; body: string }>(
    'select action, outcome, actor, body from audit_event where study_uid = $1 order by seq',
    [studyUid],
  );

describe('storing', () => {
  test('an instance comes back as it came, but for its preamble', async () => {
    const StudyInstanceUID = newUid();
    const bytes = mrFile({ StudyInstanceUID });
    bytes.set([0x4d, 0x5a, 0x90], 0);
    const [outcome] = await store(radiologist, bytes);
    expect(outcome).toMatchObject({ status: 'stored', studyUid: StudyInstanceUID });
    const [record] = await radiologist.instances({ studyUid: StudyInstanceUID }, 'retrieve');
    const back = await readAll(await radiologist.open(record!));
    expect([...back.subarray(0, 128)].every((byte) => byte === 0)).toBe(true);
    expect(Buffer.from(back.subarray(128)).equals(Buffer.from(bytes.subarray(128)))).toBe(true);
    expect((await auditOf(StudyInstanceUID)).map((e) => e.action)).toEqual(['store', 'read']);
  });

  test('a resend is held, another content under the UID is refused and the first kept', async () => {
    const uids = { StudyInstanceUID: newUid(), SeriesInstanceUID: newUid(), SOPInstanceUID: newUid() };
    const first = mrFile(uids);
    expect((await store(radiologist, first))[0]?.status).toBe('stored');
    const again = await store(
      radiologist,
      first,
      mrFile({ ...uids, PatientName: 'Other' }),
      mrFile({ ...uids, SOPInstanceUID: newUid() }),
    );
    expect(again.map((o) => o.failure ?? o.status)).toEqual(['held', 'conflict', 'stored']);
    const found = await radiologist.instances({ studyUid: uids.StudyInstanceUID }, 'retrieve');
    expect(found).toHaveLength(2);
    const kept = await readAll(await radiologist.open(found.find((i) => i.sopUid === uids.SOPInstanceUID)!));
    expect(Buffer.from(kept).equals(Buffer.from(first))).toBe(true);
    const events = await auditOf(uids.StudyInstanceUID);
    expect(events.filter((e) => e.action === 'conflict')).toMatchObject([{ outcome: 'refused' }]);
    expect(await countsOf(uids.StudyInstanceUID)).toMatchObject({
      instance_count: 2,
      series_count: 1,
      modalities: ['MR'],
    });
  });

  test('the other transfer of the same data set is the same instance', async () => {
    const bytes = mrFile();
    await store(radiologist, bytes);
    const other = Uint8Array.from(bytes);
    // Another implementation wrote the meta information: same length, another version name.
    const at = Buffer.from(other).indexOf('PROMONTORY_0_1');
    other.set(Buffer.from('SOMEBODY_ELSE_'), at);
    expect((await store(radiologist, other))[0]?.status).toBe('held');
  });

  test('each part is judged alone', async () => {
    const good = mrFile();
    const outcomes = await store(
      radiologist,
      new Uint8Array(5000),
      good,
      new Uint8Array(0),
      good.subarray(0, good.length - 40),
      withUid(mrFile(), 'SOPInstanceUID', '../../etc/passwd'),
      withUid(mrFile(), 'StudyInstanceUID', `1.${'2'.repeat(64)}`),
      withUid(mrFile(), 'StudyInstanceUID', '1.2\0.3'),
      mrFile(),
    );
    expect(outcomes.map((o) => o.failure ?? o.status)).toEqual([
      'notUnderstood',
      'stored',
      'notUnderstood',
      'notUnderstood',
      'notUnderstood',
      'notUnderstood',
      'notUnderstood',
      'stored',
    ]);
    expect(JSON.stringify(outcomes)).not.toContain('passwd');
  });

  test('what cannot be kept is named where its SOP instance can be told (PS3.18 table I.2-1)', async () => {
    const sopUid = newUid();
    const [astray] = await store(
      radiologist,
      withUid(mrFile({ SOPInstanceUID: sopUid }), 'StudyInstanceUID', '1.2.'),
    );
    expect(astray).toMatchObject({ failure: 'notUnderstood', sopUid, sopClass: '1.2.840.10008.5.1.4.1.1.4' });
    expect(astray).not.toHaveProperty('studyUid');
  });

  test.each([
    ['NumberOfFrames', 'UL', 4_294_967_295],
    ['NumberOfFrames', 'SL', -1],
    ['NumberOfFrames', 'FL', 1.5],
    ['Rows', 'UL', 4_294_967_295],
    ['PatientID', 'LT', incompressible()],
    ['AccessionNumber', 'LT', incompressible()],
    ['PatientName', 'LT', incompressible()],
    ['StudyDate', 'LT', incompressible()],
    ['Modality', 'LT', incompressible()],
  ] as const)(
    '%s that fits no column harms neither its instance nor the next',
    async (keyword, vr, value) => {
      const file = parseDicom(mrFile());
      const dataSet = new DataSetBuilder(file.dataSet).set(Tag[keyword], value, vr).build();
      const outcomes = await store(radiologist, writeDicom(withDataSet(file, dataSet)), mrFile());
      expect(outcomes.map((o) => o.failure ?? o.status)).toEqual(['stored', 'stored']);
    },
  );

  test('a text of megabytes is stored with its instance and not in the index', async () => {
    const [studyUid, text] = [newUid(), 'x'.repeat(100_000)];
    await store(radiologist, mrFile({ StudyInstanceUID: studyUid, TextValue: text }));
    const [metadata] = await radiologist.metadata({ studyUid }, 'https://archive');
    expect(JSON.parse(String(metadata))['0040A160']).toEqual({
      vr: 'UT',
      BulkDataURI: expect.stringMatching(/bulkdata\/0040A160$/),
    });
  });

  test('a study named by the request takes no other', async () => {
    const [mine, other] = [newUid(), newUid()];
    const outcomes = await radiologist.store(
      partsOf([mrFile({ StudyInstanceUID: mine }), mrFile({ StudyInstanceUID: other })]),
      { studyUid: mine },
    );
    expect(outcomes.map((o) => o.failure ?? o.status)).toEqual(['stored', 'mismatch']);
    expect(await uidsOf(radiologist, { studyUid: other })).toEqual([]);
  });

  test('a series stays in its study', async () => {
    const SeriesInstanceUID = newUid();
    const stranger = newUid();
    await store(radiologist, mrFile({ SeriesInstanceUID }));
    const [outcome] = await store(radiologist, mrFile({ SeriesInstanceUID, StudyInstanceUID: stranger }));
    expect(outcome?.failure).toBe('conflict');
    expect(await uidsOf(radiologist, { studyUid: stranger })).toEqual([]);
  });

  test('a request that breaks off keeps what came whole', async () => {
    const StudyInstanceUID = newUid();
    async function* broken() {
      yield* partsOf([mrFile({ StudyInstanceUID }), mrFile({ StudyInstanceUID })]);
      throw new Error('connection lost');
    }
    await expect(radiologist.store(broken())).rejects.toThrow('connection lost');
    expect(await radiologist.instances({ studyUid: StudyInstanceUID }, 'retrieve')).toHaveLength(2);
  });

  test('without room the instance fails and the archive goes on', async () => {
    full = true;
    const lost = mrFile();
    expect((await store(radiologist, lost))[0]?.failure).toBe('outOfResources');
    full = false;
    expect((await store(radiologist, lost))[0]?.status).toBe('stored');
  });

  test('many at once, over several requests, each once', async () => {
    const StudyInstanceUID = newUid();
    const files = Array.from({ length: 150 }, () => mrFile({ StudyInstanceUID }));
    const all = await Promise.all([
      store(radiologist, ...files),
      store(radiologist, ...files.toReversed()),
      store(radiologist, ...files.slice(50)),
    ]);
    expect(all.flat().filter((o) => o.status === 'stored')).toHaveLength(150);
    expect(all.flat().every((o) => o.failure === undefined)).toBe(true);
    expect(await countsOf(StudyInstanceUID)).toMatchObject({ instance_count: 150, series_count: 150 });
  });
});

const countsOf = async (studyUid: string) =>
  (await archive.database.query('select * from study where study_uid = $1', [studyUid]))[0];

describe('who may', () => {
  let theirs: string;
  beforeAll(async () => {
    await archive.database.query(
      `insert into project (project_id, title) values ('north', 'N'), ('south', 'S')`,
    );
    theirs = newUid();
    await store(
      archive.recordsFor(person('radiologist', 'south')),
      mrFile({ StudyInstanceUID: theirs, PatientID: 'X-9' }),
    );
  });

  test('another project is as if it were not there, and the attempt is noted', async () => {
    const stranger = archive.recordsFor(person('radiologist', 'north'));
    expect(await uidsOf(stranger, { studyUid: theirs })).toEqual([]);
    expect(await stranger.instances({ studyUid: theirs }, 'retrieve')).toEqual([]);
    expect(await stranger.metadata({ studyUid: theirs }, '')).toEqual([]);
    expect(await stranger.remove({ studyUid: theirs })).toBe(0);
    expect((await store(stranger, mrFile({ StudyInstanceUID: theirs })))[0]?.failure).toBe('notAuthorised');
    const refusals = (await auditOf(theirs)).filter((e) => e.actor === 'account:radiologist-north');
    expect(refusals.map((e) => e.outcome)).toEqual(['refused', 'refused', 'refused', 'refused']);
  });

  test('a patient grant and a broken glass open it', async () => {
    const treating = { projects: [], patients: [{ role: 'surgeon', patientKey: '|X-9' }] } as const;
    expect(
      await uidsOf(archive.recordsFor(person('surgeon', 'none', treating)), { studyUid: theirs }),
    ).toEqual([theirs]);
    const emergency = archive.recordsFor(person('surgeon', 'north', { brokenGlass: [theirs] }));
    expect(await emergency.instances({ studyUid: theirs }, 'retrieve')).toHaveLength(1);
    expect(await emergency.remove({ studyUid: theirs })).toBe(0);
  });

  test('a student reads and stores nothing; scopes narrow', async () => {
    const student = archive.recordsFor(person('student', 'south'));
    expect(await student.instances({ studyUid: theirs }, 'retrieve')).toHaveLength(1);
    expect((await store(student, mrFile()))[0]?.failure).toBe('notAuthorised');
    const token = archive.recordsFor(person('administrator', '*', { scopes: ['search'] }));
    expect(await token.instances({ studyUid: theirs }, 'retrieve')).toEqual([]);
  });

  test('bytes are opened only for what the gate has given', async () => {
    const [record] = await radiologist.instances({ studyUid: theirs }, 'retrieve');
    const stranger = archive.recordsFor(person('radiologist', 'north'));
    await expect(stranger.open(record!)).rejects.toThrow();
    await expect(radiologist.open({ ...record! })).rejects.toThrow();
  });
});

describe('removing', () => {
  test('an instance, then the study; the bytes are noted, unless another row needs them', async () => {
    const StudyInstanceUID = newUid();
    const admin = archive.recordsFor(person('administrator'));
    const [first] = await store(
      admin,
      mrFile({ StudyInstanceUID }),
      mrFile({ StudyInstanceUID, Modality: 'SR' }),
    );
    expect(await admin.remove({ studyUid: StudyInstanceUID, seriesUid: first!.seriesUid! })).toBe(1);
    expect(await countsOf(StudyInstanceUID)).toMatchObject({
      instance_count: 1,
      series_count: 1,
      modalities: ['SR'],
    });
    expect(await admin.remove({ studyUid: StudyInstanceUID })).toBe(1);
    expect(await countsOf(StudyInstanceUID)).toBeUndefined();
    expect(await archive.database.query('select * from blob_to_remove')).toHaveLength(2);
    expect((await auditOf(StudyInstanceUID)).map((e) => e.action)).toEqual(['store', 'delete', 'delete']);
  });
});

test('metadata names where bulk data are, and text that looks so stays text', async () => {
  const StudyInstanceUID = newUid();
  const PatientComments = '"BulkDataURI":"x"';
  await store(
    radiologist,
    mrFile({ StudyInstanceUID, PatientComments, PixelData: new Uint16Array(4096), Rows: 64, Columns: 64 }),
  );
  const [text] = await radiologist.metadata({ studyUid: StudyInstanceUID }, 'https://h/dicom-web');
  const json = JSON.parse(text!);
  expect(json['00104000'].Value).toEqual([PatientComments]);
  expect(json['7FE00010'].BulkDataURI).toMatch(
    new RegExp(
      `^https://h/dicom-web/studies/${StudyInstanceUID}/series/[0-9.]+/instances/[0-9.]+/bulkdata/7FE00010$`,
    ),
  );
});
