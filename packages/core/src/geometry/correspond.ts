import { type Grid, toIndex, toPatient } from './grid.ts';
import { anglePlanesDeg, type Plane, pointPlaneDistanceMm } from './plane.ts';
import { dot, type Vec3 } from './vec3.ts';

/** The plane of slice `k` of a grid; its point is the centre of the image. */
export function slicePlane(grid: Grid, k: number): Plane {
  const centre: Vec3 = [(grid.size[0] - 1) / 2, (grid.size[1] - 1) / 2, k];
  return { pointMm: toPatient(grid, centre), normal: grid.axes[2] };
}

/** A slice of another stack that shows the same place. */
export interface SliceMatch {
  /** Index in the other stack. */
  readonly index: number;
  /** Signed distance from the other slice to the point asked for, along the other slice's normal, mm. */
  readonly offsetMm: number;
  /** Angle between the two slices. */
  readonly angleDeg: number;
}

/** Above this angle two slices do not show the same anatomy and are not matched. */
const MATCHING_ANGLE_DEG = 30;

/**
 * The slice of `other` that corresponds to slice `k` of `grid` by their places in the patient, e.g. of a T1 stack to
 * that of a T2 stack. `aboutMm` is the place of interest (LPS); without it the image centre of slice `k`.
 * `undefined` if the stacks are not alike in direction (to 30°) or the place lies more than half a slice outside.
 * Both grids must stand in one frame of reference.
 */
export function correspondingSlice(
  grid: Grid,
  k: number,
  other: Grid,
  aboutMm?: Vec3,
): SliceMatch | undefined {
  const plane = slicePlane(grid, k);
  const angle = anglePlanesDeg(plane, { pointMm: other.originMm, normal: other.axes[2] });
  if (angle > MATCHING_ANGLE_DEG) return undefined;
  return nearestSlice(aboutMm ?? plane.pointMm, other, angle);
}

/** The slice of a stack that passes nearest to a point (LPS mm), or `undefined` more than half a slice outside. */
export function sliceThroughPoint(pointMm: Vec3, grid: Grid): SliceMatch | undefined {
  return nearestSlice(pointMm, grid, 0);
}

function nearestSlice(pointMm: Vec3, grid: Grid, angle: number): SliceMatch | undefined {
  const exact = toIndex(grid, pointMm)[2];
  const index = Math.round(exact);
  const nearest = Math.min(grid.size[2] - 1, Math.max(0, index));
  if (Math.abs(exact - nearest) > 0.5 + 1e-6) return undefined;
  return {
    index: nearest,
    offsetMm: pointPlaneDistanceMm(pointMm, slicePlane(grid, nearest)),
    angleDeg: angle,
  };
}

/** A disc as a flat cylinder. */
export interface DiscPlace {
  readonly centreMm: Vec3;
  /** Unit normal of the mid-plane of the disc. */
  readonly normal: Vec3;
  /** Height between the endplates at the centre. */
  readonly heightMm: number;
}

/** An axial slice with its thickness and the rectangle that it shows. */
export interface AxialSlice {
  /** One slice: `grid.size[2]` is not looked at, slice `k` is meant. */
  readonly grid: Grid;
  readonly k: number;
  readonly thicknessMm: number;
}

export interface DiscPass {
  /** Index in the list of slices asked about. */
  readonly index: number;
  /** Distance of the disc centre from the slice's middle plane along its normal, mm; positive towards increasing slice. */
  readonly offsetMm: number;
  /** Angle between slice and disc. */
  readonly angleDeg: number;
  /** Whether the slice, as thick as it is, meets the disc on the disc's axis. */
  readonly passes: boolean;
}

/**
 * Which axial slices pass a disc. A slice passes if its slab meets the disc's axis between the endplates and the disc
 * centre lies inside its rectangle. Slices steeper than 45° to the disc never pass. Those that pass come first, the one
 * nearest to the disc centre at the front, of equals the more parallel one.
 */
export function axialSlicesAtDisc(disc: DiscPlace, slices: readonly AxialSlice[]): DiscPass[] {
  const discPlane: Plane = { pointMm: disc.centreMm, normal: disc.normal };
  return slices
    .map(({ grid, k, thicknessMm }, index): DiscPass => {
      const plane = slicePlane(grid, k);
      const offsetMm = pointPlaneDistanceMm(disc.centreMm, plane);
      const angle = anglePlanesDeg(plane, discPlane);
      const reach = thicknessMm / 2 + (disc.heightMm / 2) * Math.abs(dot(plane.normal, disc.normal));
      const [i, j] = toIndex(grid, disc.centreMm);
      const inside = i >= -0.5 && j >= -0.5 && i <= grid.size[0] - 0.5 && j <= grid.size[1] - 0.5;
      return {
        index,
        offsetMm,
        angleDeg: angle,
        passes: inside && angle <= 45 && Math.abs(offsetMm) <= reach,
      };
    })
    .sort((a, b) => {
      if (a.passes !== b.passes) return a.passes ? -1 : 1;
      return Math.abs(a.offsetMm) - Math.abs(b.offsetMm) || a.angleDeg - b.angleDeg || a.index - b.index;
    });
}
