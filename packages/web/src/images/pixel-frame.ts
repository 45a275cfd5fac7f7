/** Uncompressed bytes of a frame as the values that the image means. */
import { createDicomFile, type DataSet, DataSetBuilder, Tag } from '@promontory/core/dicom';
import { Fault } from '@promontory/core/fault';
import {
  type CodecPort,
  openPixels,
  rescaleOf,
  type SampleArray,
  type StoredFrame,
} from '@promontory/core/pixels';
import type { PixelFrame } from './study-images.ts';

/** What comes here is uncompressed already. */
const NO_CODECS: CodecPort = {
  decode: () => Promise.reject(new Fault('UNSUPPORTED', 'compressed pixels where none are expected')),
};

/**
 * @param dataSet of the instance, without its pixels
 * @param bytes one frame: native, little endian, samples of a pixel as PlanarConfiguration says
 * @param frame from 1
 * @throws Fault where the bytes do not fit the attributes
 */
export async function pixelFrame(dataSet: DataSet, bytes: Uint8Array, frame: number): Promise<PixelFrame> {
  const single = new DataSetBuilder(dataSet)
    .set(Tag.NumberOfFrames, '1')
    .set(Tag.PixelData, bytes, 'OW')
    .build();
  const stored = await openPixels(createDicomFile(single), NO_CODECS).decodeStored(0);
  return shownFrame(stored, dataSet, frame);
}

/** Of samples that are decoded already: local files go this way. @param frame from 1 */
export function shownFrame(stored: StoredFrame, dataSet: DataSet, frame: number): PixelFrame {
  const { rows, columns, photometric } = stored;
  const { slope, intercept } = rescaleOf(dataSet, frame - 1);
  const rgb = stored.samplesPerPixel === 3 ? colourOf(stored) : undefined;
  const values = rgb ? brightnessOf(rgb) : modalityValues(stored.data, slope, intercept);
  const { min, max } = rangeOf(values);
  return { rows, columns, values, min, max, isInverted: photometric === 'MONOCHROME1', ...(rgb && { rgb }) };
}

function modalityValues(stored: SampleArray, slope: number, intercept: number): Int16Array | Float32Array {
  if (slope === 1 && intercept === 0) {
    if (stored instanceof Int16Array || stored instanceof Float32Array) return stored;
    if (stored instanceof Uint8Array || stored instanceof Int8Array) return Int16Array.from(stored);
    if (stored instanceof Uint16Array && stored.every((value) => value <= 32_767))
      return new Int16Array(stored);
  }
  const values = new Float32Array(stored.length);
  for (let i = 0; i < values.length; i++) values[i] = stored[i] * slope + intercept;
  return values;
}

/** Eight bits a colour; YBR_FULL by PS3.3 C.7.6.3.1.2. Sixteen-bit colour keeps its upper byte. */
function colourOf({ data, photometric }: StoredFrame): Uint8Array {
  const deep = data.BYTES_PER_ELEMENT === 2;
  const out = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i += 3) {
    const [a, b, c] = [data[i], data[i + 1], data[i + 2]].map((value) => (deep ? value / 256 : value));
    const isYbr = photometric === 'YBR';
    out[i] = isYbr ? a + 1.402 * (c - 128) : a;
    out[i + 1] = isYbr ? a - 0.344136 * (b - 128) - 0.714136 * (c - 128) : b;
    out[i + 2] = isYbr ? a + 1.772 * (b - 128) : c;
  }
  return new Uint8Array(out.buffer);
}

/** ITU-R BT.601. */
function brightnessOf(rgb: Uint8Array): Int16Array {
  const out = new Int16Array(rgb.length / 3);
  for (let i = 0; i < out.length; i++)
    out[i] = Math.round(0.299 * rgb[3 * i] + 0.587 * rgb[3 * i + 1] + 0.114 * rgb[3 * i + 2]);
  return out;
}

function rangeOf(values: Int16Array | Float32Array): { min: number; max: number } {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? { min, max } : { min: 0, max: 0 };
}
