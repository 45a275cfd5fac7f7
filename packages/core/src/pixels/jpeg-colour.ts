import { jpegSegments } from './coded-header.ts';

/** APP14 "Adobe", version 100, no flags, transform 0: the three components are what they are (ITU-T T.872 6.5.3). */
const ADOBE_NO_TRANSFORM = [0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0];

/**
 * JPEG decoders take three unmarked components for YCbCr and turn them into RGB. Where DICOM says that they are RGB and
 * the stream itself says nothing (neither JFIF nor Adobe), a marker is put in that keeps them.
 */
export function markedAsRgb(bytes: Uint8Array): Uint8Array {
  for (const { marker, start } of jpegSegments(bytes)) {
    const letters = String.fromCharCode(...bytes.subarray(start, start + 5));
    if ((marker === 0xe0 && letters.startsWith('JFIF')) || (marker === 0xee && letters === 'Adobe'))
      return bytes;
  }
  const marked = new Uint8Array(bytes.length + ADOBE_NO_TRANSFORM.length);
  marked.set(bytes.subarray(0, 2));
  marked.set(ADOBE_NO_TRANSFORM, 2);
  marked.set(bytes.subarray(2), 2 + ADOBE_NO_TRANSFORM.length);
  return marked;
}
