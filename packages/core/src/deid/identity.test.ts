/** How the same person, day or object is written by different hands. */
import { describe, expect, test } from 'vitest';
import { type DataSet, Tag } from '../dicom/index.ts';
import { deidentify } from './index.ts';
import { accepted, asRead, changed, keyedHash, mrImage, written } from './object.fixture.ts';

/** A text that table E.1-1 does not list, and which therefore stays. */
const note = (text: string, values: Parameters<typeof mrImage>[0] = {}): DataSet =>
  mrImage({ ManufacturerModelName: `seen ${text} here`, ...values });
const noteOf = (dataSet: DataSet, options: Parameters<typeof accepted>[1] = {}) =>
  written(accepted(dataSet, options)).text(Tag.ManufacturerModelName) ?? '';

describe('a day', () => {
  const BIRTH = [
    ...['19550607', '1955-06-07', '1955/6/7', '07.06.1955', '7.6.1955', '06/07/1955', '6/7/1955'],
    ...['07061955', '7 Jun 1955', '07-JUN-1955', '7JUN1955', 'June 7, 1955', '7. Juni 1955', '7 juin 1955'],
    ...['7 de junio de 1955', '07.06.55', '6/7/55', '55-06-07'],
  ];
  test.each(BIRTH)('of birth as %s', (day) => {
    const text = noteOf(note(day), { retain: ['dates'] });
    expect(text).not.toMatch(/55|jun|juin/i);
  });

  test.each(['20240229', '29.02.2024', '2024-2-29', '29 Feb 2024', 'February 29th, 2024', '29FEB2024'])(
    'of the study as %s',
    (day) => {
      expect(noteOf(note(day))).not.toMatch(/2024/);
      expect(noteOf(note(day), { retain: ['modified-dates'] })).not.toMatch(/2024/);
      expect(noteOf(note(day), { retain: ['dates'] })).toMatch(/2024/);
    },
  );

  test('that is not one of the object stays, and so do other numbers', () => {
    expect(noteOf(note('1 Jan 2011'))).toBe('seen 1 Jan 2011 here');
    expect(noteOf(note('V2.24 R29'))).toBe('seen V2.24 R29 here');
  });
});

describe('a name', () => {
  test.each([
    ['Li^Bo', 'Li Bo'],
    ['Li^Bo', 'Bo, Li'],
    ['Müllerstädt^Jörg', 'Muellerstaedt'],
    ['Müllerstädt^Jörg', 'MULLERSTADT'],
    ['Großmann^Åse', 'GROSSMANN'],
    ['Großmann^Åse', 'Aase'],
    ['Søren^Bjørk', 'Soeren'],
  ])('%s as %s', (name, text) => {
    expect(noteOf(note(text, { PatientName: name })).toLowerCase()).not.toContain(text.toLowerCase());
  });
  test('of two letters stays where it stands alone, for it is a word', () => {
    expect(noteOf(note('li', { PatientName: 'Li^Bo' }))).toBe('seen li here');
  });

  test.each([
    ['UTF-8', Buffer.from('Müllerstädt')],
    ['Latin-1', Buffer.from('Müllerstädt', 'latin1')],
    ['UTF-16, little endian', Buffer.from('Müllerstädt', 'utf16le')],
    ['UTF-16, big endian', Buffer.from('Müllerstädt', 'utf16le').swap16()],
    ['Latin-1 in capitals', Buffer.from('MÜLLERSTÄDT', 'latin1')],
    ['bytes swapped in pairs', Buffer.from('Muellerstaedt ').swap16()],
    ['bytes swapped in pairs, from the odd place', Buffer.from('xMuellerstaedt').swap16()],
  ])('among the pixels in %s: refused', (_, name) => {
    const pixels = new Uint8Array(48);
    pixels.set(name, 8);
    const original = changed(mrImage({ PatientName: 'Müllerstädt^Jörg' }), (b) =>
      b.set(Tag.PixelData, pixels, 'OW'),
    );
    expect(deidentify(asRead(original), { keyedHash })).toMatchObject({ reason: 'LEAK_FOUND' });
  });
});

test.each([
  'at the end of a sentence 1.2.276.0.7230010.3.1.2.1001.',
  'of a file x.1.2.276.0.7230010.3.1.2.1001.dcm',
  '(1.2.276.0.7230010.3.1.2.1001)',
])('a UID is taken out of a text: %s', (text) => {
  expect(noteOf(note(text))).toMatch(/^seen .*here$/);
  expect(noteOf(note(text))).not.toContain('7230010');
});
test('a UID at the end of a sentence is found among bytes', () => {
  const pixels = new Uint8Array(48);
  pixels.set(Buffer.from(' .1.2.276.0.7230010.3.1.2.1001. '));
  const original = changed(mrImage(), (b) => b.set(Tag.PixelData, pixels, 'OW'));
  expect(deidentify(asRead(original), { keyedHash })).toMatchObject({ reason: 'LEAK_FOUND' });
});

test('a UID of the study that stands as one of a class is none', () => {
  const study = '1.2.276.0.7230010.3.1.2.1001';
  const outcome = deidentify(asRead(mrImage({ RelatedGeneralSOPClassUID: study })), { keyedHash });
  expect(outcome).toMatchObject({ outcome: 'refused', reason: 'LEAK_FOUND' });
});
