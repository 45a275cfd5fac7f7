/**
 * JPEG and JPEG-LS code streams without what decoders pass over (ISO/IEC 10918-1 annex B, 14495-1 annex C): comments,
 * application segments (Exif, XMP, previews), bytes after the end of the image.
 */
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const COM = 0xfe;
const APP0 = 0xe0;
const APP15 = 0xef;

/** Application segments that say how the samples are to be read, by marker, first letters and length. */
const NEEDED: readonly (readonly [marker: number, name: string, length: number])[] = [
  // Without a preview, which would make it longer.
  [APP0, 'JFIF\0', 16],
  [0xee, 'Adobe', 14],
  // Colour transform of JPEG-LS as HP writes it.
  [0xe8, 'mrfx', 7],
];

/** The same image, or `undefined` where the bytes are no such stream. A stream that lacks its end is taken as it is. */
export function withoutJpegAsides(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) return undefined;
  const kept: Uint8Array[] = [bytes.subarray(0, 2)];
  let at = 2;
  while (at < bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const start = at;
    // Any number of 0xff may stand before a marker.
    while (bytes[at] === 0xff) at++;
    const marker = bytes[at++];
    if (marker === undefined) break;
    if (marker === EOI) {
      kept.push(Uint8Array.of(0xff, EOI));
      break;
    }
    const length = at + 1 < bytes.length ? bytes[at]! * 256 + bytes[at + 1]! : 0;
    if (marker < 0xc0 || length < 2 || at + length > bytes.length) return undefined;
    const segment = bytes.subarray(at, at + length);
    at += length;
    if (isAside(marker, segment)) continue;
    if (marker === SOS) at = endOfScan(bytes, at);
    kept.push(bytes.subarray(start, at));
  }
  return joined(kept);
}

function isAside(marker: number, segment: Uint8Array): boolean {
  if (marker === COM) return true;
  if (marker < APP0 || marker > APP15) return false;
  return !NEEDED.some(
    ([needed, name, length]) =>
      marker === needed &&
      segment.length === length &&
      [...name].every((letter, i) => segment[2 + i] === letter.charCodeAt(0)),
  );
}

/** In coded data 0xff stands before a stuffed zero (JPEG), a bit (JPEG-LS) or a restart marker; all else ends them. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    if (next !== undefined && next >= 0x80 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  return bytes.length;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
