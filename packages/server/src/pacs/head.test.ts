import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mrFile } from '../archive/archive.testing.ts';
import { readAll } from '../ports/blobs/index.ts';
import { headLength, headOf, withHead } from './head.ts';

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}
const file = Buffer.from(mrFile());
const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 });

test('the beginning ends where the data set begins', () => {
  const length = headLength(file) as number;
  // Group length (0002,0000): what is behind its own 12 bytes.
  expect(length).toBe(132 + 12 + file.readUInt32LE(140));
  expect(headLength(file.subarray(0, length + 3))).toBeUndefined();
  expect(headLength(file.subarray(0, 140))).toBeUndefined();
});

test('with its own beginning a file is what it was, however it is cut', () =>
  fc.assert(
    fc.asyncProperty(sizes, sizes, async (a, b) => {
      const head = await headOf(cut(file, a));
      expect(Buffer.from(await readAll(withHead(head, cut(file, b)))).equals(file)).toBe(true);
    }),
  ));

test('another beginning is taken away, the data set stays as it is', async () => {
  const head = await headOf(cut(file, [50]));
  const meta = Buffer.concat([
    Buffer.alloc(128, 7),
    Buffer.from('DICM'),
    Buffer.from([2, 0, 0x12, 0, 0x55, 0x49, 4, 0, 0x31, 0x2e, 0x39, 0]),
    Buffer.from([2, 0, 2, 1, 0x4f, 0x42, 0, 0, 6, 0, 0, 0, 1, 2, 3, 4, 5, 6]),
  ]);
  const rewritten = Buffer.concat([meta, file.subarray(head.length)]);
  for (const size of [1, 7, 133, 10_000])
    expect(Buffer.from(await readAll(withHead(head, cut(rewritten, [size])))).equals(file)).toBe(true);
});

test('what is no file has a beginning all the same, and comes back as it was', () =>
  fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), sizes, async (bytes, a) => {
      const head = await headOf(cut(bytes, a));
      expect(Buffer.from(await readAll(withHead(head, cut(bytes, a)))).equals(bytes)).toBe(true);
    }),
    { numRuns: 300 },
  ));

test('a length that lies about the beginning takes no more than its share', async () => {
  const lying = Buffer.concat([
    file.subarray(0, 132),
    Buffer.from([2, 0, 2, 1, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0x7f]),
    Buffer.alloc(1_000),
  ]);
  expect(headLength(lying)).toBe(132);
});
