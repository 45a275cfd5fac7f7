/** Transfer syntaxes, PS3.5 section 10 and annex A. */

/** How elements are written: the part of a transfer syntax that the data-set reader must know. */
export interface Encoding {
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
}

export const EXPLICIT_LITTLE: Encoding = { explicitVr: true, littleEndian: true };
export const IMPLICIT_LITTLE: Encoding = { explicitVr: false, littleEndian: true };
export const EXPLICIT_BIG: Encoding = { explicitVr: true, littleEndian: false };

export const TransferSyntax = {
  ImplicitVRLittleEndian: '1.2.840.10008.1.2',
  ExplicitVRLittleEndian: '1.2.840.10008.1.2.1',
  DeflatedExplicitVRLittleEndian: '1.2.840.10008.1.2.1.99',
  ExplicitVRBigEndian: '1.2.840.10008.1.2.2',
  JPEGBaseline8Bit: '1.2.840.10008.1.2.4.50',
  JPEGExtended12Bit: '1.2.840.10008.1.2.4.51',
  JPEGLossless: '1.2.840.10008.1.2.4.57',
  JPEGLosslessSV1: '1.2.840.10008.1.2.4.70',
  JPEGLSLossless: '1.2.840.10008.1.2.4.80',
  JPEGLSNearLossless: '1.2.840.10008.1.2.4.81',
  JPEG2000Lossless: '1.2.840.10008.1.2.4.90',
  JPEG2000: '1.2.840.10008.1.2.4.91',
  HTJ2KLossless: '1.2.840.10008.1.2.4.201',
  HTJ2KLosslessRPCL: '1.2.840.10008.1.2.4.202',
  HTJ2K: '1.2.840.10008.1.2.4.203',
  RLELossless: '1.2.840.10008.1.2.5',
} as const;

/**
 * In which files are written (PS3.6 table A-1): what is decoded here, and what is only kept. Retired ones are among
 * them where their data set is still read by the same rules; not so Papyrus 3, MIME, XML and what only streams
 * (SMPTE ST 2110). Private ones are in no table: nobody could tell later how their bytes are to be read.
 */
export const FILE_SYNTAXES: readonly string[] = [
  ...Object.values(TransferSyntax),
  // Encapsulated Uncompressed Explicit VR Little Endian, Deflated Image Frame Compression
  '1.2.840.10008.1.2.1.98',
  '1.2.840.10008.1.2.8.1',
  // JPEG, retired: processes 3 to 13 and 15 to 29
  ...numbered('1.2.840.10008.1.2.4.', 52, 56),
  ...numbered('1.2.840.10008.1.2.4.', 58, 66),
  // JPEG 2000 part 2, JPIP, MPEG-2, MPEG-4, HEVC, JPEG XL
  ...numbered('1.2.840.10008.1.2.4.', 92, 95),
  ...numbered('1.2.840.10008.1.2.4.', 100, 108),
  ...numbered('1.2.840.10008.1.2.4.', 110, 112),
  // JPIP HTJ2K
  ...numbered('1.2.840.10008.1.2.4.', 204, 205),
  // Fragmentable MPEG
  ...['100.1', '101.1', '102.1', '103.1', '104.1', '105.1', '106.1'].map(
    (end) => `1.2.840.10008.1.2.4.${end}`,
  ),
];

function numbered(root: string, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => `${root}${from + i}`);
}

/** Whether a file may be in it: every data set in one of them can be read, whether or not its pixels are decoded. */
export const isFileSyntax = (transferSyntaxUid: string): boolean => FILE_SYNTAXES.includes(transferSyntaxUid);

/** Every transfer syntax but these three is explicit VR little endian, by PS3.5 annex A. */
export function encodingOf(transferSyntaxUid: string): Encoding {
  switch (transferSyntaxUid) {
    case TransferSyntax.ImplicitVRLittleEndian:
      return IMPLICIT_LITTLE;
    case TransferSyntax.ExplicitVRBigEndian:
      return EXPLICIT_BIG;
    default:
      return EXPLICIT_LITTLE;
  }
}

/** The whole data set is one deflate stream (PS3.5 section A.5; JPIP referenced, A.7). */
export function isDeflated(transferSyntaxUid: string): boolean {
  return (
    transferSyntaxUid === TransferSyntax.DeflatedExplicitVRLittleEndian ||
    transferSyntaxUid === '1.2.840.10008.1.2.4.95' ||
    transferSyntaxUid === '1.2.840.10008.1.2.4.205'
  );
}

/** Pixel data lie as they are, so a data set can be rewritten in another uncompressed syntax without a codec. */
export function isUncompressed(transferSyntaxUid: string): boolean {
  return (
    transferSyntaxUid === TransferSyntax.ImplicitVRLittleEndian ||
    transferSyntaxUid === TransferSyntax.ExplicitVRLittleEndian ||
    transferSyntaxUid === TransferSyntax.ExplicitVRBigEndian ||
    transferSyntaxUid === TransferSyntax.DeflatedExplicitVRLittleEndian
  );
}

export function sameEncoding(a: Encoding, b: Encoding): boolean {
  return a.explicitVr === b.explicitVr && a.littleEndian === b.littleEndian;
}
