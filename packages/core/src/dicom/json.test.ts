import { expect, test } from 'vitest';
import { buildDataSet, DataSetBuilder, Tag, toDicomJson } from './index.ts';

test('the JSON model of PS3.18 annex F', () => {
  const dataSet = new DataSetBuilder(
    buildDataSet({
      ImageType: ['ORIGINAL', '', 'M'],
      PatientName: 'Yamada^Tarou=山田^太郎',
      PixelSpacing: [0.5, 0.75],
      ReferencedImageSequence: [buildDataSet({ InstanceNumber: 7 }), buildDataSet({})],
      SourceImageSequence: [],
      PatientID: '',
      FrameIncrementPointer: 0x00181063,
    }),
  )
    .set(Tag.PixelData, Uint8Array.of(1, 2, 3, 4), 'OW')
    .build();
  const json = {
    '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
    '00080008': { vr: 'CS', Value: ['ORIGINAL', null, 'M'] },
    '00081140': { vr: 'SQ', Value: [{ '00200013': { vr: 'IS', Value: [7] } }, {}] },
    '00082112': { vr: 'SQ' },
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎' }] },
    '00100020': { vr: 'LO' },
    '00280009': { vr: 'AT', Value: ['00181063'] },
    '00280030': { vr: 'DS', Value: [0.5, 0.75] },
    '7FE00010': { vr: 'OW', InlineBinary: 'AQIDBA==' },
  };
  expect(toDicomJson(dataSet)).toEqual(json);
  expect(toDicomJson(dataSet, { maxInlineBytes: 3 })['7FE00010']).toEqual({ vr: 'OW' });
});

test('a text or list of numbers that is too long to stand there is named by its place', () => {
  const dataSet = buildDataSet({
    PatientName: 'Doe^Jane',
    ReferencedImageSequence: [buildDataSet({ TextValue: 'x'.repeat(101), InstanceNumber: 7 })],
  });
  const json = toDicomJson(dataSet, { maxValueBytes: 100, bulkDataUri: (path) => `bulkdata/${path}` });
  expect(json['00100010']).toMatchObject({ Value: [{ Alphabetic: 'Doe^Jane' }] });
  expect(json['00081140']?.Value).toEqual([
    {
      '00200013': { vr: 'IS', Value: [7] },
      '0040A160': { vr: 'UT', BulkDataURI: 'bulkdata/00081140/1/0040A160' },
    },
  ]);
  expect(toDicomJson(dataSet)['00081140']).not.toHaveProperty('Value.0.0040A160.BulkDataURI');
});

test('base64 is that of RFC 4648 for every length', () => {
  for (let length = 2; length < 40; length += 2) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 97 + length) & 0xff);
    const dataSet = new DataSetBuilder().set(Tag.PixelData, bytes, 'OB').build();
    expect(toDicomJson(dataSet)['7FE00010']?.InlineBinary).toBe(Buffer.from(bytes).toString('base64'));
  }
});
