import { DataSetBuilder, Tag } from '@promontory/core/dicom';
import { expect, test } from 'vitest';
import { findRequestOf, matchOf } from './find-query.ts';
import { dataSetOfJson, readIdentifier, writeIdentifier } from './identifier.ts';

test.each([
  [[''], 'LO', undefined],
  [['*'], 'PN', undefined],
  [['**'], 'PN', undefined],
  [['A*'], 'PN', { kind: 'wildcard', value: 'A*' }],
  [['A'], 'PN', { kind: 'single', value: 'A' }],
  [['1.2', '1.3'], 'UI', { kind: 'list', values: ['1.2', '1.3'] }],
  [['20260101-20260131'], 'DA', { kind: 'range', from: '20260101', to: '20260131' }],
  [['20260101-'], 'DA', { kind: 'range', from: '20260101' }],
  [['-20260101'], 'DA', { kind: 'range', to: '20260101' }],
  [['-'], 'DA', undefined],
  [['2026.01.31'], 'DA', { kind: 'single', value: '20260131' }],
  [['10:15:00-11:00'], 'TM', { kind: 'range', from: '101500', to: '1100' }],
  [['101500.5'], 'TM', { kind: 'single', value: '101500.5' }],
  [['101500.25'], 'TM', { kind: 'single', value: '101500.25' }],
  [['10:15:00.25'], 'TM', { kind: 'single', value: '101500.25' }],
  [['MR', 'CT'], 'CS', { kind: 'list', values: ['MR', 'CT'] }],
] as const)('%j of %s', (values, vr, expected) => {
  expect(matchOf(values, vr)).toEqual(expected);
});

const identifier = (level: string, ...more: readonly (readonly [number, string])[]) => {
  const builder = new DataSetBuilder().set(Tag.QueryRetrieveLevel, level);
  for (const [tag, value] of more) builder.set(tag, value);
  return builder.build();
};

test('the keys above the level become the scope of the question', () => {
  const asked = findRequestOf(
    identifier(
      'IMAGE',
      [Tag.StudyInstanceUID, '1.2'],
      [Tag.SeriesInstanceUID, '1.3'],
      [Tag.SOPInstanceUID, ''],
    ),
    'study',
  );
  expect(asked?.query).toMatchObject({ level: 'instance', studyUid: '1.2', seriesUid: '1.3' });
  expect([...(asked?.query.matches ?? [])]).toEqual([]);
  expect(asked?.requested).toEqual([Tag.SOPInstanceUID, Tag.StudyInstanceUID, Tag.SeriesInstanceUID]);
});

test('a patient is asked for by attributes of the patient only', () => {
  const asked = findRequestOf(
    identifier('PATIENT', [Tag.PatientID, 'P1'], [Tag.StudyDate, '20260101']),
    'patient',
  );
  expect([...(asked?.query.matches.keys() ?? [])]).toEqual([Tag.PatientID]);
  expect(asked?.misplaced).toBe(true);
  expect(findRequestOf(identifier('PATIENT'), 'study')).toBeUndefined();
  expect(findRequestOf(identifier('WORKLIST'), 'patient')).toBeUndefined();
  expect(findRequestOf(new DataSetBuilder().build(), 'study')).toBeUndefined();
});

test('rows of the index are written as they are kept, in every transfer syntax of identifiers', () => {
  const row = {
    '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
    '00080061': { vr: 'CS', Value: ['MR', 'SR'] },
    '00081030': { vr: 'LO', Value: ['longer than its VR allows '.repeat(5).trim()] },
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎' }] },
    '00201208': { vr: 'IS', Value: [300] },
    '00280010': { vr: 'US', Value: [512] },
    '00280009': { vr: 'AT', Value: ['00540010'] },
    '00400275': { vr: 'SQ', Value: [{ '00400007': { vr: 'LO', Value: ['step'] } }, {}] },
    '00280011': { vr: 'US', Value: [-1] },
    '00102160': { vr: 'SH' },
  };
  for (const transferSyntax of ['1.2.840.10008.1.2', '1.2.840.10008.1.2.1']) {
    const read = readIdentifier(writeIdentifier(dataSetOfJson(row), transferSyntax), transferSyntax);
    expect(read.texts(Tag.ModalitiesInStudy)).toEqual(['MR', 'SR']);
    expect(read.text(Tag.StudyDescription)).toHaveLength(129);
    expect(read.text(Tag.PatientName)).toBe('Yamada^Tarou=山田^太郎');
    expect(read.number(Tag.NumberOfStudyRelatedInstances)).toBe(300);
    expect(read.number(Tag.Rows)).toBe(512);
    expect(read.number(Tag.FrameIncrementPointer)).toBe(0x00540010);
    expect(read.items(Tag.RequestAttributesSequence)[0]?.text(Tag.ScheduledProcedureStepDescription)).toBe(
      'step',
    );
    // A number that does not fit is absent, not another number.
    expect(read.number(Tag.Columns)).toBeUndefined();
    expect(read.has(Tag.EthnicGroup)).toBe(true);
  }
});
