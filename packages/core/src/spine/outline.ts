import type { Vec3 } from '../geometry/index.ts';
import type { DiscLabel, VertebraLabel } from './levels.ts';

/** A point in a sagittal plane, mm: `u` grows towards the back (posterior), `v` grows towards the feet. */
export type PlanePoint = readonly [u: number, v: number];

/** A sagittal plane in patient space: `positionMm = originMm + u·uAxis + v·vAxis` (LPS, unit axes). */
export interface SagittalPlane {
  readonly originMm: Vec3;
  readonly uAxis: Vec3;
  readonly vAxis: Vec3;
}

/** A closed polygon (first point not repeated), mm in plane coordinates, any orientation, sub-pixel. */
export type Polygon = readonly PlanePoint[];

/** What the segmentation and the numbering hand to the measurements: named outlines in one sagittal plane. */
export interface SpineOutline {
  readonly plane: SagittalPlane;
  /** False where the pixel size is unknown or implausible: then u and v are in arbitrary units, only ratios and angles hold. */
  readonly millimetresValid: boolean;
  /** In-plane pixel size of the source image, mm: the floor of every uncertainty. */
  readonly pixelMm: number;
  /** Vertebral bodies, head to feet, S1 last where it is seen. */
  readonly bodies: readonly {
    readonly label: VertebraLabel;
    readonly outline: Polygon;
    readonly cutByImageEdge?: boolean;
  }[];
  /** Discs, head to feet. */
  readonly discs: readonly {
    readonly label: DiscLabel;
    readonly outline: Polygon;
    readonly cutByImageEdge?: boolean;
  }[];
  /** Dural sac (with cord), one closed outline, where seen. */
  readonly sac?: Polygon;
  /** Canal, from the bodies and discs to the flavum and laminae, where it is outlined apart from the sac. */
  readonly canal?: Polygon;
  /** Sacral bodies below S1, one outline for each that is told apart. */
  readonly sacrum?: readonly Polygon[];
  /** Spinous processes, laminae and articular processes in the plane. */
  readonly posterior?: readonly Polygon[];
  /** Cord down to the conus, where seen. */
  readonly cord?: Polygon;
}
