import { Fault, type Warning } from '../fault/index.ts';
import type { Grid, Volume } from '../geometry/index.ts';
import { crc32 } from './crc32.ts';
import { countVoxels, DEFAULT_VOLUME_LIMITS, type VolumeLimits } from './limits.ts';
import { passes, unfilter } from './png-rows.ts';
import { unzlib } from './zlib.ts';

/** A picture as stored: samples of one pixel side by side, rows from the top; a palette is already resolved to RGB. */
export interface PngImage {
  readonly width: number;
  readonly height: number;
  /** Grey, grey and alpha, RGB, RGBA. */
  readonly channels: 1 | 2 | 3 | 4;
  /** Bits of a sample as stored; samples below 8 bits keep their range (0 to 2^bits − 1). */
  readonly bitDepth: 1 | 2 | 4 | 8 | 16;
  readonly data: Uint8Array | Uint16Array;
}

const SIGNATURE_BYTES = 8;
/** Channels by colour type: grey, RGB, palette, grey and alpha, RGBA (PNG, 11.2.1). */
const CHANNELS: ReadonlyMap<number, 1 | 2 | 3 | 4> = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
] as const);
const DEPTHS: ReadonlyMap<number, readonly number[]> = new Map([
  [0, [1, 2, 4, 8, 16]],
  [2, [8, 16]],
  [3, [1, 2, 4, 8]],
  [4, [8, 16]],
  [6, [8, 16]],
]);

/**
 * Reads a PNG of any colour type, depth and interlacing. The size is judged before anything is inflated, and no more
 * is inflated than the size needs.
 *
 * @throws Fault `NOT_RECOGNISED`, `TRUNCATED`, `MALFORMED`, `LIMIT_EXCEEDED`.
 */
export function readPng(bytes: Uint8Array, limits: VolumeLimits = DEFAULT_VOLUME_LIMITS): PngImage {
  const { header, palette, compressed } = readChunks(bytes, limits);
  const { width, height, bitDepth, colourType, interlaced } = header;
  const channels = CHANNELS.get(colourType)!;
  const bitsPerPixel = channels * bitDepth;
  const lattice = passes(width, height, interlaced);
  const rawBytes = lattice.reduce(
    (sum, p) => sum + p.height * (1 + Math.ceil((p.width * bitsPerPixel) / 8)),
    0,
  );
  const raw = unzlib(compressed, { ...limits, maxBytes: rawBytes });
  if (raw.length < rawBytes)
    throw new Fault('TRUNCATED', 'the PNG ends before its last row', { offset: bytes.length });

  const data =
    bitDepth === 16 ? new Uint16Array(width * height * channels) : new Uint8Array(width * height * channels);
  let at = 0;
  for (const pass of lattice) {
    const rowBytes = Math.ceil((pass.width * bitsPerPixel) / 8);
    const rows = unfilter(
      raw.subarray(at, at + pass.height * (1 + rowBytes)),
      rowBytes,
      Math.ceil(bitsPerPixel / 8),
    );
    at += pass.height * (1 + rowBytes);
    for (let y = 0; y < pass.height; y++) {
      const row = rows.subarray(y * rowBytes, (y + 1) * rowBytes);
      for (let x = 0; x < pass.width; x++) {
        const pixel = (pass.y0 + y * pass.dy) * width + pass.x0 + x * pass.dx;
        for (let c = 0; c < channels; c++)
          data[pixel * channels + c] = sample(row, x * channels + c, bitDepth);
      }
    }
  }
  if (colourType !== 3) return { width, height, channels, bitDepth, data };
  return { width, height, channels: 3, bitDepth: 8, data: resolve(data, palette) };
}

/** How a picture lies in the patient, which a PNG cannot say. */
export interface PngPlacement {
  /** Distance of neighbouring rows and of neighbouring columns, mm (the order of DICOM's PixelSpacing). */
  readonly pixelSpacingMm: readonly [number, number];
  /** Sagittal: head at the top, front on the left. Axial: front at the top, the patient's right on the left. */
  readonly plane: 'sagittal' | 'axial';
  /** Thickness of the slice, mm. Default 4. */
  readonly sliceThicknessMm?: number;
}

/**
 * A PNG as a volume of one slice whose first pixel is the patient's origin; colours become luminance
 * (ITU-R BT.601). Grey pictures keep their values.
 *
 * @throws as `readPng`; `MALFORMED` where a spacing is not positive.
 */
export function readPngVolume(
  bytes: Uint8Array,
  placement: PngPlacement,
  limits: VolumeLimits = DEFAULT_VOLUME_LIMITS,
): { volume: Volume<Uint8Array | Uint16Array>; warnings: Warning[] } {
  const { pixelSpacingMm, plane, sliceThicknessMm = 4 } = placement;
  if (![...pixelSpacingMm, sliceThicknessMm].every((s) => s > 0 && Number.isFinite(s))) {
    throw new Fault('MALFORMED', 'the pixel size must be positive');
  }
  const image = readPng(bytes, limits);
  const grid: Grid = {
    size: [image.width, image.height, 1],
    spacingMm: [pixelSpacingMm[1], pixelSpacingMm[0], sliceThicknessMm],
    originMm: [0, 0, 0],
    axes:
      plane === 'sagittal'
        ? [
            [0, 1, 0],
            [0, 0, -1],
            [-1, 0, 0],
          ]
        : [
            [1, 0, 0],
            [0, 1, 0],
            [0, 0, 1],
          ],
  };
  const message = 'A picture does not say how it lies in the patient; left and right are unknown.';
  return { volume: { grid, data: luminanceOf(image) }, warnings: [{ code: 'ORIENTATION_MISSING', message }] };
}

/** One value per pixel; transparency is ignored. */
export function luminanceOf({ channels, data, width, height }: PngImage): Uint8Array | Uint16Array {
  if (channels === 1) return data;
  const grey = data instanceof Uint8Array ? new Uint8Array(width * height) : new Uint16Array(width * height);
  for (let i = 0, at = 0; i < grey.length; i++, at += channels) {
    grey[i] =
      channels === 2 ? data[at] : Math.round(0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2]);
  }
  return grey;
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly bitDepth: 1 | 2 | 4 | 8 | 16;
  readonly colourType: number;
  readonly interlaced: boolean;
}

function readChunks(bytes: Uint8Array, limits: VolumeLimits) {
  if (bytes.length < SIGNATURE_BYTES || bytes[0] !== 0x89 || bytes[1] !== 0x50 || bytes[2] !== 0x4e) {
    throw new Fault('NOT_RECOGNISED', 'not a PNG', { offset: 0 });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: Header | undefined;
  let palette = new Uint8Array(0);
  const parts: Uint8Array[] = [];
  for (let at = SIGNATURE_BYTES; ; ) {
    if (at + 12 > bytes.length) throw new Fault('TRUNCATED', 'the PNG has no end', { offset: bytes.length });
    const length = view.getUint32(at);
    const end = at + 12 + length;
    if (end > bytes.length) throw new Fault('TRUNCATED', 'the PNG ends inside a chunk', { offset: at });
    if (view.getUint32(end - 4) !== crc32(bytes.subarray(at + 4, end - 4))) {
      throw new Fault('MALFORMED', 'the checksum of a PNG chunk does not agree', { offset: at });
    }
    const content = bytes.subarray(at + 8, end - 4);
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (header === undefined && name !== 'IHDR') {
      throw new Fault('MALFORMED', 'the PNG does not begin with its header', { offset: at });
    }
    if (name === 'IHDR') header = readHeader(content, limits);
    else if (name === 'PLTE') palette = new Uint8Array(content);
    else if (name === 'IDAT') parts.push(content);
    else if (name === 'IEND') break;
    at = end;
  }
  const compressed = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  parts.reduce((at, part) => {
    compressed.set(part, at);
    return at + part.length;
  }, 0);
  return { header: header!, palette, compressed };
}

function readHeader(content: Uint8Array, limits: VolumeLimits): Header {
  const fault = () =>
    new Fault('MALFORMED', 'the PNG header is not one of the standard', { offset: SIGNATURE_BYTES });
  if (content.length !== 13) throw fault();
  const view = new DataView(content.buffer, content.byteOffset, 13);
  const [bitDepth, colourType, compression, filter, interlace] = content.subarray(8);
  if (!DEPTHS.get(colourType)?.includes(bitDepth) || compression !== 0 || filter !== 0 || interlace > 1)
    throw fault();
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  countVoxels([width, height], limits);
  return { width, height, bitDepth: bitDepth as Header['bitDepth'], colourType, interlaced: interlace === 1 };
}

function sample(row: Uint8Array, index: number, bitDepth: number): number {
  if (bitDepth === 8) return row[index];
  if (bitDepth === 16) return row[2 * index] * 256 + row[2 * index + 1];
  const bit = index * bitDepth;
  return (row[bit >> 3] >> (8 - bitDepth - (bit & 7))) & ((1 << bitDepth) - 1);
}

function resolve(indices: Uint8Array | Uint16Array, palette: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(indices.length * 3);
  for (let i = 0; i < indices.length; i++) {
    if (3 * indices[i] + 3 > palette.length)
      throw new Fault('MALFORMED', 'a pixel beyond the palette of the PNG');
    rgb.set(palette.subarray(3 * indices[i], 3 * indices[i] + 3), 3 * i);
  }
  return rgb;
}
