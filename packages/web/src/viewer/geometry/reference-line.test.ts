/** The failing cases of OHIF 5015 and 4992 and Horos 599 and 377, as geometry: no state can lose a line. */
import { dot, subtract, type Vec3 } from '@promontory/core/geometry';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyPlane, planeAlong, stackOf } from './planes.testing.ts';
import { cornersOf, referenceLine } from './reference-line.ts';

const off = (point: Vec3, plane: { originMm: Vec3; normal: Vec3 }): number =>
  dot(subtract(point, plane.originMm), plane.normal);

const sagittal = planeAlong([0, 1, 0], [0, 0, -1], { originMm: [0, -100, 150], columns: 256, rows: 256 });
const tilted = (degrees: number, z: number) => {
  const a = (degrees * Math.PI) / 180;
  return planeAlong([1, 0, 0], [0, Math.cos(a), Math.sin(a)], { originMm: [-80, -60, z] });
};

describe('reference lines', () => {
  test('a line there is for every two slices that are not parallel, and it lies in both planes', () => {
    fc.assert(
      fc.property(anyPlane, anyPlane, (here, other) => {
        fc.pre(Math.abs(dot(here.normal, other.normal)) < 0.9999);
        const line = referenceLine(here, other);
        expect(line).toBeDefined();
        for (const end of line?.ends ?? []) {
          // Nearly parallel planes meet far away, where rounding grows.
          const tolerance = 1e-6 * (1 + Math.hypot(...end));
          expect(Math.abs(off(end, here))).toBeLessThan(tolerance);
          expect(Math.abs(off(end, other))).toBeLessThan(tolerance);
        }
      }),
    );
  });

  test('the slab is as thick as the slice', () => {
    fc.assert(
      fc.property(anyPlane, anyPlane, (here, other) => {
        fc.pre(Math.abs(dot(here.normal, other.normal)) < 0.99);
        const slab = referenceLine(here, other)?.slab ?? ([] as Vec3[]);
        expect(slab.map((corner) => Math.abs(off(corner, other)))).toEqual(
          slab.map(() => expect.closeTo(other.thicknessMm / 2, 5)),
        );
        expect(slab).toHaveLength(4);
        const [near, , far] = slab.map((corner) => Math.sign(off(corner, other)));
        expect(near).toBe(-(far ?? 0));
      }),
    );
  });

  test('it is as long as the other image, whichever way that lies', () => {
    const ends = referenceLine(sagittal, tilted(25, 20))?.ends;
    const [across, along, up] = ends === undefined ? [0, 0, 0] : subtract(ends[1], ends[0]);
    // 200 rows of 1 mm along a column that rises by 25 degrees.
    expect(Math.abs(across)).toBeCloseTo(0, 9);
    expect(Math.abs(along)).toBeCloseTo(200 * Math.cos((25 * Math.PI) / 180), 9);
    expect(Math.abs(up)).toBeCloseTo(200 * Math.sin((25 * Math.PI) / 180), 9);
  });

  test('every slice of a tilted stack has its line, the first and the last too', () => {
    const stack = stackOf(tilted(18, -120), 24, 4.4, 1.3);
    for (const { plane } of stack.frames) expect(referenceLine(sagittal, plane)?.isBeyond).toBe(false);
  });

  test('where the other image ends before this plane the line stays, as one beyond it', () => {
    const far = planeAlong([0, 1, 0], [0, 0, -1], { originMm: [300, -100, 150] });
    const line = referenceLine(far, tilted(10, 0));
    expect(line?.isBeyond).toBe(true);
    expect(line?.ends).toHaveLength(2);
  });

  test('parallel slices and images without a place have none', () => {
    expect(referenceLine(sagittal, { ...sagittal, originMm: [8, -100, 150] })).toBeUndefined();
    expect(referenceLine(sagittal, { ...tilted(0, 0), isLocated: false })).toBeUndefined();
  });

  test('corners run round the image', () => {
    const corners = cornersOf(planeAlong([1, 0, 0], [0, 1, 0], { columns: 4, rows: 2 }));
    expect(corners).toEqual([
      [-0.5, -0.5, 0],
      [3.5, -0.5, 0],
      [3.5, 1.5, 0],
      [-0.5, 1.5, 0],
    ]);
  });
});
