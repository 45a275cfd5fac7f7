import { distance, dot } from '@promontory/core/geometry';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pixelToPatient, planeCentre } from '../../images/index.ts';
import {
  directionLetters,
  panePlane,
  screenAxes,
  toCanvas,
  toPatient,
  WHOLE,
  zoomedAt,
} from './pane-plane.ts';
import { anyPlane, planeAlong } from './planes.testing.ts';

const anyView = fc
  .record({
    plane: anyPlane,
    zoom: fc.double({ min: 0.3, max: 10, noNaN: true }),
    x: fc.double({ min: -50, max: 50, noNaN: true }),
    y: fc.double({ min: -50, max: 50, noNaN: true }),
    kind: fc.constantFrom('sagittal', 'axial', 'coronal', undefined),
  })
  .map(({ plane, zoom, x, y, kind }) =>
    panePlane(plane, screenAxes(plane, kind), { zoom, shiftMm: [x, y] }, 700, 500),
  );

describe('projection', () => {
  test('canvas to patient and back is the same place', () => {
    fc.assert(
      fc.property(
        anyView,
        fc.integer({ min: -900, max: 900 }),
        fc.integer({ min: -900, max: 900 }),
        (view, x, y) => {
          const [u, v] = toCanvas(view, toPatient(view, x, y));
          expect(u).toBeCloseTo(x, 5);
          expect(v).toBeCloseTo(y, 5);
        },
      ),
    );
  });

  test('a pixel of the image lies in the plane, and as far from another as its spacing says', () => {
    fc.assert(
      fc.property(anyView, (view) => {
        const { plane } = view;
        const [a, b] = [
          pixelToPatient(plane, 0, 0),
          pixelToPatient(plane, plane.columns - 1, plane.rows - 1),
        ];
        const [p, q] = [toCanvas(view, a), toCanvas(view, b)];
        const apart = Math.hypot(p[0] - q[0], p[1] - q[1]) / view.pxPerMm;
        expect(apart).toBeCloseTo(distance(a, b), 4);
        expect(distance(toPatient(view, ...p), a)).toBeLessThan(1e-6);
      }),
    );
  });

  test('the whole image fits at zoom 1, and touches two edges', () => {
    fc.assert(
      fc.property(anyPlane, (plane) => {
        const view = panePlane(plane, screenAxes(plane, 'sagittal'), WHOLE, 640, 480);
        const corners = [
          [-0.5, -0.5],
          [plane.columns - 0.5, plane.rows - 0.5],
        ].map(([c, r]) => toCanvas(view, pixelToPatient(plane, c, r)));
        const width = Math.abs(corners[0][0] - corners[1][0]);
        const height = Math.abs(corners[0][1] - corners[1][1]);
        expect(Math.max(width / 640, height / 480)).toBeCloseTo(1, 6);
      }),
    );
  });

  test('zooming keeps the point under the hand', () => {
    fc.assert(
      fc.property(
        anyPlane,
        fc.integer({ min: 0, max: 640 }),
        fc.integer({ min: 0, max: 480 }),
        (plane, x, y) => {
          const axes = screenAxes(plane, 'axial');
          const framing = { zoom: 1.5, shiftMm: [3, -7] as const };
          const before = panePlane(plane, axes, framing, 640, 480);
          const after = panePlane(plane, axes, zoomedAt(before, framing, 1.7, x, y), 640, 480);
          expect(distance(toPatient(before, x, y), toPatient(after, x, y))).toBeLessThan(1e-6);
        },
      ),
    );
  });
});

describe('hanging', () => {
  test.each([
    ['sagittal', planeAlong([0, 1, 0], [0, 0, -1]), 'P', 'F'],
    ['sagittal, mirrored and upside down', planeAlong([0, -1, 0], [0, 0, 1]), 'P', 'F'],
    ['sagittal, rows running to the feet', planeAlong([0, 0, -1], [0, 1, 0]), 'P', 'F'],
    ['axial from the head', planeAlong([-1, 0, 0], [0, 1, 0]), 'L', 'P'],
    ['coronal', planeAlong([1, 0, 0], [0, 0, 1]), 'L', 'F'],
  ])('%s: letters are those of the screen', (name, plane, right, down) => {
    const axes = screenAxes(plane, name.split(/[ ,]/)[0] as 'sagittal');
    expect([directionLetters(axes.right), directionLetters(axes.down)]).toEqual([right, down]);
  });

  test('whatever way the image is stored, it is never hung the other way round', () => {
    fc.assert(
      fc.property(anyPlane, (plane) => {
        const { right, down } = screenAxes(plane, 'axial');
        expect(Math.abs(dot(right, down))).toBeLessThan(1e-9);
        expect(right[0]).toBeGreaterThanOrEqual(0);
        expect(down[1]).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('an oblique direction has two letters, the larger first', () => {
    expect(directionLetters([0, 0.6, -0.8])).toBe('FP');
    expect(directionLetters([0.05, -1, 0.1])).toBe('A');
  });

  test('an image that does not say how it lies is left as it is', () => {
    const plane = planeAlong([-1, 0, 0], [0, -1, 0], { isLocated: false });
    expect(screenAxes(plane, 'axial')).toEqual({ right: [-1, 0, 0], down: [0, -1, 0] });
    expect(planeCentre(plane)).toEqual([-79.5, -99.5, 0]);
  });
});
