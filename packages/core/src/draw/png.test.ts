import { unzlibSync } from 'fflate';
import { expect, test } from 'vitest';
import { base64, greyPng } from './png.ts';

test('base64 agrees with Node for every remainder', () => {
  for (const length of [0, 1, 2, 3, 4, 255, 256]) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 151) & 255);
    expect(base64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
  }
});

test('the image data comes back after undoing the filter', () => {
  const [width, height] = [7, 5];
  const pixels = Uint8Array.from({ length: width * height }, (_, i) => (i * 83) & 255);
  const png = greyPng(pixels, width, height);
  expect([...png.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
  const view = new DataView(png.buffer);
  const length = view.getUint32(33);
  const rows = unzlibSync(png.subarray(41, 41 + length));
  const back = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    expect(rows[y * (width + 1)]).toBe(1);
    for (let x = 0; x < width; x++) {
      back[y * width + x] = rows[y * (width + 1) + 1 + x] + (x > 0 ? back[y * width + x - 1] : 0);
    }
  }
  expect(back).toEqual(pixels);
});
