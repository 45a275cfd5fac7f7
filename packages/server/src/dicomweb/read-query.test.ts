import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readQuery } from './read-query.ts';
import { DicomwebRefusal } from './refusal.ts';

const read = (search: string, level: 'study' | 'series' | 'instance' = 'study') =>
  readQuery(level, {}, search);
const matchOf = (search: string) => [...read(search).query.matches][0];
const refused = (search: string): string => {
  try {
    read(search);
  } catch (error) {
    if (error instanceof DicomwebRefusal) return error.message;
    throw error;
  }
  return 'accepted';
};

test('attributes by keyword and by tag', () => {
  expect(matchOf('PatientID=A')).toEqual([0x00100020, { kind: 'single', value: 'A' }]);
  expect(matchOf('00100020=A')).toEqual([0x00100020, { kind: 'single', value: 'A' }]);
  expect(matchOf('0020000d=1.2')).toEqual([0x0020000d, { kind: 'single', value: '1.2' }]);
});

test.each([
  ['PatientName=DOE*', { kind: 'wildcard', value: 'DOE*' }],
  ['PatientName=D%3FE^J', { kind: 'wildcard', value: 'D?E^J' }],
  ['PatientName=M%C3%BCller', { kind: 'single', value: 'Müller' }],
  ['PatientName=', { kind: 'universal' }],
  ['PatientName=**', { kind: 'universal' }],
  ['StudyDate=*', { kind: 'universal' }],
  ['StudyDate=20260101', { kind: 'single', value: '20260101' }],
  ['StudyDate=20260101-20260131', { kind: 'range', from: '20260101', to: '20260131' }],
  ['StudyDate=20260101-', { kind: 'range', from: '20260101' }],
  ['StudyDate=-20260131', { kind: 'range', to: '20260131' }],
  ['StudyTime=10-1130', { kind: 'range', from: '10', to: '1130' }],
  ['StudyTime=101530.5', { kind: 'single', value: '101530.5' }],
  ['AcquisitionDateTime=20260101-0500', { kind: 'single', value: '20260101-0500' }],
  [
    'AcquisitionDateTime=20260101-0500-20260201%2B0100',
    { kind: 'range', from: '20260101-0500', to: '20260201+0100' },
  ],
  ['StudyInstanceUID=1.2,1.3', { kind: 'list', values: ['1.2', '1.3'] }],
  ['StudyInstanceUID=1.2%5C1.3', { kind: 'list', values: ['1.2', '1.3'] }],
  ['ModalitiesInStudy=MR%5CCT', { kind: 'list', values: ['MR', 'CT'] }],
  ['ModalitiesInStudy=M*', { kind: 'wildcard', value: 'M*' }],
  ['SeriesNumber=3', { kind: 'single', value: '3' }],
  ['StudyDescription=a,b', { kind: 'single', value: 'a,b' }],
])('%s', (search, match) => {
  expect(matchOf(search)[1]).toEqual(match);
});

test('fields, page, fuzziness, scope', () => {
  const { query, warnings } = readQuery(
    'instance',
    { study: '1.2', series: '1.3' },
    'includefield=00081030,PatientAge&includefield=00100020&limit=7&offset=14&fuzzymatching=true&accept=x',
  );
  expect(query).toMatchObject({
    level: 'instance',
    studyUid: '1.2',
    seriesUid: '1.3',
    fuzzy: true,
    limit: 7,
    offset: 14,
  });
  expect(query.include).toEqual([0x00081030, 0x00101010, 0x00100020]);
  expect(warnings).toEqual([]);
  expect(read('includefield=all&includefield=PatientAge').query.include).toBe('all');
  expect(read('').query).toMatchObject({ limit: 100, offset: 0, fuzzy: false, include: [] });
  expect(read('includefield=00400275.00400009').query.include).toEqual([0x00400275]);
});

test('a limit is capped and the cap is told', () => {
  const { query, warnings } = read('limit=1000000');
  expect(query.limit).toBe(1000);
  expect(warnings).toEqual(['No more than 1000 results are given at a time.']);
});

test('what is not known is ignored with a warning that does not repeat it', () => {
  const { query, warnings } = read(
    'NoSuchThing=DOE&00400275.00400009=X&RequestAttributesSequence.X=1&includefield=Secret&12345678=1',
  );
  expect(query.matches.size).toBe(0);
  expect(warnings).toEqual([
    'A parameter is not known and was ignored.',
    'Attributes within sequences are not matched; the parameter was ignored.',
    'An includefield is not known and was ignored.',
  ]);
});

describe('refused, with the name but not the value', () => {
  test.each([
    ['StudyInstanceUID=1.2.x', 'StudyInstanceUID'],
    [`StudyInstanceUID=${'1'.repeat(65)}`, 'StudyInstanceUID'],
    ['StudyInstanceUID=../../etc', 'StudyInstanceUID'],
    ['StudyInstanceUID=1.2%00', 'StudyInstanceUID'],
    ['StudyInstanceUID=1.2,', 'StudyInstanceUID'],
    [`StudyInstanceUID=${Array(1001).fill('1.2').join(',')}`, 'StudyInstanceUID'],
    ['StudyDate=yesterday', 'StudyDate'],
    ['StudyDate=20260101-20260131-20260201', 'StudyDate'],
    ['StudyDate=-', 'StudyDate'],
    ['StudyTime=10:15', 'StudyTime'],
    ['SeriesNumber=three', 'SeriesNumber'],
    ['PatientName=A%00B', 'PatientName'],
    ['PatientName=A%0D%0AX: 1', 'PatientName'],
    [`PatientName=${'A'.repeat(513)}`, 'PatientName'],
    ['PatientID=A&PatientID=B', 'PatientID'],
    ['PatientID=A&00100020=B', 'PatientID'],
    ['limit=-1', 'limit'],
    ['limit=1e6', 'limit'],
    ['limit=', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['offset=99999999', 'offset'],
    ['offset=9999999999999999', 'offset'],
    ['fuzzymatching=maybe', 'fuzzymatching'],
  ])('%s', (search, name) => {
    const message = refused(search);
    expect(message).toContain(name);
    const value = search.split('=')[1].split('&')[0];
    if (value.length > 2) expect(message).not.toContain(value);
  });

  test('broken percent-encoding and too many parameters', () => {
    expect(refused('PatientID=%')).toContain('percent');
    expect(refused('PatientID=%zz')).toContain('percent');
    expect(refused(Array(201).fill('a=1').join('&'))).toContain('200');
  });

  test('UIDs of the path', () => {
    for (const study of ['', '../x', '1.2/3', '1'.repeat(65), '1.2\0'])
      expect(() => readQuery('series', { study }, '')).toThrow('study');
  });
});

test('no query makes it throw anything but a refusal', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.webQueryParameters(),
        fc
          .tuple(
            fc.constantFrom('PatientName', 'StudyDate', 'limit', '0020000D', 'includefield'),
            fc.string(),
          )
          .map(([k, v]) => `${k}=${encodeURIComponent(v)}`),
      ),
      (search) => {
        try {
          const { query } = read(search);
          expect(query.limit).toBeLessThanOrEqual(1000);
        } catch (error) {
          expect((error as Error).name).toBe('DicomwebRefusal');
        }
      },
    ),
    { numRuns: 500 },
  );
});
