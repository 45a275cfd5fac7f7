import {
  AXIAL_AXES,
  type AxisMapping,
  classifyNormal,
  type Grid,
  mappingTowards,
  reorientGrid,
  SAGITTAL_AXES,
  type Stack,
} from '../../geometry/index.ts';
import type { SeriesStack } from './series.ts';

const UNCHANGED: AxisMapping = { from: [0, 1, 2], flip: [false, false, false] };
/** From this ratio on the largest voxel side is the slice direction; volumes nearer to cubes can be cut anywhere. */
const SLICED = 1.3;

/** Turns a DICOM stack as `SeriesStack.grid` promises. The slice axis stays. */
export function placeStack(stack: Stack, sliceThicknessMm: number | undefined): SeriesStack {
  const sagittal = stack.orientation === undefined || stack.orientation.plane === 'sagittal';
  const mapping = sagittal ? mappingTowards(stack.grid, SAGITTAL_AXES, true) : UNCHANGED;
  const last = stack.grid.size[2] - 1;
  return {
    grid: reorientGrid(stack.grid, mapping),
    mapping,
    orientation: stack.orientation,
    located: stack.located,
    sliceThicknessMm,
    missingSlices: stack.slices
      .flatMap((slice, k) => (slice === undefined ? [mapping.flip[2] ? last - k : k] : []))
      .sort((a, b) => a - b),
  };
}

/**
 * Finds how a volume without acquisition was cut: across its longest voxel side, or, where voxels are nearly cubes,
 * sagittally, since then any cut is as good.
 */
export function placeVolume(grid: Grid, located: boolean): SeriesStack {
  const [first, second] = [0, 1, 2].sort((a, b) => grid.spacingMm[b] - grid.spacingMm[a]);
  const oneSlice = grid.size.findIndex((n, a) => n === 1 && grid.size.some((m, b) => b !== a && m > 1));
  const sliced = grid.spacingMm[first] >= SLICED * grid.spacingMm[second];
  const across = oneSlice >= 0 ? oneSlice : sliced ? first : undefined;
  const plane = across === undefined ? 'sagittal' : classifyNormal(grid.axes[across]).plane;
  const wanted = plane === 'axial' ? AXIAL_AXES : SAGITTAL_AXES;
  const mapping = plane === 'coronal' ? UNCHANGED : mappingTowards(grid, wanted);
  const placed = reorientGrid(grid, mapping);
  return {
    grid: placed,
    mapping,
    orientation: plane === 'coronal' ? classifyNormal(grid.axes[across!]) : classifyNormal(placed.axes[2]),
    located,
    sliceThicknessMm: placed.spacingMm[2],
    missingSlices: [],
  };
}
