/** What decoding may cost, whatever the data set declares. */
export interface PixelLimits {
  /** Pixels of one frame. */
  readonly maxFramePixels: number;
  /** Pixels of all frames that `decodeFrames` decodes at once. */
  readonly maxTotalPixels: number;
}

/** A mammogram has 24 million pixels; a lumbar MR frame one at most. */
export const DEFAULT_PIXEL_LIMITS: PixelLimits = { maxFramePixels: 2 ** 25, maxTotalPixels: 2 ** 27 };
