import type { Vec3 } from '@promontory/core/geometry';

/** What a pane shows at this moment: everything that is drawn over an image is drawn through it. Canvas points are CSS px. */
export interface PaneProjection {
  readonly paneId: string;
  readonly seriesInstanceUid: string;
  /** Of the image shown; undefined in a reformatted plane, to which no mark can be bound. */
  readonly sopInstanceUid?: string;
  readonly frame: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** The plane shown: a point of it, its unit normal, how thick it is. LPS, mm. */
  readonly planePointMm: Vec3;
  readonly planeNormal: Vec3;
  readonly thicknessMm: number;
  /** Larger side of a pixel of the image, mm; absent where the image does not say, or the plane is reformatted. */
  readonly pixelMm?: number;
  /** The image's modality value at a point of the plane; absent beside the image or while it is not loaded. */
  valueAt?(point: Vec3): number | undefined;
  /** CSS px per mm. */
  readonly pxPerMm: number;
  toCanvas(point: Vec3): readonly [x: number, y: number];
  toPatient(x: number, y: number): Vec3;
}
