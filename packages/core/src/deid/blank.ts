/** Rectangles of native pixels made blank, and bits beside the stored ones cleared. */
import { DataSetBuilder, type DicomFile, Tag, withDataSet } from '../dicom/index.ts';
import { type PixelFormat, readPixelFormat } from '../pixels/index.ts';
import type { Region } from './options.ts';

export type Blanked = DicomFile | 'PIXELS_NOT_CLEANABLE' | 'REGIONS_OUTSIDE';

/**
 * Sets every pixel of the regions to zero, in all frames. Colour of luminance and chrominance becomes black.
 * @throws Fault as `readPixelFormat`
 */
export function blankRegions(file: DicomFile, regions: readonly Region[]): Blanked {
  const native = file.pixelData?.native;
  if (native === undefined || file.pixelData?.tag !== Tag.PixelData) return 'PIXELS_NOT_CLEANABLE';
  const format = readPixelFormat(file);
  if (format.bitsAllocated === 1 || format.halvedChroma) return 'PIXELS_NOT_CLEANABLE';
  const inside = regions.map((region) => clip(region, format)).filter((region) => region !== undefined);
  if (inside.length === 0) return 'REGIONS_OUTSIDE';
  const bytes = native.slice();
  for (let frame = 0; frame < format.frameCount; frame++) {
    for (const region of inside) blank(bytes, format, frame, region);
  }
  return withPixels(file, bytes);
}

function withPixels(file: DicomFile, bytes: Uint8Array): DicomFile {
  const { vr, littleEndian } = file.pixelData!;
  // The builder takes bytes as little endian.
  const ordered = littleEndian || vr === 'OB' ? bytes : swapped(bytes);
  const builder = new DataSetBuilder(file.dataSet).set(Tag.PixelData, ordered, vr === 'OB' ? 'OB' : 'OW');
  return withDataSet(file, builder.build());
}

function swapped(bytes: Uint8Array): Uint8Array {
  const out = bytes.slice();
  for (let at = 0; at + 1 < out.length; at += 2) out.subarray(at, at + 2).reverse();
  return out;
}

function clip(region: Region, { rows, columns }: PixelFormat): Region | undefined {
  const size = region.imageSize;
  if (size !== undefined && (size.rows !== rows || size.columns !== columns)) return undefined;
  const x = Math.max(0, Math.floor(region.x));
  const y = Math.max(0, Math.floor(region.y));
  const width = Math.min(columns, Math.ceil(region.x + region.width)) - x;
  const height = Math.min(rows, Math.ceil(region.y + region.height)) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

function blank(bytes: Uint8Array, format: PixelFormat, frame: number, region: Region): void {
  const { rows, columns, samples, planar, photometric } = format;
  const width = format.bitsAllocated / 8;
  const frameStart = frame * rows * columns * samples * width;
  for (let row = region.y; row < region.y + region.height; row++) {
    for (let plane = 0; plane < (planar ? samples : 1); plane++) {
      const perPixel = planar ? width : samples * width;
      const start = frameStart + plane * rows * columns * width + (row * columns + region.x) * perPixel;
      bytes.fill(0, start, start + region.width * perPixel);
      if (photometric !== 'YBR' || width !== 1) continue;
      // No chrominance is 128 (PS3.3 section C.7.6.3.1.2).
      if (planar && plane > 0) bytes.fill(128, start, start + region.width);
      for (let at = start; !planar && at < start + region.width * 3; at += 3) bytes.fill(128, at + 1, at + 3);
    }
  }
}

/** Whether an overlay lies in bits of the pixels that the image does not use (retired, PS3.5 section 8.1.2). */
export function hasEmbeddedOverlay({ dataSet }: DicomFile): boolean {
  for (let group = 0x6000; group <= 0x60fe; group += 2) {
    const base = group * 0x10000;
    if (dataSet.has(base + 0x0010) && !dataSet.has(base + 0x3000)) return true;
    if ((dataSet.number(base + 0x0102) ?? 0) > 0) return true;
  }
  return false;
}

/**
 * Clears the bits of every cell that are not part of the stored value, sign extensions too: these are told by the sign
 * bit. `undefined` where the pixels are compressed.
 * @throws Fault as `readPixelFormat`
 */
export function withoutUnusedBits(file: DicomFile): DicomFile | undefined {
  const native = file.pixelData?.native;
  if (native === undefined) return undefined;
  const { bitsAllocated, bitsStored, lowBit } = readPixelFormat(file);
  if (bitsStored === bitsAllocated) return file;
  if (bitsAllocated !== 8 && bitsAllocated !== 16) return undefined;
  const mask = ((1 << bitsStored) - 1) << lowBit;
  const bytes = native.slice();
  const high = file.pixelData?.littleEndian === false && file.pixelData.vr !== 'OB' ? 0 : 1;
  for (let at = 0; at < bytes.length; at++) {
    const isHigh = bitsAllocated === 16 && (at & 1) === high;
    bytes[at] = bytes[at]! & (isHigh ? mask >>> 8 : mask & 0xff);
  }
  return withPixels(file, bytes);
}
