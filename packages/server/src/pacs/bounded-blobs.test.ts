import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { blobsSuite, stagedFrom } from '../ports/blobs/blobs-suite.testing.ts';
import { fileBlobs, readAll, StorageFull, sealedBlobs, sealKey } from '../ports/blobs/index.ts';
import { boundedBlobs } from './bounded-blobs.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'copies-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const files = () => fileBlobs(folder, { freeSpaceGuardBytes: 0 });
const some = (size: number) => stagedFrom(randomBytes(size));

blobsSuite(
  'bounded, with room enough',
  async () => {
    const own = mkdtempSync(join(tmpdir(), 'copies-'));
    return {
      blobs: boundedBlobs(fileBlobs(own, { freeSpaceGuardBytes: 0 }), 2 ** 30),
      close: async () => rmSync(own, { recursive: true }),
    };
  },
  10,
);

test('gives up what was not asked for the longest', async () => {
  const blobs = boundedBlobs(files(), 3_000);
  const [a, b, c, d] = [some(1_000), some(1_000), some(1_000), some(1_000)];
  for (const staged of [a, b, c]) await blobs.keep(staged);
  await readAll(await blobs.open(a.sha256));
  await blobs.keep(d);
  const held = async () => Promise.all([a, b, c, d].map(({ sha256 }) => blobs.has(sha256)));
  expect(await held()).toEqual([true, false, true, true]);
  // Kept again is used, too.
  await blobs.keep(c);
  await blobs.keep(b);
  expect(await held()).toEqual([false, true, true, true]);
});

test('never holds more than its bound, whoever keeps at once', async () => {
  const blobs = boundedBlobs(files(), 10_000);
  for (let round = 0; round < 4; round++)
    await Promise.allSettled(Array.from({ length: 10 }, () => blobs.keep(some(900))));
  let bytes = 0;
  for await (const sha256 of files().list()) bytes += (await files().stat(sha256)).size;
  expect(bytes).toBeLessThanOrEqual(10_000);
  expect(bytes).toBeGreaterThan(8_000);
});

test('takes nothing larger than itself', async () => {
  const blobs = boundedBlobs(files(), 100);
  const small = some(90);
  await blobs.keep(small);
  await expect(blobs.keep(some(101))).rejects.toThrow(StorageFull);
  expect(await blobs.has(small.sha256)).toBe(true);
});

test('knows after a restart what it holds, sealed or not', async () => {
  const key = sealKey(randomBytes(32));
  const open = () => sealedBlobs(boundedBlobs(files(), 5_000), [key]);
  const [a, b, c] = [some(2_000), some(2_000), some(2_000)];
  await open().keep(a);
  await new Promise((done) => setTimeout(done, 20));
  await open().keep(b);
  const again = open();
  await again.keep(c);
  expect(await Promise.all([a, b, c].map(({ sha256 }) => again.has(sha256)))).toEqual([false, true, true]);
});
