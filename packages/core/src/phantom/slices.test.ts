import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { phantomSlice } from './slices.ts';

const hashOf = (...arrays: readonly ArrayBufferView[]) => {
  const h = createHash('sha256');
  for (const a of arrays) h.update(new Uint8Array(a.buffer, a.byteOffset, a.byteLength));
  return h.digest('hex');
};

test('the same seed gives the same bytes', () => {
  const a = phantomSlice(77);
  const b = phantomSlice(77);
  expect(hashOf(a.image, a.labels)).toBe(hashOf(b.image, b.labels));
  expect(hashOf(a.image, a.labels)).not.toBe(hashOf(phantomSlice(78).image));
});

test('classes and disc centres belong together', () => {
  for (let seed = 1; seed <= 12; seed++) {
    const s = phantomSlice(seed, { xMm: 0, pathology: { onlyRequested: true } });
    expect(s.labels.length).toBe(256 * 320);
    expect(new Set(s.labels)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]));
    expect(s.image.every((v) => Number.isFinite(v) && v >= 0)).toBe(true);
    expect(s.discCentres.length).toBeGreaterThanOrEqual(5);
    expect(s.discCentres[0].label.endsWith('/S1')).toBe(true);
    for (const { x, y, label } of s.discCentres)
      expect(s.labels[Math.round(y) * s.width + Math.round(x)], `${seed} ${label}`).toBe(2);
    for (let i = 1; i < s.discCentres.length; i++)
      expect(s.discCentres[i].y).toBeLessThan(s.discCentres[i - 1].y);
  }
});

test('spacing, size and contrast are kept', () => {
  const s = phantomSlice(5, { spacingMm: 1.6, width: 160, height: 200, contrast: 'stir' });
  expect([s.width, s.height, s.spacingMm, s.contrast]).toEqual([160, 200, 1.6, 'stir']);
  expect(s.image.length).toBe(160 * 200);
});
