import { randomBytes } from 'node:crypto';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { BlobMissing, BlobsUnavailable, readAll, StorageFull } from './blobs.ts';
import { allOf, sha256Of, stagedFrom } from './blobs-suite.testing.ts';
import { ASIDE, fileBlobs } from './file-blobs.ts';
import { stage } from './stage.ts';
import { tinyDisk } from './tiny-disk.testing.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-blobs-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const placeOf = (sha256: string) => join(folder, sha256.slice(0, 2), sha256);

async function* once(bytes: Uint8Array) {
  yield bytes;
}

describe('fileBlobs', () => {
  it('writes ab/abcd…, for the owner only, and leaves nothing aside', async () => {
    const staged = stagedFrom(randomBytes(1000));
    await fileBlobs(folder).keep(staged);
    expect((await stat(placeOf(staged.sha256))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, staged.sha256.slice(0, 2)))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(folder, ASIDE))).toEqual([]);
  });

  it('takes over a received file without writing it again, and lets the received name be forgotten', async () => {
    const bytes = randomBytes(300_000);
    const staged = await stage(once(bytes), { folder: join(folder, 'incoming'), memoryBytes: 1000 });
    const blobs = fileBlobs(folder);
    await blobs.keep(staged);
    expect((await stat(placeOf(staged.sha256))).ino).toBe((await stat(staged.path as string)).ino);
    await staged.discard();
    await staged.discard();
    expect(sha256Of(await readAll(await blobs.open(staged.sha256)))).toBe(sha256Of(bytes));
  });

  it('opens a received file that is sealed, instead of keeping what it sees', async () => {
    const bytes = randomBytes(300_000);
    const seal = randomBytes(32);
    const staged = await stage(once(bytes), { folder: join(folder, 'incoming'), memoryBytes: 1000, seal });
    await fileBlobs(folder).keep(staged);
    expect(sha256Of(await readFile(placeOf(staged.sha256)))).toBe(sha256Of(bytes));
  });

  it('replaces a blob of the wrong size, and marks a right one as kept again', async () => {
    const blobs = fileBlobs(folder);
    const staged = stagedFrom(randomBytes(5000));
    await blobs.keep(staged);
    await truncate(placeOf(staged.sha256), 3000);
    await blobs.keep(staged);
    expect(sha256Of(await readAll(await blobs.open(staged.sha256)))).toBe(staged.sha256);
    await utimes(placeOf(staged.sha256), new Date(0), new Date(0));
    expect((await blobs.stat(staged.sha256)).keptAt).toEqual(new Date(0));
    await blobs.keep(staged);
    expect(Date.now() - (await blobs.stat(staged.sha256)).keptAt.getTime()).toBeLessThan(60_000);
  });

  it('tells what does not belong there', async () => {
    const blobs = fileBlobs(folder);
    const staged = stagedFrom(randomBytes(10));
    await blobs.keep(staged);
    const wrong = '00'.repeat(32);
    await mkdir(join(folder, 'ff'), { recursive: true });
    await writeFile(join(folder, 'ff', wrong), 'x');
    await writeFile(join(folder, 'ff', 'note.txt'), 'x');
    await writeFile(join(folder, 'ab'), 'a file where a folder should be');
    await writeFile(join(folder, 'lost.txt'), 'x');
    const strange: string[] = [];
    expect(await allOf(blobs.list((name) => strange.push(name)))).toEqual([staged.sha256]);
    const expected = ['lost.txt', `ff/${wrong}`, 'ff/note.txt'];
    if (!staged.sha256.startsWith('ab')) expected.push('ab');
    expect(strange.sort()).toEqual(expected.sort());
  });

  it('refuses below the guarded free space before it writes', async () => {
    const blobs = fileBlobs(folder, { freeSpaceGuardBytes: 2 ** 60 });
    await expect(blobs.keep(stagedFrom(randomBytes(10)))).rejects.toThrow(StorageFull);
    expect(await readdir(folder)).toEqual([]);
  });

  it('says that a folder which is gone or is a file does not work', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const blobs = fileBlobs(file, { freeSpaceGuardBytes: 0 });
    await expect(blobs.keep(stagedFrom(randomBytes(10)))).rejects.toThrow(BlobsUnavailable);
    await expect(allOf(blobs.list())).rejects.toThrow(BlobsUnavailable);
  });

  it('keeps again after its folders were taken away under it', async () => {
    const blobs = fileBlobs(folder, { freeSpaceGuardBytes: 0 });
    const staged = stagedFrom(randomBytes(10));
    await blobs.keep(staged);
    await rm(folder, { recursive: true });
    await expect(blobs.keep(staged)).rejects.toThrow(BlobsUnavailable);
    await blobs.keep(staged);
    expect(await blobs.has(staged.sha256)).toBe(true);
  });

  it('says so when a blob goes between the opening and the reading', async () => {
    const blobs = fileBlobs(folder);
    const staged = stagedFrom(randomBytes(10));
    await blobs.keep(staged);
    const opened = await blobs.open(staged.sha256);
    await blobs.remove(staged.sha256);
    await expect(readAll(opened)).rejects.toThrow(BlobMissing);
  });

  it.skipIf(process.getuid?.() === 0)('says that it may not read', async () => {
    const blobs = fileBlobs(folder);
    const staged = stagedFrom(randomBytes(10));
    await blobs.keep(staged);
    await chmod(placeOf(staged.sha256), 0);
    await expect(readAll(await blobs.open(staged.sha256))).rejects.toThrow(BlobsUnavailable);
  });
});

const disk = tinyDisk(2 * 2 ** 20);
disk?.remove();

describe.skipIf(disk === undefined)('on a full disk', () => {
  it('keeps what fits, refuses the rest, leaves nothing half written, and works again after a removal', async () => {
    const tiny = tinyDisk(2 * 2 ** 20);
    if (tiny === undefined) throw new Error('a moment ago it could be mounted');
    onTestFinished(() => tiny.remove());
    const blobs = fileBlobs(join(tiny.folder, 'blobs'), { freeSpaceGuardBytes: 0, freeSpaceAgeMs: 3.6e6 });
    const all = Array.from({ length: 20 }, () => stagedFrom(randomBytes(150_000), false));
    const kept: string[] = [];
    for (const staged of all)
      try {
        await blobs.keep(staged);
        kept.push(staged.sha256);
      } catch (error) {
        expect(error).toBeInstanceOf(StorageFull);
      }
    expect(kept.length).toBeGreaterThan(5);
    expect(kept.length).toBeLessThan(14);
    expect((await allOf(blobs.list())).sort()).toEqual(kept.toSorted());
    expect(await readdir(join(tiny.folder, 'blobs', ASIDE))).toEqual([]);
    for (const sha256 of kept) expect(sha256Of(await readAll(await blobs.open(sha256)))).toBe(sha256);

    const incoming = { folder: join(tiny.folder, 'incoming'), memoryBytes: 1000 };
    const large = randomBytes(900_000);
    await expect(stage(once(large), { ...incoming, freeSpaceGuardBytes: 0 })).rejects.toThrow(StorageFull);
    await expect(stage(once(large), incoming)).rejects.toThrow(StorageFull);
    expect(await readdir(incoming.folder)).toEqual([]);

    await blobs.remove(kept[0] as string);
    const fresh = fileBlobs(join(tiny.folder, 'blobs'), { freeSpaceGuardBytes: 0 });
    await fresh.keep(stagedFrom(randomBytes(100_000)));
  });
});

it('keeps what is taken away while it is kept again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kept-again-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const blobs = fileBlobs(folder, { freeSpaceGuardBytes: 0 });
  const bytes = randomBytes(1000);
  const staged = async function* () {
    yield bytes;
  };
  const one = () => stage(staged(), { folder: join(folder, 'incoming') });
  const { sha256 } = await one();
  for (let round = 0; round < 100; round++) {
    await blobs.keep(await one());
    // Neither may fail, whichever is faster; and what is kept after that is there.
    const all = await Promise.all(Array.from({ length: 6 }, one));
    await Promise.all(all.flatMap((each) => [blobs.keep(each), blobs.remove(sha256)]));
    await blobs.keep(await one());
    expect(await blobs.has(sha256)).toBe(true);
  }
});
