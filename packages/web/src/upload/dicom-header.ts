/** What a file is, from its first bytes: enough to leave out what is no image, and to know which answer is whose. */

export type FileKind =
  | { readonly kind: 'dicom'; readonly sopInstanceUid?: string }
  | { readonly kind: 'skip'; readonly why: SkipReason };
export type SkipReason = 'empty' | 'not-dicom' | 'dicomdir' | 'zip-inside' | 'system-file';

const PREAMBLE = 128;
/** PS3.4 annex B: Media Storage Directory Storage. */
const DIRECTORY_CLASS = '1.2.840.10008.1.3.10';
const LONG_VRS = new Set(['OB', 'OW', 'OF', 'OD', 'OL', 'OV', 'SQ', 'UC', 'UN', 'UR', 'UT', 'SV', 'UV']);

/** Files that systems and viewers put beside images, by name: not even opened. */
export function skippedByName(path: string): SkipReason | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (name === 'dicomdir') return 'dicomdir';
  if (name === 'thumbs.db' || name === '.ds_store' || name === 'desktop.ini' || name.startsWith('._'))
    return 'system-file';
  return path.includes('__MACOSX/') ? 'system-file' : undefined;
}

export function kindOf(bytes: Uint8Array): FileKind {
  if (bytes.length === 0) return { kind: 'skip', why: 'empty' };
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (text(0, 4) === 'PK\u0003\u0004') return { kind: 'skip', why: 'zip-inside' };
  const start = text(PREAMBLE, PREAMBLE + 4) === 'DICM' ? PREAMBLE + 4 : 0;
  // Without preamble: a data set that begins with group 0002 or 0008, little endian, as older software writes it.
  if (start === 0 && !(bytes.length > 8 && (bytes[0] === 2 || bytes[0] === 8) && bytes[1] === 0))
    return { kind: 'skip', why: 'not-dicom' };
  const meta = metaOf(bytes, start);
  if (meta.sopClass === DIRECTORY_CLASS) return { kind: 'skip', why: 'dicomdir' };
  return { kind: 'dicom', ...(meta.sopInstance !== undefined && { sopInstanceUid: meta.sopInstance }) };
}

/** PS3.10 7.1: File Meta Information is explicit VR little endian. Its SOP Instance UID is (0002,0003). */
function metaOf(bytes: Uint8Array, start: number): { sopClass?: string; sopInstance?: string } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const found: { sopClass?: string; sopInstance?: string } = {};
  let at = start;
  while (at + 8 <= bytes.length && view.getUint16(at, true) === 2) {
    const element = view.getUint16(at + 2, true);
    const vr = String.fromCharCode(bytes[at + 4], bytes[at + 5]);
    const isLong = LONG_VRS.has(vr);
    if (isLong && at + 12 > bytes.length) return found;
    const length = isLong ? view.getUint32(at + 8, true) : view.getUint16(at + 6, true);
    const value = at + (isLong ? 12 : 8);
    if (value + length > bytes.length) return found;
    if (element === 2 || element === 3) {
      const uid = String.fromCharCode(...bytes.subarray(value, value + Math.min(length, 64))).replace(
        /[\0 ]+$/,
        '',
      );
      if (/^[0-9.]+$/.test(uid)) found[element === 2 ? 'sopClass' : 'sopInstance'] = uid;
      if (element === 3) return found;
    }
    at = value + length;
  }
  return found;
}
