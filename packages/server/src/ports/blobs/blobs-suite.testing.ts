/** What every adapter of `Blobs` must do; run over each of them against the real thing. */
import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BlobDamaged, BlobMissing, type Blobs, readAll, type Staged } from './blobs.ts';
import { CHUNK_BYTES } from './seal.ts';

export interface BlobsUnderTest {
  readonly blobs: Blobs;
  close(): Promise<void>;
}

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export async function allOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Small and large contents as `stage` would hand them over. */
export const stagedFrom = (bytes: Uint8Array, inMemory = true): Staged => ({
  sha256: sha256Of(bytes),
  size: bytes.length,
  ...(inMemory ? { bytes } : {}),
  async *read() {
    for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
  },
  discard: async () => {},
});

const SIZES = [0, 1, 16, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 7, 300_000];
const ABSENT = sha256Of(Buffer.from('nobody keeps this'));

/** @param runs of the property over ranges */
export function blobsSuite(name: string, make: () => Promise<BlobsUnderTest>, runs = 100): void {
  describe(name, () => {
    let under: BlobsUnderTest;
    let blobs: Blobs;
    beforeAll(async () => {
      under = await make();
      blobs = under.blobs;
    });
    afterAll(() => under.close());

    it.each(SIZES)('gives back %d bytes, from memory and from a stream', async (size) => {
      for (const inMemory of [true, false]) {
        const staged = stagedFrom(randomBytes(size), inMemory);
        // Few bytes come up twice.
        await blobs.remove(staged.sha256);
        expect(await blobs.has(staged.sha256)).toBe(false);
        await blobs.keep(staged);
        expect(await blobs.has(staged.sha256)).toBe(true);
        expect(sha256Of(await readAll(await blobs.open(staged.sha256)))).toBe(staged.sha256);
        const facts = await blobs.stat(staged.sha256);
        expect(facts.size).toBe(size);
        expect(Math.abs(Date.now() - facts.keptAt.getTime())).toBeLessThan(60_000);
      }
    });

    it('gives any range of bytes, as far as there are any', async () => {
      const bytes = randomBytes(3 * CHUNK_BYTES + 1_000);
      const staged = stagedFrom(bytes);
      await blobs.keep(staged);
      const near = (at: number) => fc.integer({ min: Math.max(0, at - 2), max: at + 2 });
      const place = fc.oneof(
        fc.integer({ min: 0, max: bytes.length + 10 }),
        ...[0, 1, 2, 3].map((n) => near(n * CHUNK_BYTES)),
        near(bytes.length),
      );
      await fc.assert(
        fc.asyncProperty(place, place, async (a, b) => {
          const range = { start: Math.min(a, b), end: Math.max(a, b) };
          const got = await readAll(await blobs.open(staged.sha256, range));
          expect(Buffer.from(got).equals(bytes.subarray(range.start, range.end))).toBe(true);
        }),
        { numRuns: runs },
      );
    });

    it('refuses ranges that are none', async () => {
      const staged = stagedFrom(randomBytes(10));
      await blobs.keep(staged);
      for (const range of [
        { start: -1, end: 4 },
        { start: 5, end: 4 },
        { start: 0.5, end: 4 },
        { start: 0, end: Number.NaN },
      ])
        await expect(blobs.open(staged.sha256, range)).rejects.toThrow(RangeError);
    });

    it('keeps what is kept already, and by many at once', async () => {
      const staged = stagedFrom(randomBytes(200_000));
      await Promise.all(Array.from({ length: 8 }, () => blobs.keep(staged)));
      await blobs.keep(staged);
      expect(sha256Of(await readAll(await blobs.open(staged.sha256)))).toBe(staged.sha256);
      const names = await allOf(blobs.list());
      expect(names.filter((n) => n === staged.sha256)).toHaveLength(1);
    });

    it('says what is missing', async () => {
      for (const absent of [ABSENT, '../../etc/passwd', '', ABSENT.toUpperCase(), `${ABSENT}\0`]) {
        await expect(blobs.open(absent)).rejects.toThrow(BlobMissing);
        await expect(blobs.open(absent, { start: 0, end: 1 })).rejects.toThrow(BlobMissing);
        await expect(blobs.open(absent, { start: 1, end: 1 })).rejects.toThrow(BlobMissing);
        await expect(blobs.stat(absent)).rejects.toThrow(BlobMissing);
      }
      expect(await blobs.has(ABSENT)).toBe(false);
      await blobs.remove(ABSENT);
    });

    it('removes and lists', async () => {
      const all = Array.from({ length: 5 }, (_, i) => stagedFrom(randomBytes(50 + i)));
      for (const staged of all) await blobs.keep(staged);
      const [gone, ...left] = all as [Staged, ...Staged[]];
      await blobs.remove(gone.sha256);
      expect(await blobs.has(gone.sha256)).toBe(false);
      await expect(blobs.open(gone.sha256)).rejects.toThrow(BlobMissing);
      const strange: string[] = [];
      const names = await allOf(blobs.list((name) => strange.push(name)));
      expect(names).not.toContain(gone.sha256);
      for (const { sha256 } of left) expect(names).toContain(sha256);
      expect(strange).toEqual([]);
      await blobs.keep(gone);
      expect(sha256Of(await readAll(await blobs.open(gone.sha256)))).toBe(gone.sha256);
    });

    it('keeps nothing of what breaks off or is shorter or longer than announced', async () => {
      const bytes = randomBytes(400_000);
      const whole = stagedFrom(bytes, false);
      const broken: Staged = {
        ...whole,
        async *read() {
          yield bytes.subarray(0, 200_000);
          throw new Error('gone');
        },
      };
      await expect(blobs.keep(broken)).rejects.toThrow();
      for (const size of [bytes.length - 1, bytes.length + 1, 0])
        await expect(blobs.keep({ ...whole, size })).rejects.toThrow(BlobDamaged);
      expect(await blobs.has(whole.sha256)).toBe(false);
      await blobs.keep(whole);
      expect(sha256Of(await readAll(await blobs.open(whole.sha256)))).toBe(whole.sha256);
    });

    it('gives a large blob back, whole and in ranges, and survives readers who leave', async () => {
      const bytes = randomBytes(17 * 2 ** 20 + 3);
      const staged = stagedFrom(bytes, false);
      await blobs.keep(staged);
      expect(sha256Of(await readAll(await blobs.open(staged.sha256)))).toBe(staged.sha256);
      const range = { start: 5 * 2 ** 20 - 3, end: 11 * 2 ** 20 + 5 };
      const got = await readAll(await blobs.open(staged.sha256, range));
      expect(Buffer.from(got).equals(bytes.subarray(range.start, range.end))).toBe(true);
      for (let i = 0; i < 20; i++) {
        await blobs.open(staged.sha256);
        for await (const chunk of await blobs.open(staged.sha256)) {
          expect(chunk.length).toBeGreaterThan(0);
          break;
        }
      }
      await blobs.remove(staged.sha256);
    });
  });
}
