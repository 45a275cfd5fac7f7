/** Against analytic truth: a field that is linear in the patient is interpolated without error. */
import { cross, dot, type Vec3 } from '@promontory/core/geometry';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PixelFrame, pixelToPatient } from '../../images/index.ts';
import { planeAlong, stackOf } from '../geometry/planes.testing.ts';
import { alongDisc } from './mpr-bar.tsx';
import {
  canBeReformatted,
  MPR_PLANES,
  reformat,
  reformattedPlanes,
  turnedAxes,
  UPRIGHT,
} from './reformat.ts';

const GRADIENT: Vec3 = [0.7, -0.4, 1.3];
const field = (point: Vec3): number => 500 + dot(point, GRADIENT);
const first = planeAlong([0, 1, 0], [0, 0, -1], {
  columns: 40,
  rows: 50,
  spacingMm: [1.5, 1.2],
  originMm: [-30, -20, 40],
});

function pixelsOf(series: ReturnType<typeof stackOf>): PixelFrame[] {
  return series.frames.map(({ plane }) => {
    const values = new Float32Array(plane.rows * plane.columns);
    for (let r = 0; r < plane.rows; r++)
      for (let c = 0; c < plane.columns; c++)
        values[r * plane.columns + c] = field(pixelToPatient(plane, c, r));
    return { rows: plane.rows, columns: plane.columns, values, min: 300, max: 700, isInverted: false };
  });
}

describe('reformatting', () => {
  test.each([
    ['upright stack', 4.4, 0],
    ['stack in the other direction', -4.4, 0],
    ['stack tilted off its normal', 4.4, 1.1],
  ])('%s: each pixel well inside has the value of its place', (_, stepMm, driftMm) => {
    const forward = stackOf(first, 15, stepMm, driftMm);
    const series = { ...forward, stepMm: Math.abs(stepMm) };
    const stack = { series, slices: pixelsOf(series) };
    const turns = { tiltDeg: 12, leanDeg: -7, turnDeg: 5 };
    for (const kind of MPR_PLANES) {
      const planes = reformattedPlanes(series, kind, turns);
      const plane = planes[planes.length >> 1];
      const made = reformat(stack, plane);
      let checked = 0;
      for (let r = 0; r < made.rows; r += 3) {
        for (let c = 0; c < made.columns; c += 3) {
          const value = made.values[r * made.columns + c];
          const place = pixelToPatient(plane, c, r);
          if (!isWellInside(place, series)) continue;
          expect(value).toBeCloseTo(field(place), 1);
          checked++;
        }
      }
      expect(checked).toBeGreaterThan(30);
    }
  });

  test('outside of the stack it is as dark as the stack gets', () => {
    const series = stackOf(first, 15, 4.4);
    const [plane] = reformattedPlanes(series, 'axial', { ...UPRIGHT, tiltDeg: 40 });
    expect(reformat({ series, slices: pixelsOf(series) }, plane).values[0]).toBe(300);
  });

  test('planes are parallel, a millimetre apart, and in the order of reading', () => {
    const series = stackOf(first, 15, 4.4);
    const [x, y, z] = MPR_PLANES.map((kind) => reformattedPlanes(series, kind, UPRIGHT));
    expect(x[1].originMm[0] - x[0].originMm[0]).toBeCloseTo(1, 9);
    expect(y[1].originMm[2] - y[0].originMm[2]).toBeCloseTo(-1, 9);
    expect(z[1].originMm[1] - z[0].originMm[1]).toBeCloseTo(1, 9);
  });

  test('turned axes stay at right angles and right-handed', () => {
    const angle = fc.integer({ min: -60, max: 60 });
    fc.assert(
      fc.property(angle, angle, angle, (tiltDeg, leanDeg, turnDeg) => {
        const [left, back, head] = turnedAxes({ tiltDeg, leanDeg, turnDeg });
        expect(Math.abs(dot(left, back))).toBeLessThan(1e-9);
        expect(cross(left, back)).toEqual(head.map((x) => expect.closeTo(x, 9)));
      }),
    );
  });

  test('along the disc the head axis is the normal of the disc', () => {
    const side = fc.double({ min: -0.5, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(side, side, (x, y) => {
        const length = Math.hypot(x, y, 1);
        const normal: Vec3 = [x / length, y / length, 1 / length];
        const turns = alongDisc({ label: 'L4/L5', place: { centreMm: [0, 0, 0], normal, heightMm: 9 } });
        // Whole degrees.
        expect(dot(turnedAxes(turns)[2], normal)).toBeGreaterThan(Math.cos((1 * Math.PI) / 180));
      }),
    );
  });

  test('single slices and blocks of different angle are refused', () => {
    expect(canBeReformatted(stackOf(first, 15, 4.4))).toBe(true);
    expect(canBeReformatted(stackOf(first, 2, 4.4))).toBe(false);
    const { stepMm: _, ...uneven } = stackOf(first, 15, 4.4);
    expect(canBeReformatted(uneven)).toBe(false);
  });
});

function isWellInside(point: Vec3, series: ReturnType<typeof stackOf>): boolean {
  const inside = series.frames.filter(({ plane }) => {
    const away: Vec3 = [
      point[0] - plane.originMm[0],
      point[1] - plane.originMm[1],
      point[2] - plane.originMm[2],
    ];
    const [u, v] = [dot(away, plane.rowDirection) / 1.5, dot(away, plane.columnDirection) / 1.2];
    return u > 0 && v > 0 && u < 39 && v < 49 && Math.abs(dot(away, plane.normal)) <= 4.4;
  });
  return inside.length >= 2;
}
