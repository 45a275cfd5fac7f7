import {
  distance,
  dot,
  type Grid,
  normalise,
  subtract,
  toPatient,
  type Vec3,
} from '@promontory/core/geometry';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { polygonAreaMm2 } from '../measuring/value.ts';
import { cutLabels } from './cut-labels.ts';
import { patientToPlane, planeToPatient, polygonsOf, showsPlane, withPolygon } from './plane-outline.ts';
import { STRUCTURES, STYLE } from './structures.ts';

/** A sagittal stack of 4 mm slices, 1 mm pixels, with one ball of 14 mm radius and value 23, tilted against the patient. */
const TILT = 0.2;
const grid: Grid = {
  size: [60, 60, 15],
  spacingMm: [1, 1, 4],
  originMm: [-28, -30, 40],
  axes: [
    [0, Math.cos(TILT), Math.sin(TILT)],
    [0, Math.sin(TILT), -Math.cos(TILT)],
    [1, 0, 0],
  ],
};
const CENTRE = toPatient(grid, [30, 30, 7]);
const RADIUS = 14;
function ball() {
  const data = new Uint8Array(60 * 60 * 15);
  for (let k = 0; k < 15; k++)
    for (let j = 0; j < 60; j++)
      for (let i = 0; i < 60; i++)
        if (distance(toPatient(grid, [i, j, k]), CENTRE) <= RADIUS) data[i + 60 * (j + 60 * k)] = 23;
  return { grid, data };
}

describe('the cut of the label map', () => {
  const volume = ball();

  it('with a plane along the slices is the slice that it lies in', () => {
    for (const away of [0, 1.9, 4, -8, 12]) {
      const [cut] = cutLabels(volume, { pointMm: [CENTRE[0] + away, 5, 5], normal: [1, 0, 0] });
      const sliceAway = Math.round(away / 4) * 4;
      const expected = Math.PI * (RADIUS ** 2 - sliceAway ** 2);
      expect(cut.value).toBe(23);
      expect(Math.abs(polygonAreaMm2(cut.outlines[0]) / expected - 1)).toBeLessThan(0.06);
    }
    expect(cutLabels(volume, { pointMm: [CENTRE[0] + 60, 0, 0], normal: [1, 0, 0] })).toEqual([]);
  });

  it('with any other plane lies in that plane, round the ball', () => {
    fc.assert(
      fc.property(
        fc.tuple(
          fc.double({ min: -0.4, max: 0.4, noNaN: true }),
          fc.double({ min: -1, max: 1, noNaN: true }),
          fc.constantFrom(1, -1),
        ),
        ([x, y, z]) => {
          const normal: Vec3 = normalise([x, y, z]);
          const [cut] = cutLabels(volume, { pointMm: CENTRE, normal });
          for (const p of cut.outlines[0])
            expect(Math.abs(dot(subtract(p, CENTRE), normal))).toBeLessThan(1e-6);
          // Slices of 4 mm: the rim is as rough as half of one.
          for (const p of cut.outlines[0]) expect(Math.abs(distance(p, CENTRE) - RADIUS)).toBeLessThan(3);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('with a plane beside the lattice is nothing', () => {
    expect(cutLabels(volume, { pointMm: [0, 0, 400], normal: [0, 0, 1] })).toEqual([]);
  });
});

const plane = { originMm: [2, 30, 40] as Vec3, uAxis: [0, 1, 0] as Vec3, vAxis: [0, 0, -1] as Vec3 };

describe('the plane of the outline', () => {
  it('and the patient: there and back', () => {
    fc.assert(
      fc.property(
        fc.float({ min: -100, max: 100, noNaN: true }),
        fc.float({ min: -100, max: 100, noNaN: true }),
        (u, v) => {
          const [x, y] = patientToPlane(plane, planeToPatient(plane, [u, v]));
          expect(x).toBeCloseTo(u, 9);
          expect(y).toBeCloseTo(v, 9);
        },
      ),
    );
  });

  it('is shown within half a slice, from either side, and not by planes that are tilted against it', () => {
    const pane = (x: number, normal: Vec3) => ({
      planePointMm: [x, -7, 9] as Vec3,
      planeNormal: normal,
      thicknessMm: 4,
    });
    expect(showsPlane(pane(3.9, [1, 0, 0]), plane)).toBe(true);
    expect(showsPlane(pane(0.1, [-1, 0, 0]), plane)).toBe(true);
    expect(showsPlane(pane(4.1, [1, 0, 0]), plane)).toBe(false);
    expect(showsPlane(pane(2, [0, 0, 1]), plane)).toBe(false);
  });

  it('one structure drawn anew leaves the others', () => {
    const polygon = [
      [0, 0],
      [1, 0],
      [1, 1],
    ] as const;
    const outline = {
      plane,
      millimetresValid: true,
      pixelMm: 1,
      bodies: [
        { label: 'L4', outline: polygon },
        { label: 'L5', outline: polygon },
      ],
      discs: [{ label: 'L4/L5', outline: polygon }],
      sac: polygon,
    } as const;
    const redrawn = [
      [0, 0],
      [2, 0],
      [2, 2],
    ] as const;
    const next = withPolygon(outline, { structure: 'body', label: 'L5', polygon: redrawn });
    expect(
      polygonsOf(next)
        .filter((p) => p.polygon === redrawn)
        .map((p) => p.label),
    ).toEqual(['L5']);
    expect(polygonsOf(next)).toHaveLength(polygonsOf(outline).length);
    expect(withPolygon(outline, { structure: 'canal', polygon: redrawn })).toEqual(outline);
  });
});

it('structures are told apart without colour: no two lines are alike', () => {
  expect(new Set(STRUCTURES.map((s) => STYLE[s].dash)).size).toBe(STRUCTURES.length);
});
