import { add, polygonArea, type Vec3 } from '@promontory/core/geometry';
import { MEASURING_TOOLS, type MeasuringTool } from '@promontory/core/review';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { halfWidth95, pointSigmaMm } from './uncertainty.ts';
import { halfAxesMm, measuredValue, POINTS_OF, polygonAreaMm2, slipPercent } from './value.ts';

const coordinate = fc.integer({ min: -15_000, max: 15_000 }).map((n) => n / 100);
const inPlane = fc.tuple(coordinate, coordinate);
const turn = fc.tuple(
  fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
  fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
  fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
);
const shift = fc.tuple(coordinate, coordinate, coordinate);

/** A plane anywhere in the patient: rotation by Euler angles, then translation. */
function placed([x, y]: readonly [number, number], angles: Vec3, by: Vec3): Vec3 {
  const [a, b, c] = angles;
  let p: Vec3 = [x * Math.cos(a) - y * Math.sin(a), x * Math.sin(a) + y * Math.cos(a), 0];
  p = [p[0], p[1] * Math.cos(b), p[1] * Math.sin(b)];
  p = [p[0] * Math.cos(c) + p[2] * Math.sin(c), p[1], -p[0] * Math.sin(c) + p[2] * Math.cos(c)];
  return add(p, by);
}
const flat = (p: readonly [number, number]): Vec3 => [p[0], p[1], 0];

const toolAndPoints = fc
  .constantFrom(...MEASURING_TOOLS)
  .chain((tool) =>
    fc.tuple(
      fc.constant(tool),
      fc.array(inPlane, { minLength: POINTS_OF[tool] ?? 3, maxLength: POINTS_OF[tool] ?? 12 }),
    ),
  );
/** Far enough apart that every direction is well defined. */
const apart = (points: readonly (readonly [number, number])[]): boolean =>
  points.every((p, i) => points.every((q, j) => i === j || Math.hypot(p[0] - q[0], p[1] - q[1]) > 1));
const image = { pixelMm: 0.6, thicknessMm: 4 };

describe('what is measured', () => {
  it('does not depend on where the plane lies in the patient', () => {
    fc.assert(
      fc.property(toolAndPoints, turn, shift, ([tool, points], angles, by) => {
        fc.pre(apart(points));
        const here = points.map(flat);
        const there = points.map((p) => placed(p, angles, by));
        const value = measuredValue(tool, here);
        if (value === undefined) return;
        // Angles lose half of their digits beside 0° and 180°.
        expect(measuredValue(tool, there)).toBeCloseTo(value, 4);
        expect(halfWidth95(tool, there, image)).toBeCloseTo(halfWidth95(tool, here, image), 4);
      }),
    );
  });

  it('of two lines is the same in whichever order and direction they are drawn, and within 0–90°', () => {
    fc.assert(
      fc.property(fc.tuple(inPlane, inPlane, inPlane, inPlane), (four) => {
        fc.pre(apart(four));
        const [a, b, c, d] = four.map(flat);
        const cobb = measuredValue('cobb', [a, b, c, d]) ?? Number.NaN;
        expect(cobb).toBeGreaterThanOrEqual(0);
        expect(cobb).toBeLessThanOrEqual(90);
        for (const other of [
          [c, d, a, b],
          [b, a, c, d],
          [a, b, d, c],
        ])
          expect(measuredValue('cobb', other)).toBeCloseTo(cobb, 6);
      }),
    );
  });

  it('of two lines is how far one is turned against the other', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 90, noNaN: true }), inPlane, (degrees, [x, y]) => {
        const r = (degrees * Math.PI) / 180;
        const lines: Vec3[] = [
          [0, 0, 0],
          [30, 0, 0],
          [x, y, 0],
          [x + 20 * Math.cos(r), y + 20 * Math.sin(r), 0],
        ];
        expect(measuredValue('cobb', lines)).toBeCloseTo(degrees, 5);
      }),
    );
  });

  it("of an area is the polygon's", () => {
    fc.assert(
      fc.property(fc.array(inPlane, { minLength: 3, maxLength: 40 }), turn, shift, (points, angles, by) => {
        expect(polygonAreaMm2(points.map((p) => placed(p, angles, by)))).toBeCloseTo(polygonArea(points), 4);
      }),
    );
  });

  it('of an ellipse is that of a fine polygon on it, wherever the side point lies along it', () => {
    const [p, q] = [12, 5];
    const rim = Array.from({ length: 2000 }, (_, k): Vec3 => {
      const a = (k / 1000) * Math.PI;
      return [p * Math.cos(a), q * Math.sin(a), 7];
    });
    for (const x of [-9, 0, 4]) {
      const points: Vec3[] = [
        [-p, 0, 7],
        [p, 0, 7],
        [x, q, 7],
      ];
      expect(halfAxesMm(points)).toEqual([p, q]);
      expect(measuredValue('ellipse', points)).toBeCloseTo(polygonAreaMm2(rim), 2);
    }
  });

  it('of a slip counts along the endplate, forward positive', () => {
    // Sagittal: +y is the back, +z the head. The endplate runs from the front corner (y = 0) to the back corner (y = 30).
    const front: Vec3 = [0, 0, 0];
    const back: Vec3 = [0, 30, 0];
    expect(measuredValue('slip', [front, back, [0, 24, 9]])).toBeCloseTo(6, 9);
    expect(measuredValue('slip', [front, back, [0, 33, 2]])).toBeCloseTo(-3, 9);
    expect(slipPercent([front, back, [0, 24, 9]])).toBeCloseTo(20, 9);
  });

  it('is nothing without the points, or without a line', () => {
    const same: Vec3 = [1, 2, 3];
    for (const tool of MEASURING_TOOLS) {
      expect(measuredValue(tool, [same])).toBeUndefined();
      expect(measuredValue(tool, new Array(POINTS_OF[tool] ?? 3).fill(same))).toBeUndefined();
    }
  });
});

/** Spread of the value when every point errs by the model: an independent way to the same figure. */
function simulated(tool: MeasuringTool, points: readonly Vec3[], sigma: number): number {
  let state = 7;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 4294967296;
  };
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const base = measuredValue(tool, points) ?? Number.NaN;
  const rounds = 20_000;
  let squares = 0;
  for (let k = 0; k < rounds; k++) {
    const moved = points.map((p): Vec3 => [p[0] + sigma * normal(), p[1] + sigma * normal(), p[2]]);
    squares += ((measuredValue(tool, moved) ?? Number.NaN) - base) ** 2;
  }
  return 1.96 * Math.sqrt(squares / rounds);
}

describe('its uncertainty', () => {
  const cases: [MeasuringTool, Vec3[]][] = [
    [
      'length',
      [
        [0, 0, 0],
        [20, 9, 0],
      ],
    ],
    [
      'angle',
      [
        [30, 2, 0],
        [0, 0, 0],
        [11, 25, 0],
      ],
    ],
    [
      'cobb',
      [
        [0, 0, 0],
        [32, 4, 0],
        [3, -60, 0],
        [30, -75, 0],
      ],
    ],
    [
      'slip',
      [
        [0, 0, 0],
        [33, 5, 0],
        [27, 14, 0],
      ],
    ],
    [
      'canal-diameter',
      [
        [0, 0, 0],
        [14, 1, 0],
      ],
    ],
  ];
  it.each(cases)('of %s is what repeated placing scatters', (tool, points) => {
    const told = halfWidth95(tool, points, image);
    const seen = simulated(tool, points, pointSigmaMm(image));
    expect(Math.abs(told / seen - 1)).toBeLessThan(0.04);
  });

  it('grows with the pixel and with the slice, and is never below the hand', () => {
    const points: Vec3[] = [
      [0, 0, 0],
      [20, 0, 0],
    ];
    const fine = halfWidth95('length', points, { pixelMm: 0.3, thicknessMm: 1 });
    expect(halfWidth95('length', points, { pixelMm: 0.9, thicknessMm: 1 })).toBeGreaterThan(fine);
    expect(halfWidth95('length', points, { pixelMm: 0.3, thicknessMm: 5 })).toBeGreaterThan(fine);
    expect(fine).toBeGreaterThan(1.96 * Math.SQRT2 * 0.5);
  });

  it('of an area grows with its border', () => {
    const square = (side: number): Vec3[] => [
      [0, 0, 0],
      [side, 0, 0],
      [side, side, 0],
      [0, side, 0],
    ];
    expect(halfWidth95('area', square(20), image)).toBeGreaterThan(halfWidth95('area', square(10), image));
  });
});
