import { describe, expect, it } from 'vitest';
import { CROP, cropDisc, poseOf, unitsByDiscDepth } from './crop.ts';

/** A picture whose value is u + 1000 v, in mm. */
const ramp = {
  inPlane: { columns: 300, rows: 300, spacingMm: [0.7, 0.7] as const, originMm: [0, 0] as const },
  data: Float32Array.from({ length: 90_000 }, (_, i) => (i % 300) * 0.7 + 1000 * Math.floor(i / 300) * 0.7),
};
const tilted = (angle: number) => {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return (
    [
      [-18, -5],
      [18, -5],
      [18, 5],
      [-18, 5],
    ] as const
  ).map(([a, b]) => [100 + a * c - b * s, 100 + a * s + b * c] as const);
};

describe('cropDisc', () => {
  it('lays the disc level, whatever its tilt, and shows a little more behind', () => {
    const pose = poseOf(tilted(0.5));
    expect(pose?.along[0]).toBeCloseTo(Math.cos(0.5));
    expect(pose?.along[1]).toBeCloseTo(Math.sin(0.5));
    const crop = cropDisc(ramp, pose!, { zero: 0, one: 1e6 });
    const middle = (CROP.rows / 2) * CROP.columns + CROP.columns / 2;
    const value = crop[middle] * 1e6;
    const back = CROP.shiftBackMm + 0.25;
    const u = 100 + back * Math.cos(0.5) - 0.25 * Math.sin(0.5);
    const v = 100 + back * Math.sin(0.5) + 0.25 * Math.cos(0.5);
    expect(value / (u + 1000 * v)).toBeCloseTo(1, 4);
  });

  it('is black outside the slice', () => {
    const crop = cropDisc(ramp, { centre: [0, 0], along: [1, 0], unitsPerMm: 1 }, { zero: -1, one: 0 });
    expect(crop[0]).toBe(0);
  });
});

describe('unitsByDiscDepth', () => {
  it('scales a spine of unknown pixel size to discs of the usual depth', () => {
    expect(unitsByDiscDepth([tilted(0)])).toBeCloseTo(36 / 37);
    expect(unitsByDiscDepth([])).toBe(1);
  });
});
