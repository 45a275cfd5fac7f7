import fc from 'fast-check';
import { zlibSync } from 'fflate';
import { expect, test } from 'vitest';
import { isFault } from '../fault/index.ts';
import { crc32 } from './crc32.ts';
import { faultOf } from './fault-of.testing.ts';
import { luminanceOf, readPng, readPngVolume } from './png-read.ts';
import { passes } from './png-rows.ts';
import { writePng } from './png-write.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

function chunk(name: string, content: ArrayLike<number>): number[] {
  const body = [...new TextEncoder().encode(name), ...Array.from(content)];
  const word = (n: number) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
  return [...word(content.length), ...body, ...word(crc32(Uint8Array.from(body)))];
}

/** A PNG made by hand, for the kinds that the writer does not make. */
function png(
  header: { width: number; height: number; depth: number; type: number; interlace?: number },
  rows: number[],
  extra: number[] = [],
) {
  const { width, height, depth, type, interlace = 0 } = header;
  const ihdr = [0, 0, width >> 8, width & 255, 0, 0, height >> 8, height & 255, depth, type, 0, 0, interlace];
  return Uint8Array.from([
    ...SIGNATURE,
    ...chunk('IHDR', ihdr),
    ...extra,
    ...chunk('IDAT', zlibSync(Uint8Array.from(rows))),
    ...chunk('IEND', []),
  ]);
}

test('a written picture comes back', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 20 }),
      fc.constantFrom(1, 3, 4) as fc.Arbitrary<1 | 3 | 4>,
      fc.infiniteStream(fc.nat(255)),
      (width, height, channels, noise) => {
        const data = Uint8Array.from([...noise.take(width * height * channels)]);
        expect(readPng(writePng({ width, height, channels, data }))).toEqual({
          width,
          height,
          channels,
          bitDepth: 8,
          data,
        });
      },
    ),
    { numRuns: 100 },
  );
});

test('16 bits, 2 bits, palette, grey with alpha', () => {
  expect(readPng(png({ width: 2, height: 1, depth: 16, type: 0 }, [0, 1, 2, 255, 254])).data).toEqual(
    Uint16Array.of(258, 65534),
  );
  expect(readPng(png({ width: 5, height: 1, depth: 2, type: 0 }, [0, 0b00011011, 0b11000000])).data).toEqual(
    Uint8Array.of(0, 1, 2, 3, 3),
  );
  const palette = chunk('PLTE', [1, 2, 3, 9, 8, 7]);
  expect(readPng(png({ width: 2, height: 1, depth: 1, type: 3 }, [0, 0b01000000], palette)).data).toEqual(
    Uint8Array.of(1, 2, 3, 9, 8, 7),
  );
  expect(luminanceOf(readPng(png({ width: 2, height: 1, depth: 8, type: 4 }, [0, 50, 0, 60, 255])))).toEqual(
    Uint8Array.of(50, 60),
  );
});

test('every row filter is undone', () => {
  const rows = [0, 10, 20, 1, 5, 5, 2, 1, 1, 3, 4, 4, 4, 2, 2];
  const expected = [10, 20, 5, 10, 6, 11, 7, 13, 9, 15];
  expect([...readPng(png({ width: 2, height: 5, depth: 8, type: 0 }, rows)).data]).toEqual(expected);
});

test('interlaced pictures', () => {
  const [width, height] = [9, 5];
  const picture = Uint8Array.from({ length: width * height }, (_, i) => i * 5);
  const rows: number[] = [];
  for (const pass of passes(width, height, true)) {
    for (let y = 0; y < pass.height; y++) {
      rows.push(0);
      for (let x = 0; x < pass.width; x++)
        rows.push(picture[(pass.y0 + y * pass.dy) * width + pass.x0 + x * pass.dx]);
    }
  }
  expect(rows.length - passes(width, height, true).reduce((n, p) => n + p.height, 0)).toBe(width * height);
  expect(readPng(png({ width, height, depth: 8, type: 0, interlace: 1 }, rows)).data).toEqual(picture);
});

test('colour becomes luminance and the caller gives the size', () => {
  const file = writePng({ width: 2, height: 1, channels: 3, data: Uint8Array.of(255, 255, 255, 255, 0, 0) });
  const { volume, warnings } = readPngVolume(file, { pixelSpacingMm: [0.5, 0.25], plane: 'sagittal' });
  expect([...volume.data]).toEqual([255, 76]);
  expect(volume.grid.spacingMm).toEqual([0.25, 0.5, 4]);
  expect(volume.grid.axes[1]).toEqual([0, 0, -1]);
  expect(warnings.map((w) => w.code)).toEqual(['ORIENTATION_MISSING']);
  expect(faultOf(() => readPngVolume(file, { pixelSpacingMm: [0, 1], plane: 'axial' })).code).toBe(
    'MALFORMED',
  );
});

test('size is judged before inflating', () => {
  const huge = png({ width: 65535, height: 65535, depth: 16, type: 6 }, [0]);
  expect(faultOf(() => readPng(huge)).code).toBe('LIMIT_EXCEEDED');
  const fat = png({ width: 1, height: 1, depth: 8, type: 0 }, new Array(100_000).fill(0));
  expect(faultOf(() => readPng(fat)).code).toBe('LIMIT_EXCEEDED');
});

test('faults have their codes', () => {
  const code = (bytes: Uint8Array) => faultOf(() => readPng(bytes)).code;
  const good = writePng({ width: 3, height: 3, channels: 1, data: new Uint8Array(9) });
  expect(code(new Uint8Array(3))).toBe('NOT_RECOGNISED');
  expect(code(good.subarray(0, good.length - 5))).toBe('TRUNCATED');
  expect(code(png({ width: 3, height: 3, depth: 8, type: 0 }, [0, 1, 2]))).toBe('TRUNCATED');
  expect(code(png({ width: 1, height: 1, depth: 8, type: 0 }, [9, 1]))).toBe('MALFORMED');
  expect(code(png({ width: 1, height: 1, depth: 4, type: 2 }, [0, 1]))).toBe('MALFORMED');
  expect(code(png({ width: 1, height: 1, depth: 8, type: 3 }, [0, 1]))).toBe('MALFORMED');
  expect(faultOf(() => writePng({ width: 3, height: 3, channels: 3, data: new Uint8Array(9) })).code).toBe(
    'PIXELS_INCONSISTENT',
  );
});

test('any damage is a fault', () => {
  const good = writePng({
    width: 8,
    height: 8,
    channels: 3,
    data: Uint8Array.from({ length: 192 }, (_, i) => i),
  });
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const file = good.slice();
      file[at] ^= flip;
      try {
        readPng(file);
      } catch (error) {
        expect(isFault(error)).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});
