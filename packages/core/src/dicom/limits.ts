/** Caps on what a file may ask of its reader (docs: reliability rows 3, 5 and 6). Every one can be lowered by the caller. */
export interface Limits {
  /** Sequences within sequences. */
  readonly maxDepth: number;
  /** Elements, items and fragments of one file together. */
  readonly maxElements: number;
  /** Bytes that a deflated data set may become. */
  readonly maxInflatedBytes: number;
  /** Output over input, judged while inflating, once the output has passed `inflateFloorBytes`. */
  readonly maxInflateRatio: number;
  /** Output below this size is never refused for its ratio: constant images deflate very well. */
  readonly inflateFloorBytes: number;
}

export const DEFAULT_LIMITS: Limits = {
  maxDepth: 64,
  // An enhanced multi-frame object of 5,000 frames has about as many; at worst they take some 200 MB.
  maxElements: 500_000,
  maxInflatedBytes: 2 ** 30,
  maxInflateRatio: 200,
  inflateFloorBytes: 4 * 2 ** 20,
};
