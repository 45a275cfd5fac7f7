import { isFault } from '@promontory/core/fault';
import { phantomStudy } from '@promontory/core/phantom';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { BROWSER_LIMITS, takeIn } from './take-in.ts';

const { files } = phantomStudy({ seed: 7, series: ['sagittal-t2'], sagittalSlices: 3, sagittalPixels: 64 });
const given = (path: string, bytes: Uint8Array) => ({
  path,
  file: new Blob([bytes as Uint8Array<ArrayBuffer>]),
});
const quiet = () => {};

test('a folder in any order and a ZIP of it give the same images', async () => {
  const folder = files.map(({ name, bytes }) => given(name, bytes));
  const one = await takeIn([...folder].reverse(), 1, quiet);
  const archive = zipSync(Object.fromEntries(files.map(({ name, bytes }) => [name, bytes])));
  const two = await takeIn([given('study.zip', archive)], 1, quiet);
  expect(one.inputs).toHaveLength(3);
  const indices = one.inputs.map(({ index }) => index);
  expect(two.inputs.map(({ index }) => index)).toEqual(indices);
  expect(two.bytesOf(indices)).toEqual(one.bytesOf(indices));
  expect(one.bytesOf(indices)[0]).toEqual(files[0].bytes);
});

test('other files beside the images are left out with a warning that names none of them', async () => {
  const name = '"><img src=x onerror=alert(1)>.txt';
  const taken = await takeIn(
    [...files.map((f) => given(f.name, f.bytes)), given(name, new TextEncoder().encode('no image'))],
    2,
    quiet,
  );
  expect(taken.inputs).toHaveLength(3);
  expect(taken.warnings).toEqual([{ code: 'FILE_SKIPPED', message: expect.stringContaining('1') }]);
  expect(JSON.stringify(taken.warnings)).not.toContain('onerror');
});

test('a bomb is refused as a whole', async () => {
  const bomb = zipSync({ a: new Uint8Array(2 ** 21) });
  const limits = { ...BROWSER_LIMITS, maxFileBytes: 2 ** 20 };
  const error = await takeIn([given('bomb.zip', bomb)], 1, quiet, limits).catch((e: unknown) => e);
  expect(isFault(error, 'LIMIT_EXCEEDED')).toBe(true);
});

test('an empty folder, one broken file, and a file that has gone say so', async () => {
  const fault = async (...list: Parameters<typeof takeIn>[0][]) =>
    (await takeIn(list.flat(), 1, quiet).catch((e: unknown) => e)) as { code: string };
  expect((await fault([])).code).toBe('NOTHING_FOUND');
  expect((await fault([given('a', new Uint8Array(0))])).code).toBe('NOT_RECOGNISED');
  const gone = { size: 9, slice: () => ({ arrayBuffer: () => Promise.reject(new Error('gone')) }) };
  expect((await fault([{ path: 'a', file: gone as unknown as Blob }])).code).toBe('NOTHING_FOUND');
});
