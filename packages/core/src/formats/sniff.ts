import { memberStart } from './gzip.ts';
import { inflateHead } from './inflate.ts';

/** What the bytes are, judged by content and never by a name. */
export type FileKind = 'dicom' | 'nifti' | 'nifti-gz' | 'metaimage' | 'png' | 'zip' | 'gzip' | 'unknown';

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const METAIMAGE_KEY = /^\s*(ObjectType|NDims|Comment|TransformType)\s*=/;

const starts = (bytes: Uint8Array, magic: readonly number[], at = 0): boolean =>
  bytes.length >= at + magic.length && magic.every((b, i) => bytes[at + i] === b);

/**
 * The kind of file. A DICOM data set without preamble is told by its first element (group 0002 or 0008, an even group
 * with a plausible VR or length); a gzip whose first bytes inflate to a NIfTI header is `nifti-gz`.
 */
export function sniff(bytes: Uint8Array): FileKind {
  if (starts(bytes, [0x44, 0x49, 0x43, 0x4d], 128)) return 'dicom';
  if (starts(bytes, PNG)) return 'png';
  if (starts(bytes, [0x50, 0x4b, 3, 4]) || starts(bytes, [0x50, 0x4b, 5, 6])) return 'zip';
  if (starts(bytes, [0x1f, 0x8b, 8])) return isNiftiHead(gzipHead(bytes)) ? 'nifti-gz' : 'gzip';
  if (isNiftiHead(bytes)) return 'nifti';
  if (METAIMAGE_KEY.test(latin1(bytes.subarray(0, 64)))) return 'metaimage';
  if (isBareDataSet(bytes)) return 'dicom';
  return 'unknown';
}

/** NIfTI-1 and NIfTI-2 headers in either byte order; the reader says which of them it reads. */
function isNiftiHead(bytes: Uint8Array): boolean {
  const size = starts(bytes, [0x5c, 1, 0, 0]) || starts(bytes, [0, 0, 1, 0x5c]);
  if (size) return starts(bytes, [0x6e, 0x2b, 0x31, 0], 344) || starts(bytes, [0x6e, 0x69, 0x31, 0], 344);
  const size2 = starts(bytes, [0x1c, 2, 0, 0]) || starts(bytes, [0, 0, 2, 0x1c]);
  return size2 && (starts(bytes, [0x6e, 0x2b, 0x32, 0], 4) || starts(bytes, [0x6e, 0x69, 0x32, 0], 4));
}

function gzipHead(bytes: Uint8Array): Uint8Array {
  const start = memberStart(bytes.subarray(0, 4096));
  return start === undefined ? new Uint8Array(0) : inflateHead(bytes.subarray(start));
}

/** Group 0002 or 0008, little or big endian, followed by an explicit VR or by a short implicit length. */
function isBareDataSet(bytes: Uint8Array): boolean {
  if (bytes.length < 12) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 12);
  for (const little of [true, false]) {
    const group = view.getUint16(0, little);
    const element = view.getUint16(2, little);
    if ((group !== 2 && group !== 8) || element > 0x1200) continue;
    if (/^(AE|AS|CS|DA|DS|DT|IS|LO|LT|OB|PN|SH|SQ|ST|TM|UI|UL|UN|US|UT)$/.test(latin1(bytes.subarray(4, 6))))
      return true;
    const length = view.getUint32(4, little);
    if (length > 0 && length <= 128 && length % 2 === 0) return true;
  }
  return false;
}

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
