/** What a codec must be able to decompress. `jpeg` is baseline, extended and progressive JPEG of 8 bits. */
export type CodecFamily = 'jpeg' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k';

/** What the header of a compressed frame declares. */
export interface CodedHeader<Family = CodecFamily> {
  readonly family: Family;
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
  readonly bitsPerSample: number;
  /** Only JPEG 2000 says so itself; false elsewhere. */
  readonly signed: boolean;
}

/** A frame as a codec gives it back. */
export interface DecodedImage {
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
  /** Samples of a pixel side by side, rows from the top; negative values in two's complement. */
  readonly data: Uint8Array | Uint16Array;
}

/**
 * Decompresses frames. The bytes are untrusted; their header was read, compared with the data set and held against
 * the limits before. An adapter must survive any bytes: whatever its codec does becomes a `Fault` (`MALFORMED`), and the
 * next call starts afresh.
 */
export interface CodecPort {
  decode(bytes: Uint8Array, header: CodedHeader): Promise<DecodedImage>;
}
