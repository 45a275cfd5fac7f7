import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add2, type Point2, rotate2 } from '../../geometry/index.ts';
import type { PlanePoint } from '../outline.ts';
import { bodySize, heightLossPercent } from './body.ts';
import { bodyShape } from './body-shape.ts';
import { arc, bodyCorners, bodyOutline } from './drawn-spine.testing.ts';

const DOWN: PlanePoint = [0, 1];
const drawn = (wedge: number, hollow: number, depth = 34, posterior = 26) => {
  const corners = bodyCorners([20, 40], rotate2([1, 0], (-wedge * Math.PI) / 360), {
    depth,
    posterior,
    wedge,
    hollow,
  });
  return { corners, outline: bodyOutline(corners, hollow) };
};
const gap = (a: Point2, b: Point2): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

describe('a rectangle', () => {
  const size = bodySize(bodyShape(drawn(0, 0, 35, 27).outline, DOWN)!);
  it('has its sides and no wedge', () => {
    expect(size.anterior).toBeCloseTo(27, 6);
    expect(size.middle).toBeCloseTo(27, 6);
    expect(size.posterior).toBeCloseTo(27, 6);
    expect(size.depth).toBeCloseTo(35, 6);
    expect(size.wedgeDeg).toBeCloseTo(0, 6);
    expect(heightLossPercent(size)).toBeCloseTo(0, 6);
  });
});

describe('any body of four sides', () => {
  it('is measured to a fraction of a millimetre, tilted by up to 40° against the spine and moved', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -12, max: 12, noNaN: true }),
        fc.double({ min: 0, max: 2.5, noNaN: true }),
        fc.double({ min: -0.7, max: 0.7, noNaN: true }),
        fc.double({ min: -200, max: 200, noNaN: true }),
        (wedge, hollow, tilt, far) => {
          const { corners, outline } = drawn(wedge, hollow);
          const place = (p: PlanePoint): PlanePoint => add2(rotate2(p, tilt), [far, -far]);
          const shape = bodyShape(outline.map(place), DOWN)!;
          const size = bodySize(shape);
          expect(Math.abs(size.wedgeDeg - wedge)).toBeLessThan(0.3);
          // The shorter side of a body wedged by 12° with endplates hollowed by 2.5 mm is 0.325 mm off: the worst of all.
          expect(Math.abs(size.posterior - 26)).toBeLessThan(0.33);
          expect(Math.abs(size.anterior - gap(corners.sa, corners.ia))).toBeLessThan(0.33);
          expect(gap(shape.corners.superiorAnterior, place(corners.sa))).toBeLessThan(0.3);
          expect(gap(shape.corners.inferiorPosterior, place(corners.ip))).toBeLessThan(0.3);
          // Both endplates are hollow in their middle.
          expect(Math.abs(size.middle + 2 * hollow - (gap(corners.sa, corners.ia) + 26) / 2)).toBeLessThan(
            0.15,
          );
        },
      ),
      {
        numRuns: 60,
        examples: [
          [12, 2.5, 0, 0],
          [-12, 2.5, 0.7, 100],
        ],
      },
    );
  });

  it('is the same whichever way round and from whichever point the outline runs', () => {
    const { outline } = drawn(7, 1.5);
    const one = bodySize(bodyShape(outline, DOWN)!);
    const other = bodySize(bodyShape([...outline.slice(50), ...outline.slice(0, 50)].reverse(), DOWN)!);
    for (const key of Object.keys(one) as (keyof typeof one)[]) expect(other[key]).toBeCloseTo(one[key], 6);
  });

  it('turns its wedge round when front and back are exchanged', () => {
    const { outline } = drawn(9, 1);
    const size = bodySize(bodyShape(outline, DOWN)!);
    const mirrored = bodySize(
      bodyShape(
        outline.map(([u, v]): PlanePoint => [-u, v]),
        DOWN,
      )!,
    );
    expect(mirrored.wedgeDeg).toBeCloseTo(-size.wedgeDeg, 6);
    expect(mirrored.anterior).toBeCloseTo(size.posterior, 6);
    expect(mirrored.posterior).toBeCloseTo(size.anterior, 6);
  });

  it('grows with its outline', () => {
    const { outline } = drawn(5, 1);
    const size = bodySize(bodyShape(outline, DOWN)!);
    const large = bodySize(
      bodyShape(
        outline.map(([u, v]): PlanePoint => [1.7 * u, 1.7 * v]),
        DOWN,
      )!,
    );
    expect(large.depth).toBeCloseTo(1.7 * size.depth, 2);
    expect(large.middle).toBeCloseTo(1.7 * size.middle, 2);
    expect(large.wedgeDeg).toBeCloseTo(size.wedgeDeg, 2);
  });
});

describe('what is not the body', () => {
  it('a spur at a corner moves the corner by less than half a millimetre', () => {
    const { corners, outline } = drawn(3, 1);
    // A beak of 4 mm on the anterior superior corner, 2.5 mm thick at its root.
    const spur: PlanePoint[] = [
      [corners.sa[0], corners.sa[1] + 2.5],
      [corners.sa[0] - 4, corners.sa[1] - 1],
    ];
    const shape = bodyShape([...outline.slice(0, -3), ...spur], DOWN)!;
    expect(gap(shape.corners.superiorAnterior, corners.sa)).toBeLessThan(0.5);
  });

  it("a Schmorl's node lowers the middle height and leaves the corners", () => {
    const { corners } = drawn(0, 0.5);
    const roof = arc(corners.sa, corners.sp, 0.5, 80).map(
      (p, i): PlanePoint => [p[0], p[1] + 4 * Math.max(0, 1 - ((i - 40) / 8) ** 2)],
    );
    const outline = [...roof.slice(0, -1), ...bodyOutline(corners, 0.5).slice(80)];
    const size = bodySize(bodyShape(outline, DOWN)!);
    expect(size.posterior).toBeGreaterThan(25.7);
    expect(size.anterior).toBeGreaterThan(25.7);
    expect(size.posterior).toBeLessThan(26.3);
    expect(Math.abs(size.wedgeDeg)).toBeLessThan(0.5);
  });

  it('an outline without extent is not read', () => {
    expect(bodyShape([], DOWN)).toBeUndefined();
    expect(bodyShape([[1, 1]], DOWN)).toBeUndefined();
    const line: PlanePoint[] = [
      [0, 0],
      [10, 0],
      [20, 0],
      [5, 0],
    ];
    expect(bodyShape(line, DOWN)).toBeUndefined();
  });
});
