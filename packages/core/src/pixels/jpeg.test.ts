import { expect, test } from 'vitest';
import { isFault } from '../fault/index.ts';
import { readCodedHeader } from './coded-header.ts';
import { markedAsRgb } from './jpeg-colour.ts';
import { decodeJpegExtended } from './jpeg-extended.ts';
import { decodeJpegLossless } from './jpeg-lossless.ts';

const segment = (marker: number, ...content: number[]) => [0xff, marker, 0, content.length + 2, ...content];

/** Bits of text, filled up with ones and stuffed. */
function scanBits(text: string): number[] {
  const padded = text.padEnd(Math.ceil(text.length / 8) * 8, '1');
  return [...padded.matchAll(/.{8}/g)].flatMap(([byte]) => {
    const value = Number.parseInt(byte, 2);
    return value === 0xff ? [0xff, 0] : [value];
  });
}

/** A table in which size s has the code of s ones and a zero. */
const unary = (id: number, sizes: number) =>
  segment(
    0xc4,
    id,
    ...Array.from({ length: 16 }, (_, i) => (i < sizes ? 1 : 0)),
    ...Array.from({ length: sizes }, (_, i) => i),
  );

const difference = (d: number): string => {
  const size = d === 0 ? 0 : Math.floor(Math.log2(Math.abs(d))) + 1;
  const bits = size === 0 ? '' : (d > 0 ? d : d + 2 ** size - 1).toString(2).padStart(size, '0');
  return `${'1'.repeat(size)}0${bits}`;
};

function losslessStream(
  columns: number,
  rows: number,
  predictor: number,
  differences: number[],
  extra: number[] = [],
): Uint8Array {
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(0xc3, 8, 0, rows, 0, columns, 1, 1, 0x11, 0),
    ...unary(0, 12),
    ...extra,
    ...segment(0xda, 1, 1, 0, predictor, 0, 0),
    ...scanBits(differences.map(difference).join('')),
    ...[0xff, 0xd9],
  ]);
}

const lossless = (bytes: Uint8Array) => [...decodeJpegLossless(bytes, readCodedHeader(bytes))];

test('lossless: each predictor by hand', () => {
  // 100 104 / 97 ?: the last is predicted from left 97, above 104, corner 100, then 3 is added.
  const predicted = { 1: 97, 2: 104, 3: 100, 4: 101, 5: 99, 6: 102, 7: 100 };
  for (const [predictor, value] of Object.entries(predicted)) {
    const stream = losslessStream(2, 2, Number(predictor), [-28, 4, -3, 3]);
    expect(lossless(stream), `predictor ${predictor}`).toEqual([100, 104, 97, value + 3]);
  }
});

test('lossless: restarts begin the prediction anew', () => {
  const head = losslessStream(2, 2, 1, [], segment(0xdd, 0, 2)).slice(0, -2);
  const stream = Uint8Array.from([
    ...head,
    ...scanBits(difference(1) + difference(2)),
    0xff,
    0xd0,
    ...scanBits(difference(3) + difference(-1)),
    0xff,
    0xd9,
  ]);
  expect(lossless(stream)).toEqual([129, 131, 131, 130]);
  expect(() =>
    lossless(
      Uint8Array.from([...head, ...scanBits(difference(1) + difference(2) + difference(3)), 0xff, 0xd9]),
    ),
  ).toThrow();
});

test('lossless: what is not read and what is damaged', () => {
  const code = (bytes: Uint8Array) => {
    try {
      lossless(bytes);
    } catch (error) {
      if (isFault(error)) return error.code;
      throw error;
    }
    return 'none';
  };
  expect(code(losslessStream(2, 2, 1, [1, 2, 3]))).toBe('TRUNCATED');
  expect(code(losslessStream(2, 2, 0, [1, 2, 3, 4]))).toBe('MALFORMED');
  expect(code(losslessStream(2, 2, 1, [1, 2, 3, 4], segment(0xdd, 0, 3)))).toBe('MALFORMED');
  expect(code(losslessStream(2, 2, 1, [1, 2, 3, 4]).subarray(0, 20))).toBe('TRUNCATED');
});

test('extended: a flat block and a single cosine', () => {
  const head = (ac: string) =>
    Uint8Array.from([
      ...[0xff, 0xd8],
      ...segment(0xdb, 0, ...new Array(64).fill(1)),
      ...segment(0xc1, 12, 0, 8, 0, 8, 1, 1, 0x11, 0),
      ...unary(0, 12),
      ...segment(0xc4, 0x10, 1, 1, ...new Array(14).fill(0), 0, 10), // 0: end of block, 10: run 0 size 10
      ...segment(0xda, 1, 1, 0, 0, 63, 0),
      ...scanBits(difference(80) + ac),
      ...[0xff, 0xd9],
    ]);
  const decode = (bytes: Uint8Array) => decodeJpegExtended(bytes, readCodedHeader(bytes));
  expect([...decode(head('0'))]).toEqual(new Array(64).fill(2048 + 10)); // DC / 8
  const wave = decode(head(`10${(800).toString(2).padStart(10, '0')}0`));
  for (let x = 0; x < 8; x++) {
    const expected = 2058 + (800 / 4) * Math.SQRT1_2 * Math.cos(((2 * x + 1) * Math.PI) / 16);
    expect(wave[8 * 5 + x]).toBe(Math.round(expected));
  }
});

test('an unmarked stream is marked as RGB, a marked one is left', () => {
  const plain = losslessStream(2, 2, 1, [1, 2, 3, 4]);
  const marked = markedAsRgb(plain);
  expect(marked.length).toBe(plain.length + 16);
  expect(readCodedHeader(marked)).toEqual(readCodedHeader(plain));
  expect(markedAsRgb(marked)).toBe(marked);
});
