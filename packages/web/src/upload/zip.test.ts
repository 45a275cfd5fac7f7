import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { crc32, unzipEntry } from './unzip-entry.ts';
import { ZIP_LIMITS, ZipRefused, zipEntries } from './zip-directory.ts';

type Zippable = Parameters<typeof zipSync>[0];
const zipOf = (files: Zippable) => new Blob([zipSync(files) as Uint8Array<ArrayBuffer>]);
const bytesOf = async (zip: Blob) => new Uint8Array(await zip.arrayBuffer());
const problemOf = async (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => (error instanceof ZipRefused ? error.problem : `${error}`),
  );
/** The file with a number of the central directory's first entry changed. */
async function lying(zip: Blob, at: number, value: number, bytes: 2 | 4): Promise<Blob> {
  const changed = await bytesOf(zip);
  const view = new DataView(changed.buffer);
  const start = view.getUint32(changed.length - 22 + 16, true);
  if (bytes === 2) view.setUint16(start + at, value, true);
  else view.setUint32(start + at, value, true);
  return new Blob([changed]);
}

describe('ZIPs', () => {
  test('give back what was put in, stored or deflated, in any folders', async () => {
    const names = fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8}){0,2}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(names, fc.uint8Array({ maxLength: 5000 }), { maxKeys: 8 }),
        fc.constantFrom(0 as const, 6 as const),
        async (files, level) => {
          const zip = zipOf(
            Object.fromEntries(
              Object.entries(files).map(([name, bytes]) => [`d/${name}.dcm`, [bytes, { level }]]),
            ),
          );
          const entries = await zipEntries(zip);
          const read = await Promise.all(
            entries.map(async (entry) => [entry.name, [...(await unzipEntry(zip, entry))]] as const),
          );
          expect(Object.fromEntries(read)).toEqual(
            Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`d/${name}.dcm`, [...bytes]])),
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  test('folders are no files, names are text whatever they say', async () => {
    const zip = zipOf({
      'a/': new Uint8Array(0),
      '../../etc/x': new Uint8Array(1),
      '<img onerror=1>': new Uint8Array(2),
    });
    expect((await zipEntries(zip)).map(({ name }) => name)).toEqual(['../../etc/x', '<img onerror=1>']);
  });

  test('the checksum is that of ISO 3309', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });

  test('a bomb is refused by what it declares, before anything is inflated', async () => {
    const zip = zipOf({ zeros: new Uint8Array(8 * 2 ** 20) });
    expect(zip.size).toBeLessThan(100_000);
    const [entry] = await zipEntries(zip);
    expect(entry?.problem).toBe('zip-too-large');
  });

  test('one that declares less than it holds is refused at the first byte too many', async () => {
    const zip = await lying(zipOf({ zeros: new Uint8Array(8 * 2 ** 20) }), 24, 1000, 4);
    const [entry] = await zipEntries(zip);
    expect(entry).toMatchObject({ bytes: 1000 });
    expect(entry && (await problemOf(unzipEntry(zip, entry)))).toBe('zip-damaged');
  });

  test('entries that share their bytes are refused', async () => {
    const zip = zipOf({ a: new Uint8Array(100).fill(7), b: new Uint8Array(100).fill(8) });
    const [, second] = await zipEntries(zip);
    expect(await problemOf(zipEntries(await lying(zip, 42, second?.offset ?? 0, 4)))).toBe('zip-damaged');
  });

  test('a damaged byte, a cut and a text are no ZIP to trust', async () => {
    const zip = zipOf({ a: [crypto.getRandomValues(new Uint8Array(500)), { level: 0 }] });
    const changed = await bytesOf(zip);
    changed[100] ^= 1;
    const damaged = new Blob([changed]);
    const [entry] = await zipEntries(damaged);
    expect(entry && (await problemOf(unzipEntry(damaged, entry)))).toBe('zip-damaged');
    expect(await problemOf(zipEntries(zip.slice(0, zip.size - 30)))).toBe('zip-damaged');
    expect(await problemOf(zipEntries(new Blob(['no zip at all'])))).toBe('zip-damaged');
    expect(await problemOf(zipEntries(new Blob([])))).toBe('zip-damaged');
  });

  test('any bytes at all are read or refused, never anything else', async () => {
    const whole = await bytesOf(
      zipOf({ 'a.dcm': new Uint8Array(300).fill(1), 'b/c.dcm': new Uint8Array(20) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        async (changes) => {
          const changed = whole.slice();
          for (const [at, value] of changes) changed[at] = value;
          const zip = new Blob([changed]);
          const problem = await problemOf(
            zipEntries(zip).then((entries) => Promise.all(entries.map((entry) => unzipEntry(zip, entry)))),
          );
          expect(problem ?? 'zip-damaged').toMatch(/^zip-/);
        },
      ),
    );
  });

  test('locked and unusual entries say so; limits hold', async () => {
    const zip = zipOf({ a: new Uint8Array(10) });
    expect(await zipEntries(await lying(zip, 8, 1, 2))).toMatchObject([{ problem: 'zip-encrypted' }]);
    expect(await zipEntries(await lying(zip, 10, 12, 2))).toMatchObject([{ problem: 'zip-method' }]);
    const two = zipOf({ a: new Uint8Array(10), b: new Uint8Array(10) });
    expect(await problemOf(zipEntries(two, { ...ZIP_LIMITS, entries: 1 }))).toBe('zip-too-many');
    expect(await problemOf(zipEntries(two, { ...ZIP_LIMITS, allBytes: 19 }))).toBe('zip-too-large');
  });
});
