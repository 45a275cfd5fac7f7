/** What must agree between objects: UIDs, people, and the days between dates. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Tag } from '../dicom/index.ts';
import { accepted, keyedHash, mrImage, written } from './object.fixture.ts';
import { pseudonymsOf } from './pseudonym.ts';
import { capAge, shiftDate } from './temporal.ts';

const day = (text: string) =>
  Date.UTC(Number(text.slice(0, 4)), Number(text.slice(4, 6)) - 1, Number(text.slice(6, 8))) / 86_400_000;
const dates = fc
  .date({ min: new Date('1950-01-01'), max: new Date('2049-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10).replaceAll('-', ''));

test('a moved date is a date, and intervals stay', () => {
  fc.assert(
    fc.property(dates, dates, fc.integer({ min: -3650, max: -1 }), (a, b, days) => {
      const [left, right] = [shiftDate(a, days)!, shiftDate(b, days)!];
      expect(day(left) - day(a)).toBe(days);
      expect(day(right) - day(left)).toBe(day(b) - day(a));
    }),
  );
  expect(shiftDate('20240301', -1)).toBe('20240229');
  expect(shiftDate('2024.03.01', -1)).toBe('20240229');
  expect(shiftDate('20240301235959.123456-0500', -366)).toBe('20230301235959.123456-0500');
  for (const none of ['20230229', '202403', 'yesterday', '']) expect(shiftDate(none, -1)).toBeUndefined();
});

test('ages', () => {
  expect(['089Y', '090Y', '112Y', '011M', 'old'].map(capAge)).toEqual([
    '089Y',
    '090Y',
    '090Y',
    '011M',
    'old',
  ]);
});

test('one patient is moved by the same days in all studies, others by others', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Z0-9]{4,12}$/), dates, dates, (id, one, two) => {
      const moved = (date: string) => {
        const outcome = accepted(mrImage({ PatientID: `${id}q`, StudyDate: date, AccessionNumber: '' }), {
          retain: ['modified-dates'],
        });
        return written(outcome).text(Tag.StudyDate)!;
      };
      expect(day(moved(one)) - day(moved(two))).toBe(day(one) - day(two));
    }),
    { numRuns: 40 },
  );
  const shifts = Array.from(
    { length: 50 },
    (_, i) => pseudonymsOf(mrImage({ PatientID: `P${i}` }), keyedHash).shiftDays,
  );
  expect(new Set(shifts).size).toBeGreaterThan(45);
  expect(Math.max(...shifts)).toBeLessThan(0);
});

test('new UIDs are valid and do not collide', () => {
  const { uid } = pseudonymsOf(mrImage(), keyedHash);
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.stringMatching(/^1(\.[1-9][0-9]{0,6}){3,8}$/), { maxLength: 20 }),
      (uids) => {
        const mapped = uids.map(uid);
        expect(new Set(mapped).size).toBe(uids.length);
        expect(uids.map(uid)).toEqual(mapped);
        for (const one of mapped) expect(one).toMatch(/^2\.25\.(0|[1-9]\d{0,38})$/);
      },
    ),
  );
});

test('a patient without a number is known by the study, and without both is not de-identified', () => {
  const study = pseudonymsOf(mrImage({ PatientID: '' }), keyedHash);
  expect(study.patientId).toBe(pseudonymsOf(mrImage({ PatientID: '', StudyDate: '' }), keyedHash).patientId);
  expect(() => pseudonymsOf(mrImage({ PatientID: '', StudyInstanceUID: undefined }), keyedHash)).toThrow(
    'neither',
  );
});
