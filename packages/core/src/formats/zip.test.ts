import fc from 'fast-check';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { isFault } from '../fault/index.ts';
import { faultOf } from './fault-of.testing.ts';
import { DEFAULT_ZIP_LIMITS, listZip, readZipEntry } from './zip.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const archive = () =>
  zipSync({
    study: { 'a.dcm': bytes('one'.repeat(500)), deep: { 'b.dcm': bytes('two') } },
    'c.txt': [bytes('three'), { level: 0 }],
  });

const flat = () => zipSync({ 'a.dcm': bytes('one'.repeat(500)), 'b.dcm': bytes('two') });

/** The first central directory entry's field at `at` (APPNOTE 4.3.12), set to `value`. */
function tamper(zip: Uint8Array, at: number, value: number, width: 2 | 4): Uint8Array {
  const copy = zip.slice();
  const view = new DataView(copy.buffer);
  let entry = 0;
  while (view.getUint32(entry, true) !== 0x02014b50) entry++;
  if (width === 2) view.setUint16(entry + at, value, true);
  else view.setUint32(entry + at, value, true);
  return copy;
}

test('entries in folders are listed and read', () => {
  const zip = archive();
  const entries = listZip(zip);
  expect(entries.map((e) => e.label)).toEqual(['study/a.dcm', 'study/deep/b.dcm', 'c.txt']);
  expect(entries.map((e) => new TextDecoder().decode(readZipEntry(zip, e)).length)).toEqual([1500, 3, 5]);
});

test('hostile names stay labels', () => {
  const zip = zipSync({ '../../etc/passwd': bytes('x'), 'a\0b': bytes('y') });
  expect(listZip(zip).map((e) => e.label)).toEqual(['../../etc/passwd', 'a\0b']);
});

test('any content survives, and any damage is a fault', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 400 }),
      fc.nat(),
      fc.integer({ min: 0, max: 255 }),
      (content, where, flip) => {
        const zip = zipSync({ f: content });
        if (content[0] !== 0x50) expect(readZipEntry(zip, listZip(zip)[0])).toEqual(content);
        zip[where % zip.length] ^= flip;
        try {
          for (const entry of listZip(zip)) readZipEntry(zip, entry);
        } catch (error) {
          expect(isFault(error)).toBe(true);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('encrypted entries, other methods and inner archives are refused with advice', () => {
  const encrypted = tamper(flat(), 8, 1, 2);
  expect(faultOf(() => readZipEntry(encrypted, listZip(encrypted)[0]))).toMatchObject({
    code: 'UNSUPPORTED',
  });
  const lzma = tamper(flat(), 10, 14, 2);
  expect(faultOf(() => readZipEntry(lzma, listZip(lzma)[0]))).toMatchObject({ code: 'UNSUPPORTED' });
  const nested = zipSync({ 'inner.zip': archive() });
  const fault = faultOf(() => readZipEntry(nested, listZip(nested)[0]));
  expect(fault.code).toBe('UNSUPPORTED');
  expect(fault.advice).toMatch(/inner/);
});

test('lies about sizes, checksums and places are refused', () => {
  const short = tamper(flat(), 24, 10, 4);
  expect(faultOf(() => readZipEntry(short, listZip(short)[0])).code).toBe('LIMIT_EXCEEDED');
  const long = tamper(flat(), 24, 5000, 4);
  expect(faultOf(() => readZipEntry(long, listZip(long)[0])).code).toBe('MALFORMED');
  const crc = tamper(flat(), 16, 12345, 4);
  expect(faultOf(() => readZipEntry(crc, listZip(crc)[0])).code).toBe('MALFORMED');
  const far = tamper(flat(), 42, 0x7fffffff, 4);
  expect(faultOf(() => readZipEntry(far, listZip(far)[0])).code).toBe('TRUNCATED');
});

test('entries that share bytes are refused', () => {
  const zip = zipSync({ a: bytes('aaaa'), b: bytes('bbbb') });
  const overlapping = tamper(zip, 42, listZip(zip)[1].offset, 4);
  expect(faultOf(() => listZip(overlapping)).code).toBe('MALFORMED');
});

test('caps on entries, on one entry and on all of them', () => {
  const zip = archive();
  expect(faultOf(() => listZip(zip, { ...DEFAULT_ZIP_LIMITS, maxEntries: 2 })).code).toBe('LIMIT_EXCEEDED');
  expect(faultOf(() => listZip(zip, { ...DEFAULT_ZIP_LIMITS, maxTotalBytes: 1000 })).code).toBe(
    'LIMIT_EXCEEDED',
  );
  const [first] = listZip(zip);
  expect(faultOf(() => readZipEntry(zip, first, { ...DEFAULT_ZIP_LIMITS, maxBytes: 100 })).code).toBe(
    'LIMIT_EXCEEDED',
  );
});

test('a cut archive and something else are told apart', () => {
  expect(faultOf(() => listZip(archive().subarray(0, 60))).code).toBe('TRUNCATED');
  expect(faultOf(() => listZip(bytes('hello'))).code).toBe('NOT_RECOGNISED');
  expect(faultOf(() => listZip(new Uint8Array(0))).code).toBe('NOT_RECOGNISED');
});
