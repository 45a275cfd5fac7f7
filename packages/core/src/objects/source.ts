import type { DataSet } from '../dicom/index.ts';

/** The images that derived objects are of, as their data sets tell (pixel data is not needed). */
export interface SourceStudy {
  readonly studyInstanceUid: string;
  /** A data set of the study: Patient and Study modules of what is made are copied from it. */
  readonly attributes: DataSet;
  readonly series: readonly SourceSeries[];
}

export interface SourceSeries {
  readonly seriesInstanceUid: string;
  readonly modality: string | undefined;
  readonly frameOfReferenceUid: string | undefined;
  /** By instance number, then UID. */
  readonly instances: readonly SourceInstance[];
}

export interface SourceInstance {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly rows: number | undefined;
  readonly columns: number | undefined;
  /** In the order of the frames; one of a single-frame image. */
  readonly frames: readonly SourceFrame[];
}

/** Place of a frame in the patient, LPS mm; absent where the image does not say. */
export interface SourceFrame {
  /** Image Position (Patient): the centre of the first pixel. */
  readonly positionMm?: readonly [number, number, number];
  /** Image Orientation (Patient): unit vectors along a row, then along a column. */
  readonly orientation?: readonly [number, number, number, number, number, number];
  /** Pixel Spacing: between rows, then between columns. */
  readonly spacingMm?: readonly [number, number];
}
