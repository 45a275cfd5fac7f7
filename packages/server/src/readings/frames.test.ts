import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BrokenFrames, frameHead, readFrames } from './frames.ts';

const filesOf = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 });

const written = (files: readonly Uint8Array[]): Uint8Array =>
  Buffer.concat(files.flatMap((file) => [frameHead(file.length), file]));

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

test('files come out as they went in, however the pipe cuts them', () =>
  fc.assert(
    fc.asyncProperty(
      filesOf,
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
      async (files, sizes) => {
        const read = await readFrames(cut(written(files), sizes), 1000);
        expect(read.map((bytes) => [...bytes])).toEqual(files.map((bytes) => [...bytes]));
      },
    ),
  ));

test('a pipe that ends within a file is broken', () =>
  fc.assert(
    fc.asyncProperty(filesOf, fc.uint8Array({ minLength: 1, maxLength: 9 }), async (files, last) => {
      const whole = written([...files, last]);
      for (let lost = 1; lost <= last.length + 3; lost++) {
        const pipe = cut(whole.subarray(0, whole.length - lost), [7]);
        await expect(readFrames(pipe, 1000)).rejects.toThrow(BrokenFrames);
      }
    }),
    { numRuns: 20 },
  ));

test('more than is allowed is refused before it is held', async () => {
  await expect(readFrames(cut(frameHead(0xffff_ffff), [4]), 1000)).rejects.toThrow(BrokenFrames);
  const three = written([new Uint8Array(400), new Uint8Array(400), new Uint8Array(400)]);
  await expect(readFrames(cut(three, [100]), 1000)).rejects.toThrow('More bytes');
});
