import { distance, type Vec3 } from '@promontory/core/geometry';
import { Deed, MEASURING_TOOLS } from '@promontory/core/review';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImagePane } from '../image-pane.ts';
import { isShownOn, measureOn } from './bound.ts';
import { crossesItself } from './crossing.ts';
import { drawingOf, ellipseRim } from './drawing.ts';
import {
  closed,
  ellipseInBox,
  NOTHING_PLACED,
  type Placing,
  withoutLast,
  withPoint,
  withStroke,
} from './placing.ts';
import { halfAxesMm, measuredValue, POINTS_OF } from './value.ts';

const pane = (more: Partial<ImagePane> = {}): ImagePane => ({
  paneId: 'a',
  seriesInstanceUid: '1.2.3',
  sopInstanceUid: '1.2.3.4',
  frame: 1,
  widthPx: 500,
  heightPx: 500,
  planePointMm: [0, 0, 0],
  planeNormal: [1, 0, 0],
  thicknessMm: 4,
  pixelMm: 0.6,
  pxPerMm: 2,
  toCanvas: ([, y, z]) => [y * 2, -z * 2],
  toPatient: (x, y) => [0, x / 2, -y / 2],
  ...more,
});
const set = (tool: Parameters<typeof withPoint>[0], points: readonly Vec3[]): Placing =>
  points.reduce((placing, p) => withPoint(tool, placing, p), NOTHING_PLACED);
const square: Vec3[] = [
  [0, 0, 0],
  [0, 10, 0],
  [0, 10, 10],
  [0, 0, 10],
];
/** A quadrilateral of which every tool can take its points. */
const good: Vec3[] = [
  [0, 1, 2],
  [0, 31, 5],
  [0, 17, 21],
  [0, -9, 30],
];

describe('placing', () => {
  it.each(MEASURING_TOOLS.filter((t) => t !== 'area'))(
    '%s is complete with its last point, not before',
    (tool) => {
      const asked = POINTS_OF[tool] ?? 0;
      expect(set(tool, good.slice(0, asked - 1)).complete).toBe(false);
      expect(set(tool, good.slice(0, asked)).complete).toBe(true);
      expect(set(tool, withoutLast(set(tool, good.slice(0, asked))).points).complete).toBe(false);
    },
  );

  it('an area closes when told, from three points on', () => {
    expect(closed(set('area', square.slice(0, 2))).complete).toBe(false);
    expect(closed(set('area', square)).complete).toBe(true);
  });

  it('a border does not cross itself', () => {
    const bow: Vec3[] = [square[0], square[2], square[1], square[3]];
    expect(set('area', bow).points).toHaveLength(3);
    expect(set('area', bow).refused).toBe('crosses-itself');
    const zigzag: Vec3[] = [
      [0, 0, 0],
      [0, 10, 0],
      [0, 10, 10],
      [0, 5, -5],
    ];
    expect(crossesItself(zigzag, false)).toBe(true);
    // Only its closing side crosses: then it stays open.
    const hook: Vec3[] = [
      [0, 0, 0],
      [0, 10, 0],
      [0, 10, 10],
      [0, 5, 10],
      [0, 5, -5],
    ];
    expect(closed({ points: hook, complete: false }).complete).toBe(false);
  });

  it('a stroke takes no point nearer than it can be meant, and never more than a mark holds', () => {
    let placing = NOTHING_PLACED;
    for (let k = 0; k < 9000; k++) {
      const turn = (k / 9000) * 6.2;
      placing = withStroke(placing, [0, 150 * Math.cos(turn), 150 * Math.sin(turn)]);
    }
    expect(placing.points.length).toBeLessThanOrEqual(500);
    for (let k = 1; k < placing.points.length; k++)
      expect(distance(placing.points[k - 1], placing.points[k])).toBeGreaterThanOrEqual(0.7);
  });

  it('an ellipse in a box fills the box', () => {
    const points = ellipseInBox([0, 10, 20], [0, 34, 4], [0, 1, 0]);
    expect(halfAxesMm(points)).toEqual([12, 8]);
    const rim = ellipseRim(points);
    expect(Math.max(...rim.map((p) => p[1]))).toBeCloseTo(34, 6);
    expect(Math.min(...rim.map((p) => p[2]))).toBeCloseTo(4, 6);
  });
});

describe('a measurement', () => {
  it('is a mark that the server takes, whatever the points', () => {
    const coordinate = fc.double({ min: -300, max: 300, noNaN: true });
    fc.assert(
      fc.property(
        fc.constantFrom(...MEASURING_TOOLS),
        fc.array(fc.tuple(fc.constant(0), coordinate, coordinate), { minLength: 4, maxLength: 4 }),
        (tool, points) => {
          const made = measureOn(pane(), tool, points.slice(0, POINTS_OF[tool] ?? 4));
          if (made !== undefined) Deed.parse({ kind: 'measurement', ...made });
        },
      ),
    );
  });

  it('is not made where nothing can be measured', () => {
    expect(measureOn(pane(), 'length', good.slice(0, 2))?.value).toBeCloseTo(Math.hypot(30, 3), 6);
    const { sopInstanceUid: _, ...reformatted } = pane();
    expect(measureOn(reformatted, 'length', good.slice(0, 2))).toBeUndefined();
    const { pixelMm: __, ...unsized } = pane();
    expect(measureOn(unsized, 'length', good.slice(0, 2))).toBeUndefined();
    expect(measureOn(pane(), 'length', [good[0], good[0]])).toBeUndefined();
  });

  it('is shown on its own image and frame only', () => {
    const made = { sopInstanceUid: '1.2.3.4', frame: 2 };
    expect(isShownOn(made, pane({ frame: 2 }))).toBe(true);
    expect(isShownOn(made, pane({ frame: 1 }))).toBe(false);
    expect(isShownOn(made, pane({ sopInstanceUid: '1.2.3.5', frame: 2 }))).toBe(false);
    const { sopInstanceUid: _, ...reformatted } = pane({ frame: 2 });
    expect(isShownOn(made, reformatted)).toBe(false);
  });
});

describe('what shows it', () => {
  it.each(MEASURING_TOOLS)('%s is drawn from finite points, complete or not', (tool) => {
    for (let n = 1; n <= (POINTS_OF[tool] ?? 4); n++) {
      const { lines, anchor } = drawingOf(tool, good.slice(0, n));
      expect([...lines.flatMap((l) => l.points), anchor].flat().every(Number.isFinite)).toBe(true);
    }
  });

  it('of a slip ends at the foot on the endplate: as long as the slip', () => {
    const { lines } = drawingOf('slip', good.slice(0, 3));
    const [b, foot] = lines[2].points;
    expect(distance(b, foot)).toBeCloseTo(Math.abs(measuredValue('slip', good.slice(0, 3)) ?? Number.NaN), 9);
  });
});
