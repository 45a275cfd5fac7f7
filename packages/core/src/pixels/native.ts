import type { PixelData } from '../dicom/index.ts';
import { Fault } from '../fault/index.ts';
import type { PixelFormat } from './pixel-format.ts';

/** Samples as stored, sign applied, unused bits removed. */
export type SampleArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** Bytes that all frames need; bits of one-bit pixels run on from frame to frame (PS3.5 8.1.1). */
export function nativeBytes(format: PixelFormat, frames = format.frameCount): number {
  const perPixel = format.halvedChroma && format.samples === 3 ? 2 : format.samples;
  const columns = format.halvedChroma ? format.columns + (format.columns % 2) : format.columns;
  return Math.ceil((format.rows * columns * perPixel * format.bitsAllocated * frames) / 8);
}

/**
 * Compares the pixel bytes with what the attributes ask for, before anything is allocated.
 *
 * @returns bytes beyond those needed and the pad byte: 0 in a clean file
 * @throws Fault `PIXELS_INCONSISTENT` when there are fewer.
 */
export function surplusBytes(pixels: Uint8Array, format: PixelFormat): number {
  const needed = nativeBytes(format);
  if (pixels.length < needed) {
    throw new Fault(
      'PIXELS_INCONSISTENT',
      `the image needs ${needed} bytes of pixels and has ${pixels.length}`,
      {
        tag: '(7FE0,0010)',
      },
    );
  }
  return pixels.length - needed - (needed % 2);
}

/** The samples of one uncompressed frame, those of a pixel side by side. */
export function nativeSamples(pixelData: PixelData, format: PixelFormat, frame: number): SampleArray {
  const pixels = pixelData.native!;
  if (format.bitsAllocated === 1) return bits(pixels, format.rows * format.columns, frame);
  const frameBytes = nativeBytes(format, 1);
  const bytes = pixels.subarray(frame * frameBytes, (frame + 1) * frameBytes);
  if (format.floating) return floats(bytes, format, pixelData.littleEndian);
  // OW holds words, also of 8-bit pixels: big-endian files have their bytes swapped in pairs (PS3.5 8.1.1).
  const swapped = format.bitsAllocated === 8 && pixelData.vr === 'OW' && !pixelData.littleEndian;
  const cells = swapped
    ? bytePairsSwapped(pixels, frame * frameBytes, frameBytes)
    : words(bytes, format, pixelData);
  const samples = storedValues(cells, format.bitsStored, format.lowBit, format.signed);
  if (format.samples === 1) return samples;
  if (format.halvedChroma) return fullChroma(samples, format);
  return format.planar ? interleaved(samples, format.rows * format.columns, 3) : samples;
}

/** Cuts the stored value out of its cell and gives it its sign. */
export function storedValues(
  cells: Uint8Array | Uint16Array | Uint32Array,
  bitsStored: number,
  lowBit: number,
  signed: boolean,
): SampleArray {
  const cellBits = 8 * cells.BYTES_PER_ELEMENT;
  if (!signed && bitsStored === cellBits) return cells;
  const up = 32 - lowBit - bitsStored;
  const down = 32 - bitsStored;
  const out = signed ? signedLike(cells) : new (cells.constructor as Uint8ArrayConstructor)(cells.length);
  if (signed) for (let i = 0; i < cells.length; i++) out[i] = (cells[i] << up) >> down;
  else for (let i = 0; i < cells.length; i++) out[i] = (cells[i] << up) >>> down;
  return out;
}

function signedLike(cells: Uint8Array | Uint16Array | Uint32Array): Int8Array | Int16Array | Int32Array {
  if (cells instanceof Uint8Array) return new Int8Array(cells.length);
  return cells instanceof Uint16Array ? new Int16Array(cells.length) : new Int32Array(cells.length);
}

/** Planes become pixels: r r … g g … b b … → r g b r g b … */
export function interleaved<A extends SampleArray>(planes: A, pixelCount: number, samples: number): A {
  const out = planes.slice() as A;
  for (let s = 0; s < samples; s++) {
    for (let i = 0; i < pixelCount; i++) out[i * samples + s] = planes[s * pixelCount + i];
  }
  return out;
}

function bits(pixels: Uint8Array, count: number, frame: number): Uint8Array {
  const out = new Uint8Array(count);
  for (let i = 0, bit = frame * count; i < count; i++, bit++) out[i] = (pixels[bit >>> 3] >> (bit & 7)) & 1;
  return out;
}

function words(
  bytes: Uint8Array,
  format: PixelFormat,
  { littleEndian }: PixelData,
): Uint8Array | Uint16Array | Uint32Array {
  if (format.bitsAllocated === 8) return new Uint8Array(bytes); // a copy, also of a Node Buffer
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format.bitsAllocated === 16) {
    const out = new Uint16Array(bytes.length / 2);
    for (let i = 0; i < out.length; i++) out[i] = view.getUint16(2 * i, littleEndian);
    return out;
  }
  const out = new Uint32Array(bytes.length / 4);
  for (let i = 0; i < out.length; i++) out[i] = view.getUint32(4 * i, littleEndian);
  return out;
}

function bytePairsSwapped(pixels: Uint8Array, start: number, count: number): Uint8Array {
  const out = new Uint8Array(count);
  for (let i = 0; i < count; i++) out[i] = pixels[(start + i) ^ 1];
  return out;
}

function floats(bytes: Uint8Array, format: PixelFormat, littleEndian: boolean): Float32Array | Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format.bitsAllocated === 32) {
    const out = new Float32Array(bytes.length / 4);
    for (let i = 0; i < out.length; i++) out[i] = view.getFloat32(4 * i, littleEndian);
    return out;
  }
  const out = new Float64Array(bytes.length / 8);
  for (let i = 0; i < out.length; i++) out[i] = view.getFloat64(8 * i, littleEndian);
  return out;
}

/** Y Y B R for two pixels becomes Y B R Y B R. */
function fullChroma(samples: SampleArray, { rows, columns }: PixelFormat): SampleArray {
  const out = new (samples.constructor as Uint8ArrayConstructor)(rows * columns * 3);
  const pairs = Math.ceil(columns / 2);
  for (let row = 0; row < rows; row++) {
    for (let x = 0; x < columns; x++) {
      const pair = (row * pairs + (x >> 1)) * 4;
      const to = (row * columns + x) * 3;
      out[to] = samples[pair + (x & 1)];
      out[to + 1] = samples[pair + 2];
      out[to + 2] = samples[pair + 3];
    }
  }
  return out;
}
