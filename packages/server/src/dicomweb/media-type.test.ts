import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatMediaType, parseAccept, parseMediaType } from '../ports/mime/index.ts';
import { negotiate, type Offer } from './negotiate.ts';

test('media types with quoted and bare parameters', () => {
  expect(parseMediaType('Multipart/Related; Type="application/dicom" ;boundary="a;b,\\"c"')).toEqual({
    essence: 'multipart/related',
    parameters: new Map([
      ['type', 'application/dicom'],
      ['boundary', 'a;b,"c'],
    ]),
  });
  expect(parseMediaType('multipart/related;type=application/dicom;')?.parameters.get('type')).toBe(
    'application/dicom',
  );
  for (const text of [
    '',
    'x',
    'a/b/c',
    'a/b; c',
    'a/b; c=',
    'a/b; c="',
    'a/b; c="d"e',
    'a/b; =d',
    'a/b; c=1; c=2',
    'a /b',
    'a/b\r\nX: 1',
    `a/b; c=${'x'.repeat(9000)}`,
  ])
    expect(parseMediaType(text), text.slice(0, 40)).toBeUndefined();
});

test('what is formatted is parsed back', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (value) => {
      expect(parseMediaType(formatMediaType('a/b', { c: value }))?.parameters.get('c')).toBe(value);
    }),
  );
});

test('Accept: weights, and malformed ranges left out', () => {
  const ranges = parseAccept('a/b;q=0.5, nonsense, */*;q=2, c/d;x="1,2";q=0, e/*')!;
  expect(ranges.map(({ essence, q }) => [essence, q])).toEqual([
    ['a/b', 0.5],
    ['c/d', 0],
    ['e/*', 1],
  ]);
  expect(parseAccept('nonsense')).toBeUndefined();
  expect(parseAccept('a/b,'.repeat(25_000))).toBeUndefined();
});

const OFFERS: readonly Offer[] = [
  { type: 'application/dicom', multipart: true },
  { type: 'application/dicom', multipart: false },
  { type: 'image/png', multipart: false },
];
const first = (header: string | undefined, parameter?: string) => {
  const [choice] = negotiate({ header, parameter }, OFFERS);
  const { offer, transferSyntax } = choice as (typeof OFFERS extends readonly (infer O)[]
    ? { offer: O }
    : never) & {
    transferSyntax: string | undefined;
  };
  return [OFFERS.indexOf(offer), transferSyntax];
};

test('the closest and heaviest offer is chosen', () => {
  expect(first(undefined)).toEqual([0, undefined]);
  expect(first('')).toEqual([0, undefined]);
  expect(first('*/*')).toEqual([0, undefined]);
  expect(first('application/dicom; transfer-syntax=*')).toEqual([1, '*']);
  expect(first('multipart/related; type="application/dicom"; transfer-syntax=1.2')).toEqual([0, '1.2']);
  expect(first('multipart/related')).toEqual([0, undefined]);
  expect(first('*/*;q=0.1, image/png;q=0.2')).toEqual([2, undefined]);
  expect(first('*/*, image/*')).toEqual([2, undefined]);
  expect(first('*/*, multipart/related;type="application/dicom";q=0')).toEqual([1, undefined]);
  expect(first('text/html', 'image/png')).toEqual([2, undefined]);
});

test('nothing to choose is told with what there is', () => {
  for (const header of [
    'text/html',
    'multipart/related; type="image/png"',
    'image/png;q=0',
    'image/jpeg, text/*',
  ])
    expect(() => first(header), header).toThrow(
      'Available: multipart/related; type="application/dicom", application/dicom, image/png',
    );
  expect(() => first('x'.repeat(100_000))).toThrow('too long');
  expect(() => first('///')).toThrow('cannot be read');
});

test('no text makes it throw anything else', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z/*;="q0.,\\ ]*$/)), (text) => {
      try {
        negotiate({ header: text, parameter: undefined }, OFFERS);
      } catch (error) {
        expect((error as Error).name).toBe('DicomwebRefusal');
      }
    }),
    { numRuns: 500 },
  );
});
