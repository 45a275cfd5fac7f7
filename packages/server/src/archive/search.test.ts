import { DataSetBuilder, parseDicom, Tag, withDataSet, writeDicom } from '@promontory/core/dicom';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mrFile, newUid, openTestArchive, person, type TestArchive } from './archive.testing.ts';
import type { Records } from './records.ts';
import { query, store, uidsOf } from './search.testing.ts';
import type { Match, StudyQuery } from './study-query.ts';

let archive: TestArchive;
let radiologist: Records;
beforeAll(async () => {
  archive = await openTestArchive();
  radiologist = archive.recordsFor(person('radiologist'));
});
afterAll(() => archive.close());

describe('searching', () => {
  const study = { a: newUid(), b: newUid(), c: newUid() };
  const PatientID = 'S-1';
  beforeAll(async () => {
    await store(
      radiologist,
      mrFile({
        StudyInstanceUID: study.a,
        PatientID,
        PatientName: 'Müller^Änne',
        StudyDate: '20240110',
        AccessionNumber: 'A*1',
      }),
      mrFile({
        StudyInstanceUID: study.b,
        PatientID,
        PatientName: 'Mueller^Anna',
        StudyDate: '20250301',
        StudyDescription: 'LWS_nativ',
      }),
      mrFile({
        StudyInstanceUID: study.c,
        PatientID,
        PatientName: 'Yamada^Tarou=山田^太郎=やまだ^たろう',
        StudyDate: '20260501',
        Modality: 'SR',
      }),
    );
  });
  const within = (
    ...matches: [number, StudyQuery['matches'] extends ReadonlyMap<number, infer M> ? M : never][]
  ) => ({
    matches: new Map([[0x00100020, { kind: 'single', value: PatientID } as const], ...matches]),
  });

  test('dates and times in the form of ACR-NEMA are found as what they are', async () => {
    const [StudyInstanceUID, PatientID] = [newUid(), 'S-ACR'];
    const file = parseDicom(mrFile({ StudyInstanceUID, PatientID }));
    const old = new DataSetBuilder(file.dataSet)
      .set(Tag.StudyDate, '2003.08.18', 'LO')
      .set(Tag.StudyTime, '14:04:38.25', 'LO')
      .build();
    await store(radiologist, writeDicom(withDataSet(file, old)));
    const asked: [number, Match][] = [
      [Tag.StudyDate, { kind: 'range', from: '20030101', to: '20031231' }],
      [Tag.StudyTime, { kind: 'single', value: '140438.25' }],
    ];
    for (const [tag, match] of asked)
      expect(
        await uidsOf(radiologist, {
          matches: new Map([
            ...within().matches,
            [Tag.PatientID, { kind: 'single', value: PatientID }],
            [tag, match],
          ]),
        }),
      ).toEqual([StudyInstanceUID]);
  });

  test('the newest first, page by page', async () => {
    expect(await uidsOf(radiologist, within())).toEqual([study.c, study.b, study.a]);
    const page = await radiologist.search(query({ ...within(), limit: 2 }));
    expect(page.more).toBe(true);
    expect(page.rows).toHaveLength(2);
    const last = await radiologist.search(query({ ...within(), limit: 2, offset: 2 }));
    expect(last).toMatchObject({ more: false });
    expect(last.rows).toHaveLength(1);
  });

  test.for([
    ['muller^anne', ['a']],
    ['MÜLLER^ÄNNE', ['a']],
    ['mu*', ['b', 'a']],
    ['*an?a', ['b']],
    ['山田*', ['c']],
    ['yamada^tarou', ['c']],
    ['%', []],
    ['doe', []],
  ] as const)('name %s', async ([value, expected]) => {
    const kind = /[*?]/.test(value) ? 'wildcard' : 'single';
    expect(await uidsOf(radiologist, within([0x00100010, { kind, value }]))).toEqual(
      expected.map((key) => study[key]),
    );
  });

  test('fuzzy: words begin alike, in any order', async () => {
    const matches = within([0x00100010, { kind: 'single', value: 'ann mul' }]);
    expect(await uidsOf(radiologist, { ...matches, fuzzy: true })).toEqual([study.a]);
    expect(await uidsOf(radiologist, matches)).toEqual([]);
  });

  test('dates by range, both ends in it', async () => {
    const range = (from?: string, to?: string) =>
      uidsOf(radiologist, within([0x00080020, { kind: 'range', ...(from && { from }), ...(to && { to }) }]));
    expect(await range('20240110', '20250301')).toEqual([study.b, study.a]);
    expect(await range('20240111')).toEqual([study.c, study.b]);
    expect(await range(undefined, '2025')).toEqual([study.b, study.a]);
  });

  test('a text is taken literally where it has no wildcard', async () => {
    expect(await uidsOf(radiologist, within([0x00081030, { kind: 'wildcard', value: 'LWS?nat*' }]))).toEqual([
      study.b,
    ]);
    expect(await uidsOf(radiologist, within([0x00080050, { kind: 'single', value: 'A*1' }]))).toEqual([
      study.a,
    ]);
    expect(await uidsOf(radiologist, within([0x00081030, { kind: 'wildcard', value: 'LWS%*' }]))).toEqual([]);
    expect(await uidsOf(radiologist, within([0x00100020, { kind: 'single', value: "' or 1=1 --" }]))).toEqual(
      [],
    );
  });

  test('modalities of the study, UID lists, and keys that the index does not know', async () => {
    expect(await uidsOf(radiologist, within([0x00080061, { kind: 'single', value: 'SR' }]))).toEqual([
      study.c,
    ]);
    expect(
      await uidsOf(radiologist, within([0x0020000d, { kind: 'list', values: [study.a, study.c] }])),
    ).toEqual([study.c, study.a]);
    const result = await radiologist.search(query(within([0x00189087, { kind: 'single', value: '5' }])));
    expect(result.ignored).toEqual([0x00189087]);
  });

  test('what an answer holds', async () => {
    const [row] = (await radiologist.search(query({ studyUid: study.b, include: [0x00101010] }))).rows;
    expect(row).toMatchObject({
      '00080061': { vr: 'CS', Value: ['MR'] },
      '00081030': { vr: 'LO', Value: ['LWS_nativ'] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Mueller^Anna' }] },
      '00201206': { vr: 'IS', Value: [1] },
      '00201208': { vr: 'IS', Value: [1] },
    });
    const [instance] = (
      await radiologist.search(query({ level: 'instance', studyUid: study.b, include: 'all' }))
    ).rows;
    expect(instance).toMatchObject({ '00280010': { vr: 'US', Value: [4] }, '00201209': { Value: [1] } });
    expect(Object.keys(instance!)).toEqual(Object.keys(instance!).toSorted());
  });
});
