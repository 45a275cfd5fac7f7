import fc from 'fast-check';
import { Deflate, deflateSync, gzipSync, zlibSync } from 'fflate';
import { expect, test } from 'vitest';
import { isFault } from '../fault/index.ts';
import { faultOf } from './fault-of.testing.ts';
import { gunzip } from './gzip.ts';
import { DEFAULT_INFLATE_LIMITS, inflateRaw, RATIO_FLOOR_BYTES } from './inflate.ts';
import { unzlib } from './zlib.ts';

const content = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 3000 }))
    .map(([unit, times]) => {
      return Uint8Array.from({ length: unit.length * times }, (_, i) => unit[i % unit.length]);
    }),
);

test('what was deflated, gzipped or zlibbed comes back', () => {
  fc.assert(
    fc.property(content, fc.constantFrom(0, 1, 6, 9) as fc.Arbitrary<0 | 1 | 6 | 9>, (bytes, level) => {
      expect(inflateRaw(deflateSync(bytes, { level }))).toEqual(bytes);
      expect(gunzip(gzipSync(bytes, { level, filename: 'a.nii' }))).toEqual(bytes);
      expect(unzlib(zlibSync(bytes, { level }))).toEqual(bytes);
    }),
    { numRuns: 60 },
  );
});

test('any damage is a fault and never another error', () => {
  fc.assert(
    fc.property(content, fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, where, flip) => {
      const file = gzipSync(bytes);
      file[where % file.length] ^= flip;
      try {
        gunzip(file);
      } catch (error) {
        expect(isFault(error)).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
});

test('a cut stream is truncated', () => {
  const file = zlibSync(Uint8Array.from({ length: 5000 }, (_, i) => (i * i) >> 3));
  expect(['TRUNCATED', 'MALFORMED']).toContain(faultOf(() => unzlib(file.subarray(0, 300))).code);
  expect(faultOf(() => inflateRaw(deflateSync(file).subarray(0, 100))).code).toBe('TRUNCATED');
  expect(faultOf(() => gunzip(gzipSync(file).subarray(0, 12))).code).toBe('TRUNCATED');
});

/** `millions` × 1 MB of zeros as one stream: the block of the second megabyte, which needs only zeros before it, again and again. */
function bombOf(millions: number): Uint8Array {
  const pieces: number[][] = [[]];
  const deflate = new Deflate({ level: 9 }, (piece) => {
    pieces.at(-1)?.push(...piece);
  });
  for (let i = 0; i < 2; i++) {
    pieces.push([]);
    deflate.push(new Uint8Array(1 << 20), false);
    deflate.flush(true);
  }
  const [, first, second] = pieces;
  const bomb = new Uint8Array(first.length + second.length * (millions - 1) + 2);
  bomb.set(first);
  for (let i = 0; i < millions - 1; i++) bomb.set(second, first.length + i * second.length);
  bomb.set([3, 0], bomb.length - 2); // an empty last block
  return bomb;
}

test('half a megabyte that inflates to 512 is refused while inflating', () => {
  const bomb = bombOf(512);
  expect(bomb.length).toBeLessThan(1 << 20);
  expect(inflateRaw(bombOf(3)).length).toBe(3 << 20);
  const start = performance.now();
  expect(faultOf(() => inflateRaw(bomb)).code).toBe('LIMIT_EXCEEDED');
  expect(performance.now() - start).toBeLessThan(5000);
  expect(faultOf(() => inflateRaw(bomb, { maxBytes: 1000, maxRatio: 1e9 })).code).toBe('LIMIT_EXCEEDED');
});

test('below the floor a high ratio passes', () => {
  const zeros = new Uint8Array(RATIO_FLOOR_BYTES - 1);
  expect(inflateRaw(deflateSync(zeros), DEFAULT_INFLATE_LIMITS).length).toBe(zeros.length);
});

test('megabytes after the end of the stream cost nothing and are refused by the checksum', () => {
  const file = gzipSync(Uint8Array.of(1, 2, 3));
  const padded = new Uint8Array(60 << 20).fill(7);
  padded.set(file);
  const start = performance.now();
  expect(faultOf(() => gunzip(padded)).code).toBe('MALFORMED');
  expect(performance.now() - start).toBeLessThan(5000);
});

test('several gzip members are refused', () => {
  const one = gzipSync(Uint8Array.of(1, 2, 3));
  const two = new Uint8Array([...one, ...gzipSync(Uint8Array.of(4, 5))]);
  expect(faultOf(() => gunzip(two)).code).toBe('MALFORMED');
});
