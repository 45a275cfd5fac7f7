/** Planes and stacks for tests: any direction, any place. */
import { add, cross, normalise, scale, type Vec3 } from '@promontory/core/geometry';
import * as fc from 'fast-check';
import type { ImagePlane, SeriesView } from '../../images/index.ts';

const component = fc.double({ min: -1, max: 1, noNaN: true });
const anyDirection = fc
  .tuple(component, component, component)
  .filter((v) => Math.hypot(...v) > 0.2)
  .map((v) => normalise(v as Vec3));
export const anyPoint = fc.tuple(
  fc.double({ min: -200, max: 200, noNaN: true }),
  fc.double({ min: -200, max: 200, noNaN: true }),
  fc.double({ min: -200, max: 200, noNaN: true }),
) as fc.Arbitrary<Vec3>;

export function planeAlong(
  rowDirection: Vec3,
  columnDirection: Vec3,
  change: Partial<ImagePlane> = {},
): ImagePlane {
  return {
    rows: 200,
    columns: 160,
    originMm: [0, 0, 0],
    rowDirection,
    columnDirection,
    normal: cross(rowDirection, columnDirection),
    spacingMm: [1, 1],
    isSpacingKnown: true,
    isLocated: true,
    thicknessMm: 4,
    ...change,
  };
}

export const anyPlane: fc.Arbitrary<ImagePlane> = fc
  .record({
    a: anyDirection,
    b: anyDirection,
    originMm: anyPoint,
    columns: fc.integer({ min: 2, max: 512 }),
    rows: fc.integer({ min: 2, max: 512 }),
    x: fc.double({ min: 0.2, max: 3, noNaN: true }),
    y: fc.double({ min: 0.2, max: 3, noNaN: true }),
    thicknessMm: fc.double({ min: 0.5, max: 10, noNaN: true }),
  })
  .filter(({ a, b }) => Math.hypot(...cross(a, b)) > 0.2)
  .map(({ a, b, originMm, columns, rows, x, y, thicknessMm }) => {
    const normal = normalise(cross(a, b));
    return planeAlong(a, cross(normal, a), {
      originMm,
      columns,
      rows,
      spacingMm: [x, y],
      thicknessMm,
      normal,
    });
  });

/** `count` slices `stepMm` apart; `driftMm` moves each in its own plane: a stack that is tilted. */
export function stackOf(
  first: ImagePlane,
  count: number,
  stepMm: number,
  driftMm = 0,
  change: Partial<SeriesView> = {},
): SeriesView {
  return {
    id: '1.2',
    seriesInstanceUid: '1.2',
    description: '',
    modality: 'MR',
    role: 'other',
    isDerived: false,
    isFatSuppressed: false,
    frameOfReferenceUid: '1.9',
    stepMm: Math.abs(stepMm),
    frames: Array.from({ length: count }, (_, k) => ({
      sopInstanceUid: `1.2.${k + 1}`,
      frame: 1,
      plane: {
        ...first,
        originMm: add(
          add(first.originMm, scale(first.normal, k * stepMm)),
          scale(first.columnDirection, k * driftMm),
        ),
      },
    })),
    ...change,
  };
}
