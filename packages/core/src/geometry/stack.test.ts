import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  buildStacks,
  classifyNormal,
  normalise,
  type SliceGeometry,
  scale,
  type Vec3,
} from './index.ts';
import { cross } from './vec3.ts';

const SAGITTAL = [0, 1, 0, 0, 0, -1];
const AXIAL = [1, 0, 0, 0, 1, 0];
const CORONAL = [1, 0, 0, 0, 0, -1];

function slice(
  position: readonly number[],
  orientation = SAGITTAL,
  more: Partial<SliceGeometry> = {},
): SliceGeometry {
  return {
    imagePositionPatient: position,
    imageOrientationPatient: orientation,
    pixelSpacing: [0.7, 0.6],
    rows: 20,
    columns: 30,
    sliceThicknessMm: 4,
    spacingBetweenSlicesMm: 4.4,
    ...more,
  };
}
const sagittals = (xs: readonly number[]) => xs.map((x) => slice([x, -100, 120]));
const codes = (warnings: readonly { code: string }[]) => warnings.map((w) => w.code);
const positionsOf = (input: readonly SliceGeometry[], order: readonly (number | undefined)[]) =>
  order.map((i) => (i === undefined ? undefined : input[i].imagePositionPatient?.[0]));

describe('buildStacks', () => {
  it('sorts along the normal whatever the input order, and states the lattice in LPS mm', () => {
    const input = sagittals([4.4, -4.4, 8.8, 0]);
    const [stack, ...others] = buildStacks(input);
    expect(others).toEqual([]);
    // Row × column of a plain sagittal points to the patient's right, so positions fall in x.
    expect(positionsOf(input, stack.slices)).toEqual([8.8, 4.4, 0, -4.4]);
    expect(stack.grid.size).toEqual([30, 20, 4]);
    expect(stack.grid.spacingMm[0]).toBe(0.6);
    expect(stack.grid.spacingMm[1]).toBe(0.7);
    expect(stack.grid.spacingMm[2]).toBeCloseTo(4.4, 9);
    expect(stack.grid.originMm).toEqual([8.8, -100, 120]);
    expect(stack.grid.axes[2]).toEqual([-1, 0, 0]);
    expect(stack.orientation).toEqual({ plane: 'sagittal', obliquityDeg: 0 });
    expect(stack.warnings).toEqual([]);
  });

  it('gives the same stacks for every order of the input (property)', () => {
    const unit = fc.tuple(
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(
        unit,
        fc.integer({ min: 2, max: 12 }),
        fc.double({ min: 0.5, max: 6, noNaN: true }),
        fc.infiniteStream(fc.nat()),
        ([a, b], n, step, stream) => {
          const row = normalise([0.4 * a, 1, 0.4 * b] as Vec3);
          const k = normalise(cross(row, [0.2 * b, 0, -1]));
          const column = cross(k, row);
          const input = Array.from({ length: n }, (_, i) =>
            slice(add([3, -80, 90], scale(k, i * step)), [...row, ...column]),
          );
          const order = input.map((s, i) => ({ s, i, key: stream.next().value as number }));
          order.sort((p, q) => p.key - q.key);
          const straight = buildStacks(input);
          const shuffled = buildStacks(order.map((o) => o.s));
          expect(straight).toHaveLength(1);
          expect(shuffled).toHaveLength(1);
          expect(straight[0].slices).toEqual(input.map((_, i) => i));
          expect(shuffled[0].slices.map((i) => order[i as number].i)).toEqual(straight[0].slices);
          expect(shuffled[0].grid).toEqual(straight[0].grid);
          expect(straight[0].grid.spacingMm[2]).toBeCloseTo(step, 6);
          expect(straight[0].tiltDeg).toBeLessThan(1e-4);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('leaves a hole where a middle slice is missing', () => {
    const input = sagittals([8, 4, -4, -8]);
    const [stack] = buildStacks(input);
    expect(positionsOf(input, stack.slices)).toEqual([8, 4, undefined, -4, -8]);
    expect(stack.missingCount).toBe(1);
    expect(stack.grid.spacingMm[2]).toBe(4);
    expect(codes(stack.warnings)).toEqual(['SLICES_MISSING']);
  });

  it('finds the missing one of three slices by the declared distance', () => {
    const [stack] = buildStacks(sagittals([4.4, -4.4]));
    expect(stack.slices).toEqual([0, undefined, 1]);
    expect(stack.grid.spacingMm[2]).toBeCloseTo(4.4, 9);
  });

  it('does not take the gap that some scanners write as SpacingBetweenSlices for the step', () => {
    const input = [8.8, 4.4, 0].map((x) => slice([x, 0, 0], SAGITTAL, { spacingBetweenSlicesMm: 0.4 }));
    expect(buildStacks(input)[0].missingCount).toBe(0);
  });

  it('keeps the first of several slices at one position', () => {
    const [stack] = buildStacks(sagittals([4, 0, 4, -4, 0]));
    expect(stack.slices).toEqual([0, 1, 3]);
    expect(stack.duplicates).toEqual([2, 4]);
    expect(codes(stack.warnings)).toEqual(['SLICES_DUPLICATED']);
  });

  it('splits mixed orientations, largest stack first', () => {
    const input = [slice([0, 0, 0], AXIAL), ...sagittals([4, 0, -4]), slice([0, 0, 0], CORONAL)];
    const stacks = buildStacks(input);
    expect(stacks.map((s) => [s.orientation?.plane, s.slices.length])).toEqual(
      [
        ['sagittal', 3],
        ['coronal', 1],
        ['axial', 1],
      ].sort((a, b) => (b[1] as number) - (a[1] as number)),
    );
    for (const stack of stacks) expect(codes(stack.warnings)).toContain('SLICES_MIXED_ORIENTATION');
  });

  it('splits axial blocks of one direction where the gap is no whole number of slices', () => {
    const input = [0, 4, 8, 26, 30, 34].map((z) => slice([0, 0, z], AXIAL));
    const stacks = buildStacks(input);
    expect(stacks.map((s) => s.slices)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    expect(codes(stacks[0].warnings)).toEqual(['SLICES_UNEVEN']);
  });

  it('parts two stations that share their planes', () => {
    const upper = sagittals([4, 0, -4]);
    const lower = upper.map((s) => slice(add(s.imagePositionPatient as unknown as Vec3, [0, 0, -200])));
    const stacks = buildStacks([...upper, ...lower]);
    expect(stacks.map((s) => s.slices.length)).toEqual([3, 3]);
    expect(stacks.flatMap((s) => s.duplicates)).toEqual([]);
  });

  it('parts slices of another matrix or spacing', () => {
    const other = slice([2, -100, 120], SAGITTAL, { rows: 64, columns: 64 });
    expect(buildStacks([...sagittals([4, 0, -4]), other]).map((s) => s.slices.length)).toEqual([3, 1]);
  });

  it('measures the tilt of a sheared stack and the offset of each slice', () => {
    const input = [0, 1, 2, 3].map((n) => slice([-4 * n, -100, 120 + 0.4 * n]));
    const [stack] = buildStacks(input);
    expect(stack.tiltDeg).toBeCloseTo((Math.atan2(0.4, 4) * 180) / Math.PI, 6);
    expect(stack.offsetsMm.map(([, down]) => Number(down.toFixed(6)))).toEqual(
      [0, -0.4, -0.8, -1.2].map((v) => v),
    );
    expect(codes(stack.warnings)).toEqual(['SLICES_TILTED']);
  });

  it('calls a steep stack oblique', () => {
    const a = (30 * Math.PI) / 180;
    const input = [0, 1].map((n) =>
      slice([0, -4 * n * Math.sin(a), 4 * n * Math.cos(a)], [1, 0, 0, 0, Math.cos(a), Math.sin(a)], {
        spacingBetweenSlicesMm: 4,
      }),
    );
    const [stack] = buildStacks(input);
    expect(stack.orientation?.plane).toBe('axial');
    expect(stack.orientation?.obliquityDeg).toBeCloseTo(30, 6);
    expect(codes(stack.warnings)).toEqual(['ORIENTATION_OBLIQUE']);
  });

  it('tells apart what is missing: direction, position, spacing', () => {
    const bare = (more: Partial<SliceGeometry>) =>
      codes(buildStacks([slice([0, 0, 0], SAGITTAL, more), slice([4, 0, 0], SAGITTAL, more)])[0].warnings);
    expect(bare({ imageOrientationPatient: undefined })).toEqual(['ORIENTATION_MISSING']);
    expect(bare({ imagePositionPatient: undefined })).toEqual(['POSITION_MISSING']);
    expect(bare({ pixelSpacing: undefined })).toEqual(['SPACING_MISSING']);
    expect(bare({ pixelSpacing: [0, 0.5] })).toEqual(['SPACING_MISSING']);
    expect(bare({ imageOrientationPatient: [0, 1, 0, 0, 1, 0] })).toEqual(['ORIENTATION_MISSING']);
    expect(bare({ imagePositionPatient: [0, Number.NaN, 0] })).toEqual(['POSITION_MISSING']);
    const [stack] = buildStacks([slice([0, 0, 0], SAGITTAL, { imageOrientationPatient: undefined })]);
    expect(stack.located).toBe(false);
    expect(stack.orientation).toBeUndefined();
  });

  it('takes one slice as a stack with its declared thickness', () => {
    const [stack] = buildStacks(sagittals([0]));
    expect(stack.grid.size[2]).toBe(1);
    expect(stack.grid.spacingMm[2]).toBe(4.4);
    expect(codes(stack.warnings)).toEqual(['SINGLE_SLICE']);
  });

  it('has no stacks for no slices', () => {
    expect(buildStacks([])).toEqual([]);
  });
});

describe('classifyNormal', () => {
  it('names the nearest anatomical plane in either direction', () => {
    expect(classifyNormal([-1, 0, 0])).toEqual({ plane: 'sagittal', obliquityDeg: 0 });
    expect(classifyNormal([0, 1, 0]).plane).toBe('coronal');
    expect(classifyNormal([0, 0.6, -0.8])).toMatchObject({ plane: 'axial' });
    expect(classifyNormal([0, 0.6, -0.8]).obliquityDeg).toBeCloseTo(36.87, 2);
  });
});
