import { readOrientation } from './orientation.ts';
import type { Vec3 } from './vec3.ts';

/** What a slice says of its place, as plain values of the DICOM attributes of the same names (PS3.3 C.7.6.2). */
export interface SliceGeometry {
  /** Centre of the first pixel, LPS mm. */
  readonly imagePositionPatient?: readonly number[] | undefined;
  /** Cosines of the row direction (increasing column), then of the column direction (increasing row). */
  readonly imageOrientationPatient?: readonly number[] | undefined;
  /** Between rows, then between columns, mm. */
  readonly pixelSpacing?: readonly number[] | undefined;
  readonly rows: number;
  readonly columns: number;
  readonly sliceThicknessMm?: number | undefined;
  /** Between slice centres, mm. */
  readonly spacingBetweenSlicesMm?: number | undefined;
}

/** A slice with its values checked; `index` is its place in the input. */
export interface LocatedSlice {
  readonly index: number;
  readonly originMm: Vec3;
  readonly axes: readonly [Vec3, Vec3, Vec3];
  /** Along column index and row index, mm; 1 where `spacingKnown` is false. */
  readonly spacingMm: readonly [number, number];
  readonly spacingKnown: boolean;
  readonly oriented: boolean;
  readonly rows: number;
  readonly columns: number;
  /** Distance between slice centres as declared; `undefined` where it is absent or makes no sense. */
  readonly declaredStepMm: number | undefined;
}

/** Directions of a sagittal slice as it is shown: rows run to the back, columns to the feet. Stands in where none are stated. */
const NOMINAL: [Vec3, Vec3, Vec3] = [
  [0, 1, 0],
  [0, 0, -1],
  [-1, 0, 0],
];

const positive = (x: number | undefined): x is number => x !== undefined && Number.isFinite(x) && x > 0;

/** Parts slices with a position and a direction from those without. The former come in a fixed order of their values. */
export function locateSlices(slices: readonly SliceGeometry[]): {
  located: LocatedSlice[];
  unlocated: LocatedSlice[];
} {
  const located: LocatedSlice[] = [];
  const unlocated: LocatedSlice[] = [];
  slices.forEach((slice, index) => {
    const axes = readOrientation(slice.imageOrientationPatient);
    const origin = readPosition(slice.imagePositionPatient);
    const [betweenRows, betweenColumns] = slice.pixelSpacing ?? [];
    const spacingKnown = positive(betweenRows) && positive(betweenColumns);
    const entry: LocatedSlice = {
      index,
      originMm: origin ?? [0, 0, 0],
      axes: axes ?? NOMINAL,
      spacingMm: spacingKnown ? [betweenColumns, betweenRows] : [1, 1],
      spacingKnown,
      oriented: axes !== undefined,
      rows: slice.rows,
      columns: slice.columns,
      declaredStepMm: declaredStep(slice),
    };
    (axes !== undefined && origin !== undefined ? located : unlocated).push(entry);
  });
  // A fixed order makes the grouping, and which of its members is a group's reference, independent of the input's order.
  located.sort((a, b) => compareValues(a, b) || a.index - b.index);
  return { located, unlocated };
}

function readPosition(position: readonly number[] | undefined): Vec3 | undefined {
  if (position?.length !== 3 || !position.every(Number.isFinite)) return undefined;
  return [position[0], position[1], position[2]];
}

/**
 * SpacingBetweenSlices; but some scanners write the gap between slices there, far below the thickness: then, and where
 * it is absent, the thickness. Overlapping slices of 3-D acquisitions are spaced by half their thickness, not less.
 */
function declaredStep(slice: SliceGeometry): number | undefined {
  const thickness = positive(slice.sliceThicknessMm) ? slice.sliceThicknessMm : undefined;
  const step = positive(slice.spacingBetweenSlicesMm) ? slice.spacingBetweenSlicesMm : undefined;
  if (step !== undefined && thickness !== undefined && step < 0.4 * thickness) return thickness;
  return step ?? thickness;
}

function compareValues(a: LocatedSlice, b: LocatedSlice): number {
  for (let axis = 0; axis < 2; axis++) {
    for (let c = 0; c < 3; c++) {
      const difference = a.axes[axis][c] - b.axes[axis][c];
      if (difference !== 0) return difference;
    }
  }
  for (let c = 0; c < 3; c++) {
    const difference = a.originMm[c] - b.originMm[c];
    if (difference !== 0) return difference;
  }
  return a.rows - b.rows || a.columns - b.columns || a.spacingMm[0] - b.spacingMm[0];
}
