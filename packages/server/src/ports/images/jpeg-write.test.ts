import type { Picture } from '@promontory/core/formats';
import { readCodedHeader } from '@promontory/core/pixels';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createNodeCodecs } from '../codecs/index.ts';
import { AC } from './jpeg-tables.ts';
import { writeJpeg } from './jpeg-write.ts';

const codecs = createNodeCodecs();
/** By libjpeg-turbo. */
async function decoded(bytes: Uint8Array) {
  const header = readCodedHeader(bytes);
  return { header, ...(await codecs.decode(bytes, { ...header, family: 'jpeg' })) };
}
const meanError = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, v, i) => sum + Math.abs(v - b[i]), 0) / a.length;

test('the table of runs and sizes has its 162 symbols, each once', () => {
  expect(AC.symbols.length).toBe(162);
  expect(new Set(AC.symbols).size).toBe(162);
  expect(AC.counts.reduce((a, b) => a + b)).toBe(162);
});

test('any picture comes back near: noise, of any size, grey and in colour', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom(1, 3) as fc.Arbitrary<1 | 3>,
      fc.integer({ min: 1, max: 2 ** 31 }),
      async (width, height, channels, seed) => {
        let state = seed;
        const data = Uint8Array.from({ length: width * height * channels }, () => {
          state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
          return state >>> 24;
        });
        const { header, data: back } = await decoded(writeJpeg({ width, height, channels, data }, 100));
        expect(header).toMatchObject({ family: 'jpeg', rows: height, columns: width, samples: channels });
        // At quality 100 every step is one: what is left is rounding, in colour twice.
        expect(meanError(data, back)).toBeLessThan(channels === 1 ? 0.8 : 1.5);
      },
    ),
    { numRuns: 60 },
  );
});

test('flat colours are kept, black and white too', async () => {
  for (const colour of [
    [0, 0, 0],
    [255, 255, 255],
    [200, 50, 20],
    [0, 0, 255],
  ]) {
    const data = Uint8Array.from({ length: 17 * 9 * 3 }, (_, i) => colour[i % 3]);
    const picture: Picture = { width: 17, height: 9, channels: 3, data };
    const back = await decoded(writeJpeg(picture, 90));
    expect(Math.max(...Array.from(back.data, (v, i) => Math.abs(v - data[i])))).toBeLessThanOrEqual(3);
  }
});

test('more quality costs more and is nearer', async () => {
  const data = Uint8Array.from(
    { length: 64 * 64 },
    (_, i) => 128 + 100 * Math.sin(i / 5) * Math.cos(i / 130),
  );
  const results = [5, 30, 60, 95].map((quality) =>
    writeJpeg({ width: 64, height: 64, channels: 1, data }, quality),
  );
  const sizes = results.map(({ length }) => length);
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  const errors = await Promise.all(
    results.map(async (bytes) => meanError(data, (await decoded(bytes)).data)),
  );
  expect(errors).toEqual(errors.toSorted((a, b) => b - a));
  expect(errors[3]).toBeLessThan(2);
});
