import { type DicomFile, encapsulatedFrames } from '../dicom/index.ts';
import { Fault, type Warning } from '../fault/index.ts';
import type { CodecPort } from './codec-port.ts';
import { decodeCoded } from './coded.ts';
import { DEFAULT_PIXEL_LIMITS, type PixelLimits } from './limits.ts';
import { nativeSamples, type SampleArray, surplusBytes } from './native.ts';
import { luma, readPalette } from './palette.ts';
import { type Photometric, type PixelFormat, readPixelFormat } from './pixel-format.ts';
import { rescaleOf } from './rescale.ts';

/** A frame as stored: samples of a pixel side by side, rows from the top, nothing rescaled. */
export interface StoredFrame {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: 1 | 3;
  /** After decompression, which may have turned YBR into RGB. */
  readonly photometric: Photometric;
  readonly data: SampleArray;
}

/** A frame for reading: one value per pixel, larger is brighter. */
export interface Frame {
  readonly rows: number;
  readonly columns: number;
  /** Modality values. Int16 where they are whole and fit without rescaling, else Float32. */
  readonly values: Int16Array | Float32Array;
}

/** The frames of one object, decoded one at a time. */
export interface PixelReader {
  readonly format: PixelFormat;
  readonly frameCount: number;
  readonly warnings: readonly Warning[];
  /** @throws Fault as `openPixels`; `TRUNCATED` and `MALFORMED` for damaged compressed frames. */
  decodeStored(frame: number): Promise<StoredFrame>;
  /** @throws as `decodeStored`. */
  decodeFrame(frame: number): Promise<Frame>;
}

/**
 * Checks everything that can be checked without decoding and gives access to the frames. Colour becomes luminance
 * (ITU-R BT.601), palettes likewise; MONOCHROME1 is turned round within its stored range before it is rescaled.
 * Rescale slope and intercept are those of the frame. A Modality LUT Sequence, which MR does not have, is not applied.
 *
 * @throws Fault `PIXELS_INCONSISTENT`, `UNSUPPORTED`, `LIMIT_EXCEEDED`.
 */
export function openPixels(
  file: DicomFile,
  codecs: CodecPort,
  limits: PixelLimits = DEFAULT_PIXEL_LIMITS,
): PixelReader {
  const format = readPixelFormat(file, limits);
  const pixelData = file.pixelData!;
  const warnings: Warning[] = [];
  const coded = pixelData.native === undefined ? encapsulatedFrames(pixelData, format.frameCount) : undefined;
  if (pixelData.native !== undefined && surplusBytes(pixelData.native, format) > 0) {
    warnings.push({ code: 'LENGTH_MISMATCH', message: 'There are more pixel bytes than the image needs.' });
  }
  const { rows, columns } = format;

  async function decodeStored(frame: number): Promise<StoredFrame> {
    if (!Number.isInteger(frame) || frame < 0 || frame >= format.frameCount) {
      throw new RangeError(`frame ${frame} of ${format.frameCount}`);
    }
    const { samples: data, photometric } = coded
      ? await decodeCoded(coded[frame], file.transferSyntaxUid, format, codecs)
      : { samples: nativeSamples(pixelData, format, frame), photometric: format.photometric };
    return { rows, columns, samplesPerPixel: format.samples, photometric, data };
  }

  async function decodeFrame(frame: number): Promise<Frame> {
    const stored = await decodeStored(frame);
    const brightness = brightnessOf(stored, file, format);
    const { slope, intercept } = rescaleOf(file.dataSet, frame);
    return { rows, columns, values: modalityValues(brightness, slope, intercept) };
  }

  return { format, frameCount: format.frameCount, warnings, decodeStored, decodeFrame };
}

/** All frames at once. @throws as `openPixels`, and `LIMIT_EXCEEDED` when together they hold too many pixels. */
export async function decodeFrames(
  file: DicomFile,
  codecs: CodecPort,
  limits: PixelLimits = DEFAULT_PIXEL_LIMITS,
): Promise<Frame[]> {
  const reader = openPixels(file, codecs, limits);
  const total = reader.frameCount * reader.format.rows * reader.format.columns;
  if (total > limits.maxTotalPixels) {
    throw new Fault('LIMIT_EXCEEDED', `${reader.frameCount} frames of together ${total} pixels`, {
      advice: 'Decode them one at a time.',
    });
  }
  const frames: Frame[] = [];
  for (let i = 0; i < reader.frameCount; i++) frames.push(await reader.decodeFrame(i));
  return frames;
}

function brightnessOf(stored: StoredFrame, file: DicomFile, format: PixelFormat): SampleArray {
  const { data, photometric } = stored;
  switch (photometric) {
    case 'MONOCHROME2':
      return data;
    case 'MONOCHROME1': {
      // Largest plus smallest stored value; float pixels have no range and are turned round about zero.
      const turn = format.floating ? 0 : format.signed ? -1 : 2 ** format.bitsStored - 1;
      return Float32Array.from(data, (value) => turn - value);
    }
    case 'PALETTE': {
      const { firstStored, luminance } = readPalette(file.dataSet, format.signed);
      const last = luminance.length - 1;
      return Float32Array.from(data, (value) => luminance[Math.min(last, Math.max(0, value - firstStored))]);
    }
    case 'YBR':
      return data.filter((_, i) => i % 3 === 0);
    case 'RGB': {
      const pixels = new Float32Array(data.length / 3);
      for (let i = 0; i < pixels.length; i++) pixels[i] = luma(data[3 * i], data[3 * i + 1], data[3 * i + 2]);
      return pixels;
    }
  }
}

function modalityValues(stored: SampleArray, slope: number, intercept: number): Int16Array | Float32Array {
  if (slope === 1 && intercept === 0) {
    if (stored instanceof Int16Array || stored instanceof Float32Array) return stored;
    const fits = stored instanceof Uint8Array || stored instanceof Int8Array;
    if (fits || (stored instanceof Uint16Array && stored.every((v) => v <= 32_767)))
      return Int16Array.from(stored);
  }
  const values = new Float32Array(stored.length);
  for (let i = 0; i < values.length; i++) values[i] = stored[i] * slope + intercept;
  return values;
}
