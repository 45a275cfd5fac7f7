import { add, scale, type Vec3 } from '@promontory/core/geometry';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pixelToPatient, planeCentre, type SeriesView } from '../../images/index.ts';
import { anyPlane, planeAlong, stackOf } from './planes.testing.ts';
import { areLinked, correspondingFrame, sliceAtPoint, slicesAtDisc } from './slices.ts';

const anyStack = fc
  .record({
    plane: anyPlane,
    count: fc.integer({ min: 1, max: 40 }),
    stepMm: fc.double({ min: 1, max: 8, noNaN: true }),
    driftMm: fc.double({ min: -2, max: 2, noNaN: true }),
  })
  .map(({ plane, count, stepMm, driftMm }) => stackOf(plane, count, stepMm, driftMm));

/** Axial blocks of four slices along their own discs, as lumbar protocols plan them. */
const blocks = (): SeriesView => {
  const block = (degrees: number, z: number) => {
    const a = (degrees * Math.PI) / 180;
    const plane = planeAlong([1, 0, 0], [0, Math.cos(a), Math.sin(a)], {
      columns: 180,
      rows: 180,
      originMm: [-90, -90 * Math.cos(a), z - 90 * Math.sin(a)],
    });
    return stackOf(plane, 4, -4.4).frames;
  };
  const base = stackOf(planeAlong([1, 0, 0], [0, 1, 0]), 1, 4, 0, { plane: 'axial' });
  const { stepMm: _, ...open } = base;
  return { ...open, frames: [...block(5, 40), ...block(-8, 0), ...block(-30, -35)] };
};

describe('the slice at a point', () => {
  test('a pixel of a slice leads to that slice, in tilted thick stacks too', () => {
    fc.assert(
      fc.property(
        anyStack,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: -0.4, max: 0.4, noNaN: true }),
        (series, share, aside) => {
          const k = Math.round(share * (series.frames.length - 1));
          const { plane } = series.frames[k];
          const middle = pixelToPatient(plane, (plane.columns - 1) / 2, (plane.rows - 1) / 2);
          const offMm = aside * (series.stepMm ?? 1);
          const place = sliceAtPoint(series, add(middle, scale(plane.normal, offMm)));
          // Only where the stack drifts out of its own images may another rectangle hold the point.
          expect(place?.index).toBe(k);
          expect(place?.offMm).toBeCloseTo(offMm, 6);
        },
      ),
    );
  });

  test('a point far outside is told to be outside', () => {
    const series = stackOf(planeAlong([0, 1, 0], [0, 0, -1]), 10, 4.4);
    expect(sliceAtPoint(series, [500, 50, -50])?.isWithin).toBe(false);
    expect(sliceAtPoint(series, [0, 900, -50])?.isWithin).toBe(false);
    expect(sliceAtPoint({ ...series, frames: [] }, [0, 0, 0])).toBeUndefined();
  });
});

describe('axial slices at a disc', () => {
  const disc = (z: number, degrees: number) => {
    const a = (degrees * Math.PI) / 180;
    return { centreMm: [0, 0, z] as Vec3, normal: [0, -Math.sin(a), Math.cos(a)] as Vec3, heightMm: 9 };
  };

  // Half the slice (2 mm) and half the disc (4.5 mm) reach 6.5 mm: the first slice of the block lies 7 mm off.
  test('each disc has its own block, and the best is the nearest to its middle', () => {
    const series = blocks();
    expect(slicesAtDisc(series, disc(33, 5))).toEqual({ best: 2, passing: [1, 2, 3] });
    expect(slicesAtDisc(series, disc(-4, -8)).best).toBe(5);
    // 7 mm lower is 6.1 mm along the normal of slices that lean by 30 degrees: nearest to the second of the block.
    expect(slicesAtDisc(series, disc(-42, -30)).best).toBe(9);
  });

  test('a disc between the blocks has none', () => {
    expect(slicesAtDisc(blocks(), disc(80, 0))).toEqual({ passing: [] });
  });

  test('sagittal slices pass no disc', () => {
    expect(slicesAtDisc(stackOf(planeAlong([0, 1, 0], [0, 0, -1]), 9, 4), disc(0, 0)).passing).toEqual([]);
  });
});

describe('linked scrolling', () => {
  test('the same stack at another spacing follows by place, there and back', () => {
    fc.assert(
      fc.property(anyPlane, fc.integer({ min: 0, max: 19 }), (plane, k) => {
        const [coarse, fine] = [stackOf(plane, 20, 4), stackOf(plane, 77, 1)];
        const there = correspondingFrame(coarse.frames[k], fine);
        expect(there).toBe(4 * k);
        expect(correspondingFrame(fine.frames[there as number], coarse)).toBe(k);
      }),
    );
  });

  test('a shift leads to where the other study has the level', () => {
    const plane = planeAlong([1, 0, 0], [0, 1, 0]);
    const [now, before] = [stackOf(plane, 20, 4), stackOf({ ...plane, originMm: [5, 3, 100] }, 20, 4)];
    expect(correspondingFrame(now.frames[6], before, [5, 3, 108])).toBe(8);
    expect(correspondingFrame(now.frames[6], before)).toBeUndefined();
  });

  test('slices across each other do not follow', () => {
    const [a, b] = [
      stackOf(planeAlong([1, 0, 0], [0, 1, 0]), 9, 4),
      stackOf(planeAlong([0, 1, 0], [0, 0, -1]), 9, 4),
    ];
    expect(correspondingFrame(a.frames[0], b)).toBeUndefined();
    expect(planeCentre(a.frames[0].plane)).toEqual([79.5, 99.5, 0]);
  });

  test('only within one frame of reference', () => {
    const a = stackOf(planeAlong([1, 0, 0], [0, 1, 0]), 3, 4);
    expect(areLinked(a, a)).toBe(true);
    expect(areLinked(a, { ...a, frameOfReferenceUid: '1.8' })).toBe(false);
    const { frameOfReferenceUid: _, ...unknown } = a;
    expect(areLinked(unknown, unknown)).toBe(false);
  });
});
