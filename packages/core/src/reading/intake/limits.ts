/** What an input may cost. */
export interface InputLimits {
  /** Files of the folders and entries of the archives together. */
  readonly maxFiles: number;
  /** A larger file is not read beyond its head. */
  readonly maxFileBytes: number;
  /** Bytes of all images together; they are held in memory. */
  readonly maxTotalBytes: number;
}

/** A lumbar study has 20 to 200 MB; an enhanced object of 1,000 frames of 512² words has 512 MiB. */
export const DEFAULT_INPUT_LIMITS: InputLimits = {
  maxFiles: 50_000,
  maxFileBytes: 2 ** 29,
  maxTotalBytes: 2 ** 31,
};

/** By so many bytes a file tells what it is. */
export const HEAD_BYTES = 64 << 10;
