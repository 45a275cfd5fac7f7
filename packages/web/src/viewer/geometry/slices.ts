/** Which slice of a series shows a place, a disc, or what another pane shows. */
import {
  add,
  anglePlanesDeg,
  axialSlicesAtDisc,
  type DiscPlace,
  dot,
  type Grid,
  subtract,
  type Vec3,
} from '@promontory/core/geometry';
import {
  type FrameView,
  type ImagePlane,
  patientToPixel,
  planeCentre,
  type SeriesView,
} from '../../images/index.ts';

export interface SlicePlace {
  /** In the series' frames. */
  readonly index: number;
  /** Signed distance of the place from the slice's middle, mm along its normal. */
  readonly offMm: number;
  /** The place lies within the slice's thickness (or its share of the gap to the next) and its rectangle. */
  readonly isWithin: boolean;
}

/**
 * The slice that passes nearest to a point: of those whose rectangle holds the foot of its perpendicular, else of all.
 * Right for stacks in blocks of different angle and for gaps, since every slice is asked for its own plane.
 */
export function sliceAtPoint(series: SeriesView, point: Vec3): SlicePlace | undefined {
  let best: (SlicePlace & { readonly isInside: boolean }) | undefined;
  series.frames.forEach(({ plane }, index) => {
    if (!plane.isLocated) return;
    const { column, row, offMm } = patientToPixel(plane, point);
    const isInside =
      column >= -0.5 && row >= -0.5 && column <= plane.columns - 0.5 && row <= plane.rows - 0.5;
    const reach = Math.max(plane.thicknessMm, series.stepMm ?? 0) / 2;
    const isWithin = isInside && Math.abs(offMm) <= reach + 1e-6;
    const isBetter =
      best === undefined ||
      (isInside !== best.isInside ? isInside : Math.abs(offMm) < Math.abs(best.offMm) - 1e-9);
    if (isBetter) best = { index, offMm, isWithin, isInside };
  });
  return best && { index: best.index, offMm: best.offMm, isWithin: best.isWithin };
}

export interface DiscSlices {
  /** The slice that passes the disc best. */
  readonly best?: number;
  /** All that pass it, in the series' order. */
  readonly passing: readonly number[];
}

/** Slices of an axial series at a disc; none pass where the series is not axial there. */
export function slicesAtDisc(series: SeriesView, disc: DiscPlace): DiscSlices {
  const slices = series.frames.map(({ plane }) => ({
    grid: gridOf(plane),
    k: 0,
    thicknessMm: plane.thicknessMm,
  }));
  const passes = axialSlicesAtDisc(disc, slices).filter(({ passes: does }) => does);
  const best = passes[0]?.index;
  return {
    ...(best !== undefined && { best }),
    passing: passes.map(({ index }) => index).sort((a, b) => a - b),
  };
}

/** One slice as a lattice of its own. */
function gridOf(plane: ImagePlane): Grid {
  return {
    size: [plane.columns, plane.rows, 1],
    spacingMm: [plane.spacingMm[0], plane.spacingMm[1], plane.thicknessMm],
    originMm: plane.originMm,
    axes: [plane.rowDirection, plane.columnDirection, plane.normal],
  };
}

/** Steeper than this to each other two slices do not show the same anatomy. */
const ALIKE_DEG = 30;

/**
 * The slice of `other` that lies where `frame` lies: by the distance of planes through the frame's middle.
 * `shiftMm` leads from the frame's study to the other's (a prior, registered by its level).
 * @returns `undefined` where the two do not run alike or the place lies outside of the other stack
 */
export function correspondingFrame(
  frame: FrameView,
  other: SeriesView,
  shiftMm: Vec3 = [0, 0, 0],
): number | undefined {
  if (!frame.plane.isLocated) return undefined;
  const centre = add(planeCentre(frame.plane), shiftMm);
  let best: { index: number; off: number } | undefined;
  other.frames.forEach(({ plane }, index) => {
    if (!plane.isLocated) return;
    const angle = anglePlanesDeg(asPlane(plane), asPlane(frame.plane));
    if (angle > ALIKE_DEG) return;
    const off = Math.abs(dot(subtract(centre, planeCentre(plane)), plane.normal));
    if (best === undefined || off < best.off - 1e-9) best = { index, off };
  });
  if (best === undefined) return undefined;
  const reach = Math.max(other.frames[best.index].plane.thicknessMm, other.stepMm ?? 0);
  return best.off <= reach ? best.index : undefined;
}

const asPlane = (plane: ImagePlane) => ({ pointMm: plane.originMm, normal: plane.normal });

/** Whether places of the two can be compared: one frame of reference (PS3.3 C.7.4.1), and both say where they lie. */
export function areLinked(a: SeriesView, b: SeriesView): boolean {
  if (a.frameOfReferenceUid === undefined || a.frameOfReferenceUid !== b.frameOfReferenceUid) return false;
  return [a, b].every((series) => series.frames.some(({ plane }) => plane.isLocated));
}
