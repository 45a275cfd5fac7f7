import type { DicomFile } from '@promontory/core/dicom';
import { Fault } from '@promontory/core/fault';
import type { PixelFormat, StoredFrame } from '@promontory/core/pixels';

/** Samples as they lie in uncompressed, little-endian Pixel Data, in cells of Bits Allocated (PS3.5 section 8.1). */
export function cellsOf({ data }: StoredFrame, bitsAllocated: PixelFormat['bitsAllocated']): Uint8Array {
  // The constructors of typed arrays cut the sign extension of negative samples to the width of the cell.
  if (bitsAllocated === 8) return bytesOf(new Uint8Array(data));
  if (bitsAllocated === 16) return bytesOf(new Uint16Array(data));
  if (bitsAllocated === 32) return bytesOf(new Uint32Array(data));
  throw new Fault('UNSUPPORTED', `compressed frames of ${bitsAllocated} bits`);
}

/** Typed arrays are little endian on every machine that Node runs on. */
const bytesOf = (cells: Uint8Array | Uint16Array | Uint32Array): Uint8Array => new Uint8Array(cells.buffer);

/**
 * One frame of uncompressed Pixel Data, little endian; frames of one-bit pixels start on a byte of their own
 * (PS3.18 section 8.7.3.3.2 sends each frame apart). A copy.
 */
export function nativeFrame(file: DicomFile, format: PixelFormat, frame: number): Uint8Array {
  const pixels = file.pixelData!;
  const native = pixels.native!;
  const pixelCount = format.rows * format.columns;
  if (format.bitsAllocated === 1) return bitsFrom(native, pixelCount * frame, pixelCount);
  const halved = format.halvedChroma && format.samples === 3;
  const columns = halved ? format.columns + (format.columns % 2) : format.columns;
  const samples = halved ? 2 : format.samples;
  const cellBytes = format.bitsAllocated / 8;
  const length = format.rows * columns * samples * cellBytes;
  if (!pixels.littleEndian && cellBytes === 1 && pixels.vr === 'OW') {
    // Words with their bytes swapped: a frame may begin in the middle of one.
    return Uint8Array.from({ length }, (_, i) => native[(frame * length + i) ^ 1]);
  }
  const bytes = native.slice(frame * length, (frame + 1) * length);
  if (!pixels.littleEndian) reverseCells(bytes, cellBytes);
  return bytes;
}

function bitsFrom(source: Uint8Array, firstBit: number, count: number): Uint8Array {
  const out = new Uint8Array(Math.ceil(count / 8));
  for (let i = 0, bit = firstBit; i < count; i++, bit++) {
    out[i >>> 3] = out[i >>> 3] | (((source[bit >>> 3] >> (bit & 7)) & 1) << (i & 7));
  }
  return out;
}

function reverseCells(bytes: Uint8Array, cellBytes: number): void {
  for (let at = 0; at + cellBytes <= bytes.length; at += cellBytes)
    bytes.subarray(at, at + cellBytes).reverse();
}
