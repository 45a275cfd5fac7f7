/** Tolerances leave a warning code (house style 6). New codes are added here and explained in docs/warnings.md. */
export type WarningCode =
  | 'SPACING_IMPLAUSIBLE'
  | 'SPACING_MISSING'
  | 'ORIENTATION_MISSING'
  | 'ORIENTATION_OBLIQUE'
  | 'POSITION_MISSING'
  | 'SLICES_MISSING'
  | 'SLICES_DUPLICATED'
  | 'SLICES_MIXED_ORIENTATION'
  | 'SLICES_TILTED'
  | 'SLICES_UNEVEN'
  | 'SLICE_UNREADABLE'
  | 'SLICE_CONSTANT'
  | 'SERIES_UNREADABLE'
  | 'FILE_SKIPPED'
  | 'FILE_TRUNCATED'
  | 'CHARACTER_SET_UNKNOWN'
  | 'VALUE_MALFORMED'
  | 'LENGTH_MISMATCH'
  /** The bytes break a rule of DICOM's structure in a way that leaves no doubt about their meaning. */
  | 'STRUCTURE_TOLERATED'
  | 'PREAMBLE_MISSING'
  | 'TRANSFER_SYNTAX_GUESSED'
  | 'SERIES_ROLE_GUESSED'
  | 'SINGLE_SLICE'
  | 'T2_MISSING'
  | 'T1_MISSING'
  | 'SACRUM_NOT_SEEN'
  | 'NUMBERING_UNCERTAIN'
  | 'TRANSITIONAL_SUSPECTED'
  | 'FIELD_OF_VIEW_SHORT'
  | 'SEGMENTATION_IMPLAUSIBLE'
  | 'IMAGE_QUALITY_LOW'
  | 'OUT_OF_DISTRIBUTION'
  | 'ORIENTATION_FLIPPED';

export interface Warning {
  readonly code: WarningCode;
  /** One sentence for a person, without patient data. */
  readonly message: string;
  /** SeriesInstanceUID or file position the warning is about, where there is one. */
  readonly subject?: string;
}
