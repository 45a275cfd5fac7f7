import { describe, expect, it } from 'vitest';
import { rotate2 } from '../../geometry/index.ts';
import type { PlanePoint } from '../outline.ts';
import { arc } from './drawn-spine.testing.ts';
import { posteriorProtrusion } from './protrusion.ts';

const upper: PlanePoint = [30, 0];
const lower: PlanePoint = [30, 9];
/** A disc 30 × 9 mm whose back bulges by a parabola. */
const disc = (bulge: number): PlanePoint[] => [
  ...arc([0, 0], upper, 0),
  ...arc(upper, lower, -bulge).slice(1, -1),
  ...arc(lower, [0, 9], 0),
];

describe('posterior protrusion', () => {
  it('is the distance behind the line of the posterior corners', () => {
    const found = posteriorProtrusion(disc(4), upper, lower);
    expect(Math.abs(found.depth - 4)).toBeLessThan(0.2);
    expect(found.baseWidth).toBeCloseTo(9, 1);
  });

  it('is zero for a disc that ends before the line', () => {
    expect(posteriorProtrusion(disc(-2), upper, lower)).toEqual({ depth: 0 });
  });

  it('does not depend on how the spine is tilted', () => {
    const turn = (p: PlanePoint): PlanePoint => rotate2(p, -0.6);
    const found = posteriorProtrusion(disc(4).map(turn), turn(upper), turn(lower));
    expect(Math.abs(found.depth - 4)).toBeLessThan(0.2);
    expect(found.baseWidth).toBeCloseTo(9, 1);
  });

  it('measures the neck of an extrusion, not its dome', () => {
    // A neck of 4 mm that opens to a dome of 12 mm, 6 mm deep, drawn down behind the body below.
    const extruded: PlanePoint[] = [
      [0, 0],
      upper,
      [30, 3],
      [32, 3],
      [32, 1],
      [36, 1],
      [36, 13],
      [32, 13],
      [32, 7],
      [30, 7],
      lower,
      [0, 9],
    ];
    const found = posteriorProtrusion(extruded, [30.01, 0], [30.01, 9]);
    expect(found.depth).toBeCloseTo(6, 1);
    expect(found.baseWidth).toBeCloseTo(4, 1);
  });
});
