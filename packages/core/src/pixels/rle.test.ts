import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFault } from '../fault/index.ts';
import { decodeRle } from './rle.ts';

/** PackBits by the letter of PS3.5 G.3.1: runs of two and more repeated, the rest literal, no-operations sprinkled in. */
function pack(plane: number[]): number[] {
  const out: number[] = [128];
  for (let i = 0; i < plane.length; ) {
    let run = 1;
    while (run < 128 && plane[i + run] === plane[i]) run++;
    if (run > 1) out.push(257 - run, plane[i]);
    else out.push(0, plane[i]);
    i += run;
  }
  if (out.length % 2) out.push(0);
  return out;
}

function encode(cells: number[], samples: number, width: 1 | 2 | 4): Uint8Array {
  const segments: number[][] = [];
  for (let s = 0; s < samples; s++) {
    for (let b = width - 1; b >= 0; b--) {
      segments.push(
        pack(cells.filter((_, i) => i % samples === s).map((v) => Math.floor(v / 256 ** b) % 256)),
      );
    }
  }
  const frame = new Uint8Array(64 + segments.reduce((n, s) => n + s.length, 0));
  const view = new DataView(frame.buffer);
  view.setUint32(0, segments.length, true);
  let at = 64;
  segments.forEach((segment, i) => {
    view.setUint32(4 + 4 * i, at, true);
    frame.set(segment, at);
    at += segment.length;
  });
  return frame;
}

const images = fc
  .tuple(fc.constantFrom(1, 3), fc.constantFrom(1, 2, 4), fc.integer({ min: 1, max: 300 }))
  .chain(([samples, width, pixels]) =>
    fc.record({
      samples: fc.constant(samples),
      width: fc.constant(width as 1 | 2 | 4),
      cells: fc.array(fc.oneof(fc.constant(7), fc.integer({ min: 0, max: 256 ** width - 1 })), {
        minLength: samples * pixels,
        maxLength: samples * pixels,
      }),
    }),
  );

test('what was encoded comes back', () => {
  fc.assert(
    fc.property(images, ({ samples, width, cells }) => {
      expect([...decodeRle(encode(cells, samples, width), cells.length / samples, samples, width)]).toEqual(
        cells,
      );
    }),
    { numRuns: 100 },
  );
});

test('any damage is a fault or an image of the same size', () => {
  fc.assert(
    fc.property(images, fc.nat(), fc.nat(255), fc.nat(), ({ samples, width, cells }, at, value, cut) => {
      const frame = encode(cells, samples, width);
      frame[at % frame.length] = value;
      for (const bytes of [frame, frame.subarray(0, cut % frame.length)]) {
        try {
          expect(decodeRle(bytes, cells.length / samples, samples, width).length).toBe(cells.length);
        } catch (error) {
          expect(isFault(error)).toBe(true);
        }
      }
    }),
    { numRuns: 200 },
  );
});
