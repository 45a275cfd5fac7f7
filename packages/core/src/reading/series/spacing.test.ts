import { describe, expect, it } from 'vitest';
import { judgeSpacing } from './index.ts';

const size = { rows: 512, columns: 512 };
const code = (spacing: number[] | undefined, sagittal = true) => judgeSpacing(spacing, size, sagittal)?.code;

describe('judgeSpacing', () => {
  it('accepts what scanners make', () => {
    for (const mm of [0.25, 0.586, 1.1]) expect(code([mm, mm])).toBeUndefined();
    expect(judgeSpacing([0.95, 0.9], { rows: 256, columns: 256 }, true)).toBeUndefined();
  });

  it('tells missing from implausible', () => {
    expect(code(undefined)).toBe('SPACING_MISSING');
    expect(code([])).toBe('SPACING_MISSING');
    for (const bad of [
      [0, 0],
      [-0.5, 0.5],
      [Number.NaN, Number.NaN],
      [0.1, 0.1],
      [2.6, 2.6],
      [0.5],
      [0.4, 1.2],
    ]) {
      expect(code(bad)).toBe('SPACING_IMPLAUSIBLE');
    }
  });

  it('holds the height of sagittal images against a lumbar spine', () => {
    expect(code([0.2, 0.2])).toBe('SPACING_IMPLAUSIBLE');
    expect(code([0.2, 0.2], false)).toBeUndefined();
    expect(code([1.3, 1.3])).toBe('SPACING_IMPLAUSIBLE');
  });
});
