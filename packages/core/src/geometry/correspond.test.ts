import { describe, expect, it } from 'vitest';
import {
  axialSlicesAtDisc,
  correspondingSlice,
  type Grid,
  SAGITTAL_AXES,
  sliceThroughPoint,
  type Vec3,
} from './index.ts';

const sagittal = (firstX: number, n: number, step: number, spacing = 0.5): Grid => ({
  size: [400, 400, n],
  spacingMm: [spacing, spacing, step],
  originMm: [firstX, -100, 100],
  axes: SAGITTAL_AXES,
});

describe('correspondingSlice', () => {
  it('pairs T1 and T2 by place, not by number', () => {
    const t1 = sagittal(30, 15, 4.4);
    const t2 = sagittal(26, 13, 4.4, 0.7);
    const match = correspondingSlice(t1, 7, t2);
    // x of T1 slice 7 is −0.8; T2 slice 6 lies at −0.4, slice 5 at 4.
    expect(match?.index).toBe(6);
    expect(match?.offsetMm).toBeCloseTo(0.4, 9);
    expect(match?.angleDeg).toBe(0);
  });

  it('has no partner outside the other stack or across planes', () => {
    expect(correspondingSlice(sagittal(30, 15, 4.4), 0, sagittal(10, 5, 4.4))).toBeUndefined();
    const axial: Grid = {
      ...sagittal(0, 5, 4),
      axes: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    };
    expect(correspondingSlice(sagittal(30, 15, 4.4), 7, axial)).toBeUndefined();
  });

  it('finds the slice through a point of rotated stacks', () => {
    const a = (10 * Math.PI) / 180;
    const other: Grid = {
      ...sagittal(30, 15, 4),
      axes: [
        [Math.sin(a), Math.cos(a), 0],
        [0, 0, -1],
        [-Math.cos(a), Math.sin(a), 0],
      ],
    };
    const match = correspondingSlice(sagittal(30, 15, 4), 7, other, [2, -30, 0]);
    expect(match?.angleDeg).toBeCloseTo(10, 6);
    const along = (2 - 30) * -Math.cos(a) + (-30 + 100) * Math.sin(a);
    expect(match?.index).toBe(Math.round(along / 4));
    expect(sliceThroughPoint([2, -30, 0], other)?.index).toBe(match?.index);
  });
});

describe('axialSlicesAtDisc', () => {
  const tilt = (deg: number): [Vec3, Vec3, Vec3] => {
    const a = (deg * Math.PI) / 180;
    return [
      [1, 0, 0],
      [0, Math.cos(a), Math.sin(a)],
      [0, -Math.sin(a), Math.cos(a)],
    ];
  };
  /** An axial slice of 200 × 200 mm, its centre at the given place. */
  const axial = (centre: Vec3, deg: number) => {
    const axes = tilt(deg);
    const grid: Grid = {
      size: [200, 200, 1],
      spacingMm: [1, 1, 4],
      originMm: [
        centre[0] - 99.5 * axes[0][0] - 99.5 * axes[1][0],
        centre[1] - 99.5 * axes[0][1] - 99.5 * axes[1][1],
        centre[2] - 99.5 * axes[0][2] - 99.5 * axes[1][2],
      ],
      axes,
    };
    return { grid, k: 0, thicknessMm: 4 };
  };
  const disc = { centreMm: [0, 0, 0] as Vec3, normal: tilt(20)[2], heightMm: 10 };

  it('takes the slices that meet the disc, nearest first', () => {
    const slices = [-12, -8, -4, 0.5, 4, 8].map((z) => axial([0, 0, z], 0));
    const passes = axialSlicesAtDisc(disc, slices);
    expect(passes.filter((p) => p.passes).map((p) => p.index)).toEqual([3, 2, 4]);
    expect(passes[0].offsetMm).toBeCloseTo(-0.5, 9);
    expect(passes[0].angleDeg).toBeCloseTo(20, 6);
  });

  it('prefers the parallel one of two at the same distance', () => {
    const passes = axialSlicesAtDisc(disc, [axial([0, 0, 0], 0), axial([0, 0, 0], 18)]);
    expect(passes.map((p) => p.index)).toEqual([1, 0]);
  });

  it('does not take a slice whose rectangle misses the disc, nor a steep one', () => {
    const passes = axialSlicesAtDisc(disc, [axial([150, 0, 0], 20), axial([0, 0, 0], 70)]);
    expect(passes.map((p) => p.passes)).toEqual([false, false]);
  });
});
