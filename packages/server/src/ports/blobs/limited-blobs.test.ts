import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlobDamaged, type Blobs, readAll, StorageFull } from './blobs.ts';
import { stagedFrom } from './blobs-suite.testing.ts';
import { fileBlobs } from './file-blobs.ts';
import { withQuota } from './limited-blobs.ts';
import { verifiedBlobs } from './verified-blobs.ts';

let folder: string;
let files: Blobs;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quota-'));
  files = fileBlobs(folder);
});
afterEach(() => rm(folder, { recursive: true }));

async function usedIn(blobs: Blobs): Promise<number> {
  let used = 0;
  for await (const sha256 of blobs.list()) used += (await blobs.stat(sha256)).size;
  return used;
}

describe('withQuota', () => {
  it('refuses what goes beyond, however many come at once, and takes what is held already', async () => {
    let asked = 0;
    const used = () => {
      asked += 1;
      return usedIn(files);
    };
    const blobs = withQuota(files, { maxBytes: 1000, used });
    const first = stagedFrom(randomBytes(400));
    await blobs.keep(first);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => blobs.keep(stagedFrom(randomBytes(150)))),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(StorageFull);
    expect(await usedIn(files)).toBe(1000);
    await blobs.keep(first);
    expect(asked).toBe(1);
  });

  it('asks again after a while, and does not count what failed', async () => {
    const blobs = withQuota(files, { maxBytes: 1000, used: () => usedIn(files), ageMs: 0 });
    const first = stagedFrom(randomBytes(900));
    await blobs.keep(first);
    await expect(blobs.keep(stagedFrom(randomBytes(200)))).rejects.toThrow(StorageFull);
    await blobs.remove(first.sha256);
    await blobs.keep(stagedFrom(randomBytes(200)));

    const lasting = withQuota(files, { maxBytes: 1000, used: () => usedIn(files) });
    const cut = { ...stagedFrom(randomBytes(700), false), size: 800 };
    await expect(lasting.keep(cut)).rejects.toThrow(BlobDamaged);
    await lasting.keep(stagedFrom(randomBytes(700)));
  });
});

describe('verifiedBlobs', () => {
  it('does not end well with bytes that are not what their name says', async () => {
    const blobs = verifiedBlobs(files);
    const bytes = randomBytes(600_000);
    const staged = stagedFrom(bytes);
    await files.keep({ ...stagedFrom(randomBytes(600_000)), sha256: staged.sha256 });
    let got = 0;
    const reading = async () => {
      for await (const chunk of await blobs.open(staged.sha256)) got += chunk.length;
    };
    await expect(reading()).rejects.toThrow(BlobDamaged);
    expect(got).toBeLessThan(bytes.length);
    expect(await readAll(await blobs.open(staged.sha256, { start: 0, end: 10 }))).toHaveLength(10);
  });
});
