import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlobDamaged, type Blobs, type ByteRange, readAll } from './blobs.ts';
import { allOf, sha256Of, stagedFrom } from './blobs-suite.testing.ts';
import { fileBlobs } from './file-blobs.ts';
import { CHUNK_BYTES, chunkStart, sealedLength } from './seal.ts';
import { KeyFileRefused, sealKey } from './seal-keys.ts';
import { checkKeys, HEAD_BYTES, sealedBlobs } from './sealed-blobs.ts';

const key = sealKey(randomBytes(32));
let folder: string;
let files: Blobs;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealed-'));
  files = fileBlobs(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const placeOf = (name: string) => join(folder, name.slice(0, 2), name);
const read = (blobs: Blobs, sha256: string, range?: ByteRange) =>
  blobs.open(sha256, range).then((opened) => readAll(opened));

describe('sealedBlobs', () => {
  it('tells nothing of the bytes or of their hash', async () => {
    const bytes = Buffer.from('CANARY^NAME '.repeat(10_000));
    const staged = stagedFrom(bytes);
    await sealedBlobs(files, [key]).keep(staged);
    const names = await readdir(folder, { recursive: true });
    expect(names.some((name) => name.includes(staged.sha256))).toBe(false);
    const sealed = await readFile(placeOf(key.nameOf(staged.sha256)));
    expect(sealed.length).toBe(HEAD_BYTES + sealedLength(bytes.length));
    expect(sealed.includes('CANARY')).toBe(false);
    expect(sealed.includes(Buffer.from(staged.sha256, 'hex'))).toBe(false);
    // The same bytes twice are sealed differently.
    await files.remove(key.nameOf(staged.sha256));
    await sealedBlobs(files, [key]).keep(staged);
    expect((await readFile(placeOf(key.nameOf(staged.sha256)))).equals(sealed)).toBe(false);
  });

  it('notices every flipped bit, wherever it is', async () => {
    const blobs = sealedBlobs(files, [key]);
    const staged = stagedFrom(randomBytes(CHUNK_BYTES + 500));
    await blobs.keep(staged);
    const place = placeOf(key.nameOf(staged.sha256));
    const sealed = await readFile(place);
    const near = (at: number) => fc.integer({ min: at, max: at + 20 });
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.integer({ min: 0, max: sealed.length - 1 }),
          fc.integer({ min: 0, max: HEAD_BYTES - 1 }),
          near(HEAD_BYTES + CHUNK_BYTES),
        ),
        fc.integer({ min: 0, max: 7 }),
        async (at, bit) => {
          const altered = Buffer.from(sealed);
          altered[at] = (altered[at] as number) ^ (1 << bit);
          await writeFile(place, altered);
          await expect(read(blobs, staged.sha256)).rejects.toThrow(BlobDamaged);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('notices what is cut off, added, left out or put elsewhere', async () => {
    const blobs = sealedBlobs(files, [key]);
    const staged = stagedFrom(randomBytes(3 * CHUNK_BYTES));
    await blobs.keep(staged);
    const place = placeOf(key.nameOf(staged.sha256));
    const sealed = await readFile(place);
    const chunk = (n: number) => sealed.subarray(HEAD_BYTES + chunkStart(n), HEAD_BYTES + chunkStart(n + 1));
    const head = sealed.subarray(0, HEAD_BYTES);
    const wrong = {
      empty: Buffer.alloc(0),
      'head only': head,
      'part of the head': head.subarray(0, 60),
      'last chunk gone': Buffer.concat([head, chunk(0), chunk(1)]),
      'last byte gone': sealed.subarray(0, -1),
      'a byte more': Buffer.concat([sealed, Buffer.alloc(1)]),
      'a chunk more': Buffer.concat([sealed, chunk(2)]),
      'first chunk gone': Buffer.concat([head, chunk(1), chunk(2)]),
      'chunks exchanged': Buffer.concat([head, chunk(1), chunk(0), chunk(2)]),
      'chunk twice': Buffer.concat([head, chunk(0), chunk(0), chunk(2)]),
      'last in the middle': Buffer.concat([head, chunk(0), chunk(2), chunk(1)]),
    };
    for (const [what, bytes] of Object.entries(wrong)) {
      await writeFile(place, bytes);
      await expect(read(blobs, staged.sha256), what).rejects.toThrow(BlobDamaged);
      const end = { start: 3 * CHUNK_BYTES - 5, end: 3 * CHUNK_BYTES };
      if (!what.endsWith('more')) {
        const middle = what === 'chunks exchanged' || what === 'chunk twice';
        const range = middle ? { start: CHUNK_BYTES, end: CHUNK_BYTES + 5 } : end;
        await expect(read(blobs, staged.sha256, range), what).rejects.toThrow(BlobDamaged);
      }
    }
  });

  it('notices a blob, or chunks of one, under the name of another', async () => {
    const blobs = sealedBlobs(files, [key]);
    const [a, b] = [stagedFrom(randomBytes(2 * CHUNK_BYTES)), stagedFrom(randomBytes(2 * CHUNK_BYTES))];
    await blobs.keep(a);
    await blobs.keep(b);
    const [sealedA, sealedB] = await Promise.all([a, b].map((s) => readFile(placeOf(key.nameOf(s.sha256)))));
    const place = placeOf(key.nameOf(a.sha256));
    await writeFile(place, sealedB as Buffer);
    await expect(read(blobs, a.sha256)).rejects.toThrow(BlobDamaged);
    await expect(read(blobs, a.sha256, { start: 0, end: 5 })).rejects.toThrow(BlobDamaged);
    const strange: string[] = [];
    expect(await allOf(blobs.list((name) => strange.push(name)))).toEqual([b.sha256]);
    expect(strange).toEqual([key.nameOf(a.sha256)]);
    const cut = HEAD_BYTES + chunkStart(1);
    const spliced = Buffer.concat([(sealedA as Buffer).subarray(0, cut), (sealedB as Buffer).subarray(cut)]);
    await writeFile(place, spliced);
    await expect(read(blobs, a.sha256)).rejects.toThrow(BlobDamaged);
  });

  it('reads no more of the store than the chunks that a range touches', async () => {
    const staged = stagedFrom(randomBytes(10 * CHUNK_BYTES));
    await sealedBlobs(files, [key]).keep(staged);
    const asked: (ByteRange | undefined)[] = [];
    const watched: Blobs = {
      ...files,
      open: (name, range) => {
        asked.push(range);
        return files.open(name, range);
      },
    };
    const range = { start: 4 * CHUNK_BYTES + 10, end: 6 * CHUNK_BYTES + 1 };
    await read(sealedBlobs(watched, [key]), staged.sha256, range);
    expect(asked).toEqual([
      { start: 0, end: HEAD_BYTES },
      { start: HEAD_BYTES + chunkStart(4), end: HEAD_BYTES + chunkStart(7) },
    ]);
  });

  it('opens with older keys, seals with the first, and forgets a key once all is sealed anew', async () => {
    const newer = sealKey(randomBytes(32));
    const all = Array.from({ length: 4 }, () => stagedFrom(randomBytes(70_000)));
    for (const staged of all) await sealedBlobs(files, [key]).keep(staged);
    const both = sealedBlobs(files, [newer, key]);
    const fresh = stagedFrom(randomBytes(100));
    await both.keep(fresh);
    await both.keep(all[0] as (typeof all)[0]);
    const expected = [...all, fresh].map(({ sha256 }) => sha256).sort();
    expect((await allOf(both.list())).sort()).toEqual(expected);
    for (const sha256 of expected) expect(sha256Of(await read(both, sha256))).toBe(sha256);
    const older = async () =>
      (await allOf(both.sealings())).flatMap((one) => (one.by === 'older' ? [one.sha256] : []));
    expect((await older()).sort()).toEqual(
      all
        .slice(1)
        .map(({ sha256 }) => sha256)
        .sort(),
    );
    for (const sha256 of await older()) expect(await both.reseal(sha256)).toBe(true);
    expect(await older()).toEqual([]);
    expect(await both.reseal(fresh.sha256)).toBe(false);
    expect(await both.reseal('a'.repeat(64))).toBe(false);
    const strange: string[] = [];
    const after = sealedBlobs(files, [newer]);
    expect((await allOf(after.list((name) => strange.push(name)))).sort()).toEqual(expected);
    expect(strange).toEqual([]);
    for (const sha256 of expected) expect(sha256Of(await read(after, sha256))).toBe(sha256);
  });

  it('finds nothing with another key, and tells what it cannot attribute', async () => {
    const staged = stagedFrom(randomBytes(100));
    await sealedBlobs(files, [key]).keep(staged);
    const plain = stagedFrom(randomBytes(1000));
    await files.keep(plain);
    const other = sealedBlobs(files, [sealKey(randomBytes(32))]);
    expect(await other.has(staged.sha256)).toBe(false);
    const strange: string[] = [];
    expect(await allOf(other.list((name) => strange.push(name)))).toEqual([]);
    expect(strange.sort()).toEqual([key.nameOf(staged.sha256), plain.sha256].sort());
  });

  it('is not opened without its key, nor with a key that it was not sealed with', async () => {
    const other = sealKey(randomBytes(32));
    for (const keys of [[], [key]]) await checkKeys(files, keys);
    await sealedBlobs(files, [key]).keep(stagedFrom(randomBytes(100)));
    await checkKeys(files, [key]);
    await checkKeys(files, [other, key]);
    await expect(checkKeys(files, [])).rejects.toThrow(KeyFileRefused);
    await expect(checkKeys(files, [other])).rejects.toThrow(KeyFileRefused);
    const open = fileBlobs(join(folder, 'open'));
    for (const size of [0, 3, 100]) {
      const staged = stagedFrom(randomBytes(size));
      await open.keep(staged);
      await checkKeys(open, []);
      await expect(checkKeys(open, [key])).rejects.toThrow(KeyFileRefused);
      await open.remove(staged.sha256);
    }
  });

  it('opens what an independent implementation sealed', async () => {
    // Made with Python's cryptography after docs/storage.md: key 32 times 0x11, salt 32 times 0x22.
    const name = '41559ce65f9ef1da38bd9f0fc96eaa92fa684a67f1dce94d65b045644c269098';
    const sealed = Buffer.from(
      '504d545345414c01efc3939be07285952222222222222222222222222222222222222222222222222222222222222222' +
        'a295f8b7f06bbd50e04b6edcf0f4ec6163d557f311906dbf853cccc30f7b2ecee74ebbcf27d98be03a464a153a946514' +
        'e478af6b5d0e380cdee5e6ed7838b254434cbae9f208f51f3b06545169b41b3957e9',
      'hex',
    );
    await files.keep({ ...stagedFrom(sealed), sha256: name });
    const blobs = sealedBlobs(files, [sealKey(Buffer.alloc(32, 0x11))]);
    const content = Buffer.from('promontory');
    expect(await allOf(blobs.list())).toEqual([sha256Of(content)]);
    expect(Buffer.from(await read(blobs, sha256Of(content))).equals(content)).toBe(true);
    expect((await blobs.stat(sha256Of(content))).size).toBe(content.length);
  });
});
