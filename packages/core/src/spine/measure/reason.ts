/** Why a measurement is absent; the codes that stand in `notMeasured`. */
export const REASONS = {
  /** The pixel size is unknown or implausible, so millimetres mean nothing. */
  spacing: 'spacing-implausible',
  /** The structure runs out of the image. */
  cut: 'cut-by-image-edge',
  /** The structure, or a neighbour that the measurement needs, was not found. */
  notSeen: 'not-seen',
  /** The structure is not outlined by the models in use. */
  notSegmented: 'not-segmented',
  /** The outline has no four readable sides. */
  notReadable: 'outline-not-readable',
  /** The measurement does not exist for this structure (heights of the sacrum). */
  notApplicable: 'not-applicable',
  /** It was read from the pixels within an outline that a person has drawn anew since. */
  outlineEdited: 'outline-edited',
  /** Its uncertainty is as large as its value. */
  tooUncertain: 'too-uncertain-to-measure',
  needsT2: 'needs-T2',
  needsT1: 'needs-T1',
  needsAxial: 'needs-axial-T2',
  /** The reference signal (CSF or fat) could not be found in the image. */
  noReference: 'no-reference-signal',
} as const;
export type MeasureReason = (typeof REASONS)[keyof typeof REASONS];

/** A result, or why there is none. */
export type Outcome<T> = { readonly found: T } | { readonly reason: MeasureReason };

export const found = <T>(value: T): Outcome<T> => ({ found: value });
export const absent = (reason: MeasureReason): { readonly reason: MeasureReason } => ({ reason });
