import { TransferSyntax } from '@promontory/core/dicom';

/** In which an instance is given where the request names none (PS3.18 section 8.7.3.5.2). */
export const DEFAULT_SYNTAX = TransferSyntax.ExplicitVRLittleEndian;

/** Into which instances are transcoded. PS3.18 section 8.7.3.5.2 forbids implicit VR and big endian on the web. */
export const MAKEABLE: readonly string[] = [
  TransferSyntax.ExplicitVRLittleEndian,
  TransferSyntax.DeflatedExplicitVRLittleEndian,
];

/** From which instances are transcoded: those that are decoded. */
const READABLE: ReadonlySet<string> = new Set(Object.values(TransferSyntax));

export const isReadable = (transferSyntax: string): boolean => READABLE.has(transferSyntax);

/** Media type of single compressed frames (PS3.18 table 8.7.3-5). */
const FRAME_TYPES: Readonly<Record<string, string>> = {
  [TransferSyntax.JPEGBaseline8Bit]: 'image/jpeg',
  [TransferSyntax.JPEGExtended12Bit]: 'image/jpeg',
  [TransferSyntax.JPEGLossless]: 'image/jpeg',
  [TransferSyntax.JPEGLosslessSV1]: 'image/jpeg',
  [TransferSyntax.RLELossless]: 'image/dicom-rle',
  [TransferSyntax.JPEGLSLossless]: 'image/jls',
  [TransferSyntax.JPEGLSNearLossless]: 'image/jls',
  [TransferSyntax.JPEG2000Lossless]: 'image/jp2',
  [TransferSyntax.JPEG2000]: 'image/jp2',
  [TransferSyntax.HTJ2KLossless]: 'image/jphc',
  [TransferSyntax.HTJ2KLosslessRPCL]: 'image/jphc',
  [TransferSyntax.HTJ2K]: 'image/jphc',
  '1.2.840.10008.1.2.4.92': 'image/jpx',
  '1.2.840.10008.1.2.4.93': 'image/jpx',
  '1.2.840.10008.1.2.4.110': 'image/jxl',
  '1.2.840.10008.1.2.4.111': 'image/jxl',
  '1.2.840.10008.1.2.4.112': 'image/jxl',
};

export const frameType = (transferSyntax: string): string | undefined => FRAME_TYPES[transferSyntax];

/** All that frames may come as, for the capabilities. */
export const FRAME_MEDIA_TYPES: readonly string[] = [...new Set(Object.values(FRAME_TYPES))];
