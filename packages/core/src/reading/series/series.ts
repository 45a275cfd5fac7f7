import type { Warning } from '../../fault/index.ts';
import type { AxisMapping, Grid, PlaneOrientation, Volume } from '../../geometry/index.ts';
import type { SeriesRole } from '../../spine/index.ts';
import type { Acquisition } from './acquisition.ts';

/** The pixels of one stack. */
export interface LoadedVolume {
  /** Modality values on `SeriesStack.grid`; slices that are missing or unreadable are zero. */
  readonly volume: Volume<Float32Array>;
  /** For every slice of the grid whether it came from the input. */
  readonly present: readonly boolean[];
  /** `SLICE_UNREADABLE`, `SLICE_CONSTANT`, and what decoding left. */
  readonly warnings: readonly Warning[];
}

/** Parallel slices of a series. */
export interface SeriesStack {
  /**
   * LPS mm, slices sorted by position. Sagittal stacks are turned (never interpolated) so that columns run to the back,
   * rows to the feet and slices from the patient's left to the right; others keep their stored axes.
   */
  readonly grid: Grid;
  /** From the stored axes to those of `grid`; `invertMapping` leads back to the order in which the file stores them. */
  readonly mapping: AxisMapping;
  readonly orientation: PlaneOrientation | undefined;
  /** Whether position and orientation in the patient are known. */
  readonly located: boolean;
  readonly sliceThicknessMm: number | undefined;
  /** Slices of `grid` that the input lacks. */
  readonly missingSlices: readonly number[];
}

/** One series of a study, or one contrast of a series that holds several (echoes, water and fat). */
export interface LoadedSeries {
  readonly seriesInstanceUid: string;
  /** What tells this contrast from others of the same series; `undefined` where the series has one. */
  readonly part: string | undefined;
  readonly role: SeriesRole;
  /** In words. */
  readonly roleReason: string;
  /** Whether tags were missing and the role was inferred; `SERIES_ROLE_GUESSED` stands in `warnings`. */
  readonly roleGuessed: boolean;
  /** Largest first; every series has one. Localisers and disc-parallel axial series have several. */
  readonly stacks: readonly SeriesStack[];
  /** Of the largest stack. */
  readonly grid: Grid;
  /** Whether lengths may be taken from `grid`; ratios always may. */
  readonly millimetresValid: boolean;
  /**
   * Pixel size along columns and rows to bring the image to a scale with: that of `grid` where millimetres are valid,
   * else nominal, from a usual field of view. Never a source of lengths.
   */
  readonly workingSpacingMm: readonly [number, number];
  readonly acquisition: Acquisition | undefined;
  readonly fatSuppressed: boolean;
  readonly threeD: boolean;
  /** Projections, subtractions, maps, screen copies: not to be measured. */
  readonly derived: boolean;
  readonly description: string | undefined;
  readonly bodyPart: string | undefined;
  readonly seriesNumber: number | undefined;
  readonly frameOfReferenceUid: string | undefined;
  readonly fieldStrengthT: number | undefined;
  readonly manufacturer: string | undefined;
  readonly manufacturerModel: string | undefined;
  /** Indices of the inputs that make up the series, ascending, for hashing. */
  readonly inputs: readonly number[];
  readonly warnings: readonly Warning[];
  /**
   * Decodes the pixels of a stack (default: the largest). Slices that cannot be decoded are left out with a warning.
   * @throws the first slice's Fault if no slice can be decoded; RangeError for a stack that is not there.
   */
  loadVolume(stack?: number): Promise<LoadedVolume>;
}

/** One study of one patient. */
export interface LoadedStudy {
  readonly studyInstanceUid: string | undefined;
  readonly patientSex: 'F' | 'M' | 'O' | undefined;
  readonly patientAgeYears: number | undefined;
  /** By series number, then UID, then part. */
  readonly series: readonly LoadedSeries[];
  /** About files that belong to no series, and about the study; each series has its own. */
  readonly warnings: readonly Warning[];
}
