/** The port through which every image of a study is had: from our server (`dicomweb-images.ts`) or from local files. */
import type { AnatomicalPlane, Vec3 } from '@promontory/core/geometry';
import type { SeriesRole } from '@promontory/core/spine';

/** How one frame lies in the patient: PS3.3 C.7.6.2. LPS, mm. */
export interface ImagePlane {
  readonly rows: number;
  readonly columns: number;
  /** Centre of the first pixel. */
  readonly originMm: Vec3;
  /** Unit direction of increasing column. */
  readonly rowDirection: Vec3;
  /** Unit direction of increasing row. */
  readonly columnDirection: Vec3;
  /** `rowDirection × columnDirection`. */
  readonly normal: Vec3;
  /** Along increasing column, then along increasing row; 1 where `isSpacingKnown` is false. */
  readonly spacingMm: readonly [x: number, y: number];
  readonly isSpacingKnown: boolean;
  /** Whether the image says where it lies; if not, the place is nominal and no line may be drawn by it. */
  readonly isLocated: boolean;
  /** As stated; where it is not, the distance to the next slice. */
  readonly thicknessMm: number;
}

/** One image of a series. */
export interface FrameView {
  readonly sopInstanceUid: string;
  /** From 1, as DICOM counts. */
  readonly frame: number;
  readonly instanceNumber?: number;
  readonly plane: ImagePlane;
  /** The window that the object asks for, on modality values. */
  readonly window?: WindowRange;
}

/** Linear: `low` and below is black, `high` and above is white. */
export interface WindowRange {
  readonly low: number;
  readonly high: number;
}

/** What is scrolled through as one: a DICOM series, or one contrast or plane of it. */
export interface SeriesView {
  /** Unique in the study: the UID, and a number where a series came apart. */
  readonly id: string;
  readonly seriesInstanceUid: string;
  readonly seriesNumber?: number;
  /** Text of others. */
  readonly description: string;
  /** Which contrast or plane of its series, where it came apart: text of others. */
  readonly part?: string;
  readonly modality: string;
  /** Absent where the images do not say how they lie. */
  readonly plane?: AnatomicalPlane;
  /** By tags alone; a reading knows better (`roleBy`). */
  readonly role: SeriesRole;
  readonly isDerived: boolean;
  readonly isFatSuppressed: boolean;
  /** Places in two series can be compared only within one. */
  readonly frameOfReferenceUid?: string;
  /** In the order of reading: sagittal from the patient's right, axial from the head, coronal from the front. */
  readonly frames: readonly FrameView[];
  /** Distance between the centres of neighbouring slices, mm; absent for a single slice and for blocks that differ. */
  readonly stepMm?: number;
}

/** Pixels of a frame. */
export interface PixelFrame {
  readonly rows: number;
  readonly columns: number;
  /** Modality values (slope and intercept applied), row by row; of colour its brightness. */
  readonly values: Int16Array | Float32Array;
  /** Of `values`. */
  readonly min: number;
  readonly max: number;
  /** MONOCHROME1: low values are bright. */
  readonly isInverted: boolean;
  /** Red, green, blue of a colour image. */
  readonly rgb?: Uint8Array;
}

export interface StudyFacts {
  /** PN as it stands: show it by `personName`. */
  readonly patientName: string;
  readonly patientId: string;
  /** DA, `YYYYMMDD`. */
  readonly patientBirthDate?: string;
  readonly patientSex?: string;
  readonly studyDate?: string;
  readonly studyTime?: string;
  readonly description: string;
}

/** Smaller comes first. */
export const Priority = { visible: 0, neighbour: 1, rest: 2 } as const;
export type Priority = (typeof Priority)[keyof typeof Priority];

export interface FrameWish {
  readonly priority?: Priority;
  /** Aborting drops the wish; the frame is still loaded if others wish for it. */
  readonly signal?: AbortSignal;
}

export interface StudyImages {
  readonly studyInstanceUid: string;
  readonly facts: StudyFacts;
  readonly series: readonly SeriesView[];
  /** Instances that are no images: reports, segmentations, presentation states. */
  readonly otherCount: number;
  /**
   * @param frame from 1
   * @throws ServerRefusal, ServerUnreachable, Fault (damaged pixels), AbortError
   */
  frame(sopInstanceUid: string, frame: number, wish?: FrameWish): Promise<PixelFrame>;
  /** Where it is at hand already. */
  loaded(sopInstanceUid: string, frame: number): PixelFrame | undefined;
  /** Address of a small picture of the image, where there is one without loading its pixels. */
  thumbnail?(series: SeriesView, frame: FrameView, widthPx: number): string | undefined;
  /** Drops what is asked for and what is kept. */
  close(): void;
}
