import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AXIAL_AXES,
  type AxisMapping,
  type DiscPlace,
  type Grid,
  reorientGrid,
  toPatient,
  type Vec3,
} from '../../geometry/index.ts';
import type { LoadedSeries, LoadedStudy } from '../series/index.ts';
import { axialMapping, chooseAxial } from './choose-slices.ts';

/** Discs 36 mm apart along the body's axis, the lowest tilted as L5/S1 is. */
const DISCS: readonly DiscPlace[] = [0, 36, 72].map((z, i) => ({
  centreMm: [0, 0, z],
  normal: i === 0 ? [0, -Math.sin(0.6), Math.cos(0.6)] : [0, 0, 1],
  heightMm: 9,
}));

function block(centre: Vec3, slices: number, spacingMm = 4.4, normal: Vec3 = [0, 0, 1]): Grid {
  const back: Vec3 = [0, normal[2], -normal[1]];
  const grid: Grid = {
    size: [200, 180, slices],
    spacingMm: [0.6, 0.6, spacingMm],
    originMm: [0, 0, 0],
    axes: [AXIAL_AXES[0], back, normal],
  };
  const middle = toPatient(grid, [99.5, 89.5, (slices - 1) / 2]);
  return { ...grid, originMm: [centre[0] - middle[0], centre[1] - middle[1], centre[2] - middle[2]] };
}

function series(grids: readonly Grid[], changes: Partial<LoadedSeries> = {}): LoadedSeries {
  const stacks = grids.map((grid) => ({
    grid,
    located: true,
    orientation: { plane: 'axial' },
    sliceThicknessMm: 4,
    missingSlices: [] as number[],
  }));
  return {
    role: 'axial-t2',
    derived: false,
    fatSuppressed: false,
    stacks,
    grid: grids[0],
    ...changes,
  } as LoadedSeries;
}

const sagittal = { stacks: [{ located: true }], frameOfReferenceUid: '1.2' } as unknown as LoadedSeries;
const studyOf = (...all: readonly LoadedSeries[]): LoadedStudy => ({ series: all }) as unknown as LoadedStudy;
const levels = (study: LoadedStudy) =>
  chooseAxial(study, sagittal, DISCS)?.slices.map((s) => s && [s.stack, s.k]);

describe('chooseAxial', () => {
  it('takes of a straight stack the slice nearest to each disc, and none at a disc that lies too steep', () => {
    // 20 slices of 4.4 mm about z = 37: the discs at 36 and 72 lie in it.
    expect(levels(studyOf(series([block([0, 0, 37], 20)])))).toEqual([undefined, [0, 9], [0, 17]]);
  });

  it('finds the block of each disc in a series of blocks parallel to the discs', () => {
    const blocks = DISCS.map((d) => block(d.centreMm, 5, 4.4, d.normal));
    expect(levels(studyOf(series(blocks)))).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
    ]);
  });

  it('finds the same places in whatever order the stack is stored', () => {
    const grid = block([0, 0, 37], 20);
    const flips = fc.tuple(fc.boolean(), fc.boolean(), fc.boolean());
    fc.assert(
      fc.property(flips, fc.boolean(), (flip, swapped) => {
        const mapping: AxisMapping = { from: swapped ? [1, 0, 2] : [0, 1, 2], flip };
        const stored = reorientGrid(grid, mapping);
        const turned = reorientGrid(stored, axialMapping(stored));
        expect(turned.axes.flat()).toEqual(grid.axes.flat().map((x) => expect.closeTo(x, 9)));
        expect(levels(studyOf(series([stored])))).toEqual([undefined, [0, 9], [0, 17]]);
      }),
    );
  });

  it('passes over slices that the input lacks', () => {
    const one = series([block([0, 0, 37], 20)]);
    const lacking = { ...one, stacks: [{ ...one.stacks[0], missingSlices: [9, 17] }] };
    const [, middle] = levels(studyOf(lacking as LoadedSeries)) ?? [];
    expect(middle).toEqual([0, 10]);
  });

  it('prefers the series that passes more discs, then the finer one', () => {
    const few = series([block([0, 0, 72], 5)]);
    const many = series([block([0, 0, 37], 20)]);
    const fine = { ...many, grid: { ...many.grid, spacingMm: [0.4, 0.4, 4.4] } } as LoadedSeries;
    expect(chooseAxial(studyOf(few, many, fine), sagittal, DISCS)?.series).toBe(fine);
  });

  it.each<[string, Partial<LoadedSeries>]>([
    ['another weighting', { role: 'axial-t1' }],
    ['a derived image', { derived: true }],
    ['fat suppression', { fatSuppressed: true }],
    ['another frame of reference', { frameOfReferenceUid: '9.9' }],
  ])('does not read %s', (_, changes) => {
    expect(levels(studyOf(series([block([0, 0, 37], 20)], changes)))).toBeUndefined();
  });

  it('reads no axial slice where the sagittal images have no place in the patient', () => {
    const nowhere = { ...sagittal, stacks: [{ located: false }] } as unknown as LoadedSeries;
    expect(chooseAxial(studyOf(series([block([0, 0, 37], 20)])), nowhere, DISCS)).toBeUndefined();
  });
});
