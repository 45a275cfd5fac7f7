import { expect, test } from 'vitest';
import { createDicomFile, Tag, writeDicom } from '../dicom/index.ts';
import { findLeaks, identityOf } from './index.ts';
import { changed, mrImage } from './object.fixture.ts';

const all = { keepDates: false, keepUids: false, keepInstitution: false };
const identity = identityOf(mrImage({ PatientName: 'Zyxwvutsky^Ann' }), all);
const clean = mrImage({
  PatientName: 'P1',
  PatientID: 'P1',
  PatientBirthDate: '',
  AccessionNumber: '',
  InstitutionName: '',
  SOPInstanceUID: '2.25.1',
  SeriesInstanceUID: '2.25.2',
  StudyInstanceUID: '2.25.3',
  FrameOfReferenceUID: '2.25.4',
});
const leaksWith = (change: Parameters<typeof changed>[1]) =>
  findLeaks(writeDicom(createDicomFile(changed(clean, change))), identity).map(({ kind, tag }) => [
    kind,
    tag,
  ]);
const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

test('nothing where nothing is', () => {
  expect(leaksWith((b) => b)).toEqual([]);
  expect(leaksWith((b) => b.set(Tag.ImageComments, 'annular fissure'))).toEqual([]);
});

test('words in texts, short ones as words of their own', () => {
  expect(leaksWith((b) => b.set(Tag.ImageComments, 'for ANN'))).toEqual([['text', Tag.ImageComments]]);
  expect(leaksWith((b) => b.set(Tag.ImageComments, 'b. 7.6.1955 / 07-06-1955'))).toEqual([
    ['text', Tag.ImageComments],
  ]);
});

test('bytes in private and binary elements, in the usual encodings', () => {
  const utf16 = Uint8Array.from([...'zyxwvutsky'].flatMap((c) => [c.charCodeAt(0), 0]));
  for (const bytes of [ascii('..ZYXWVUTSKY..'), ascii('zyxwvutsky'), utf16, ascii('ID-4711-X ')]) {
    expect(leaksWith((b) => b.setPrivate(0x0029, 'X', 0x10, bytes, 'OB'))).toContainEqual([
      'bytes',
      undefined,
    ]);
  }
});

test('bytes in pixels', () => {
  expect(leaksWith((b) => b.set(Tag.PixelData, ascii('  Zyxwvutsky'), 'OW'))).toEqual([['bytes', undefined]]);
});

test('UIDs anywhere, but not as the beginning of another', () => {
  const uid = '1.2.276.0.7230010.3.1.4.1001';
  expect(leaksWith((b) => b.set(Tag.IrradiationEventUID, uid))).toEqual([
    ['uid', Tag.IrradiationEventUID],
    ['uid', undefined],
  ]);
  expect(leaksWith((b) => b.set(Tag.ImageComments, `see ${uid}`))).toEqual([
    ['text', Tag.ImageComments],
    ['uid', undefined],
  ]);
  expect(leaksWith((b) => b.set(Tag.ImageComments, `see ${uid}2`))).toEqual([]);
});

test('our own words are none of the patient, whatever the patient is called', () => {
  const named = identityOf(mrImage({ PatientName: 'Confidentiality^Profile' }), all);
  const stamped = changed(clean, (b) => b.set(Tag.DeidentificationMethod, 'Confidentiality Profile'));
  expect(findLeaks(writeDicom(createDicomFile(stamped)), named)).toEqual([]);
});

test('a preamble', () => {
  const file = { ...createDicomFile(clean), preamble: new Uint8Array(128).fill(1) };
  expect(findLeaks(writeDicom(file), identity)).toEqual([{ kind: 'preamble' }]);
});
