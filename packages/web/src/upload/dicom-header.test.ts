import { buildDataSet, createDicomFile, writeDicom } from '@promontory/core/dicom';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kindOf, skippedByName } from './dicom-header.ts';

const dicom = (sopClass: string, sopInstance: string) =>
  writeDicom(
    createDicomFile(buildDataSet({ SOPClassUID: sopClass, SOPInstanceUID: sopInstance, PatientName: 'A^B' })),
  );

test('a DICOM file tells its SOP instance', () => {
  expect(kindOf(dicom('1.2.840.10008.5.1.4.1.1.4', '1.2.3.4'))).toEqual({
    kind: 'dicom',
    sopInstanceUid: '1.2.3.4',
  });
});

test('what is no image is told apart', () => {
  expect(kindOf(new Uint8Array(0))).toEqual({ kind: 'skip', why: 'empty' });
  expect(kindOf(new TextEncoder().encode('PK\u0003\u0004…'))).toEqual({ kind: 'skip', why: 'zip-inside' });
  expect(kindOf(new TextEncoder().encode('a letter to somebody, long enough to be a file'))).toEqual({
    kind: 'skip',
    why: 'not-dicom',
  });
  expect(kindOf(dicom('1.2.840.10008.1.3.10', '1.2.3'))).toEqual({ kind: 'skip', why: 'dicomdir' });
});

test('a data set without preamble is sent: the archive judges', () => {
  expect(kindOf(dicom('1.2.840.10008.5.1.4.1.1.4', '1.2.3.4').subarray(132))).toEqual({
    kind: 'dicom',
    sopInstanceUid: '1.2.3.4',
  });
  expect(kindOf(new Uint8Array([8, 0, 5, 0, 10, 0, 0, 0, 73, 83]))).toEqual({ kind: 'dicom' });
});

test('any beginning is judged, whatever lengths it claims', () => {
  const head = [...new Uint8Array(128), 68, 73, 67, 77];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (rest) => {
      expect(kindOf(new Uint8Array([...head, 2, 0, ...rest])).kind).toMatch(/^(dicom|skip)$/);
    }),
  );
});

test.each([
  ['disc/DICOMDIR', 'dicomdir'],
  ['disc/Thumbs.db', 'system-file'],
  ['a/.DS_Store', 'system-file'],
  ['a.zip/__MACOSX/a/._IM1', 'system-file'],
  ['disc/IM0001', undefined],
  ['dicomdir/IM0001', undefined],
])('%s', (path, why) => {
  expect(skippedByName(path)).toBe(why);
});
