import { expect, test } from 'vitest';
import { Tag } from '../dicom/index.ts';
import { holds, withoutIdentity } from './clean-text.ts';
import { allowedWords } from './descriptor-words.ts';
import { attributeType, profileEntry, resolve } from './profile.ts';

test('rows as the standard prints them', () => {
  expect(profileEntry(Tag.PatientName)).toEqual({ basic: 'Z', options: {} });
  expect(profileEntry(Tag.PatientAge)).toEqual({ basic: 'X', options: { characteristics: 'K' } });
  expect(profileEntry(Tag.AcquisitionDate)?.options).toEqual({ fullDates: 'K', modifiedDates: 'C' });
  expect(profileEntry(Tag.Rows)).toBeUndefined();
});

test('combinations follow the Type, and without one what is valid for all', () => {
  const mr = '1.2.840.10008.5.1.4.1.1.4';
  expect(attributeType(mr, Tag.ContentDate)).toBe(2);
  expect(attributeType(mr, Tag.ProtocolName)).toBe(3);
  expect(attributeType(`${mr}.1`, Tag.DeviceSerialNumber)).toBe(1);
  expect(attributeType('1.2.3', Tag.ContentDate)).toBeUndefined();
  expect(
    (['X/Z', 'X/D', 'Z/D', 'X/Z/D'] as const).map((basic) =>
      [1, 2, 3, undefined].map((type) => resolve(basic, type as 1)).join(''),
    ),
  ).toEqual(['ZZXZ', 'DZXD', 'DZZD', 'DZXD']);
});

test('known words stay, with levels and sizes; years, names and numbers go', () => {
  expect(allowedWords('T2w_TSE sag, L4/5 3mm 1976 Mueller 0151-2345 café')).toBe('T2w TSE sag L4 5 3mm');
  expect(allowedWords('山田 腰椎')).toBe('');
});

test('words within others from five letters on, shorter ones as words', () => {
  expect(holds('xMILLERx', ['miller'])).toBe(true);
  expect(holds('Mill-er', ['miller'])).toBe(true);
  expect(holds('annular', ['ann'])).toBe(false);
  expect(holds('Änn', ['ann'])).toBe(true);
  expect(holds('山田の腰椎', ['山田'])).toBe(true);
  expect(
    withoutIdentity('spine of Ann Miller 3T', { words: ['ann', 'miller'], days: [], uids: new Set() }),
  ).toBe('spine of 3T');
  expect(withoutIdentity('Mill er', { words: ['miller'], days: [], uids: new Set() })).toBe('');
});
