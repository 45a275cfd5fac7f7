import { Fault } from '../fault/index.ts';

const HEADER_BYTES = 64;

/**
 * Decodes one RLE frame (PS3.5 annex G): one segment per byte of a sample, most significant first, sample after sample.
 *
 * @param pixelCount rows × columns
 * @returns cells of `bytesPerSample` bytes, samples of a pixel side by side
 * @throws Fault `MALFORMED`, `TRUNCATED`; `PIXELS_INCONSISTENT` when the segments are not those of the image.
 */
export function decodeRle(
  bytes: Uint8Array,
  pixelCount: number,
  samples: number,
  bytesPerSample: 1 | 2 | 4,
): Uint8Array | Uint16Array | Uint32Array {
  if (bytes.length < HEADER_BYTES)
    throw new Fault('TRUNCATED', 'the RLE header is cut off', { offset: bytes.length });
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const segments = header.getUint32(0, true);
  if (segments !== samples * bytesPerSample) {
    throw new Fault(
      'PIXELS_INCONSISTENT',
      `${segments} RLE segments, the image needs ${samples * bytesPerSample}`,
    );
  }
  const offsets = Array.from({ length: segments }, (_, i) => header.getUint32(4 + 4 * i, true));
  offsets.push(bytes.length);
  for (let i = 0; i < segments; i++) {
    if (offsets[i] < HEADER_BYTES || offsets[i] > offsets[i + 1]) {
      throw new Fault('MALFORMED', 'an RLE segment does not lie within the frame', { offset: 4 + 4 * i });
    }
  }
  const cells = new { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array }[bytesPerSample](pixelCount * samples);
  const plane = new Uint8Array(pixelCount);
  for (let i = 0; i < segments; i++) {
    unpack(bytes, offsets[i], offsets[i + 1], plane);
    const sample = Math.floor(i / bytesPerSample);
    const shift = 8 * (bytesPerSample - 1 - (i % bytesPerSample));
    for (let p = 0; p < pixelCount; p++) cells[p * samples + sample] |= plane[p] << shift;
  }
  return cells;
}

/** PackBits (PS3.5 G.3.2) until `out` is full; what follows is padding. */
function unpack(bytes: Uint8Array, start: number, end: number, out: Uint8Array): void {
  let at = start;
  let to = 0;
  while (to < out.length) {
    if (at >= end) throw new Fault('TRUNCATED', 'an RLE segment ends before its last pixel', { offset: at });
    const code = bytes[at++];
    if (code === 128) continue; // no operation
    const count = Math.min(code < 128 ? code + 1 : 257 - code, out.length - to);
    if (code > 128) {
      out.fill(bytes[at++], to, to + count);
    } else {
      if (at + count > end) throw new Fault('TRUNCATED', 'an RLE segment ends inside a run', { offset: at });
      out.set(bytes.subarray(at, at + count), to);
      at += count;
    }
    to += count;
  }
}
