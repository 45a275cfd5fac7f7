import { type DicomFile, formatTag, type PixelData, Tag } from '../dicom/index.ts';
import { Fault } from '../fault/index.ts';
import { DEFAULT_PIXEL_LIMITS, type PixelLimits } from './limits.ts';

/** How the samples of a pixel make its brightness. `YBR` covers every luminance–chrominance form. */
export type Photometric = 'MONOCHROME1' | 'MONOCHROME2' | 'RGB' | 'YBR' | 'PALETTE';

/** The Image Pixel module (PS3.3 C.7.6.3), consistent in itself and within the limits. */
export interface PixelFormat {
  readonly rows: number;
  readonly columns: number;
  readonly frameCount: number;
  readonly samples: 1 | 3;
  readonly photometric: Photometric;
  /** Chrominance at half the columns, uncompressed (YBR_FULL_422). */
  readonly halvedChroma: boolean;
  /** Samples of a pixel in planes, not side by side. */
  readonly planar: boolean;
  readonly bitsAllocated: 1 | 8 | 16 | 32 | 64;
  readonly bitsStored: number;
  /** Lowest bit of the stored value in its allocated cell. */
  readonly lowBit: number;
  readonly signed: boolean;
  /** Float Pixel Data or Double Float Pixel Data. */
  readonly floating: boolean;
}

/**
 * Reads and checks the description of the pixels; nothing is allocated.
 *
 * @throws Fault `PIXELS_INCONSISTENT` where the attributes are absent or contradict each other, `UNSUPPORTED` for other
 * depths and colour models, `LIMIT_EXCEEDED` for frames beyond the limits.
 */
export function readPixelFormat(file: DicomFile, limits: PixelLimits = DEFAULT_PIXEL_LIMITS): PixelFormat {
  const { dataSet, pixelData } = file;
  if (pixelData === undefined) throw new Fault('PIXELS_INCONSISTENT', 'the object holds no pixel data');
  const whole = (tag: number, fallback?: number): number => {
    const value = dataSet.has(tag) ? dataSet.number(tag) : undefined;
    const known = value ?? fallback;
    if (known === undefined || !Number.isInteger(known) || known < 0)
      throw inconsistent('missing or malformed', tag);
    return known;
  };
  const rows = whole(Tag.Rows);
  const columns = whole(Tag.Columns);
  const frameCount = whole(Tag.NumberOfFrames, 1);
  if (rows === 0 || columns === 0) throw inconsistent('zero', rows === 0 ? Tag.Rows : Tag.Columns);
  if (frameCount === 0) throw inconsistent('zero', Tag.NumberOfFrames);
  if (rows * columns > limits.maxFramePixels) {
    throw new Fault(
      'LIMIT_EXCEEDED',
      `a frame of ${rows} × ${columns} pixels is beyond ${limits.maxFramePixels}`,
    );
  }
  const samples = whole(Tag.SamplesPerPixel, 1);
  if (samples !== 1 && samples !== 3) {
    throw new Fault('UNSUPPORTED', `${samples} samples a pixel`, { tag: formatTag(Tag.SamplesPerPixel) });
  }
  const floating = pixelData.tag !== Tag.PixelData;
  const bitsAllocated = allocatedBits(whole(Tag.BitsAllocated, floatBits(pixelData)), pixelData);
  if (bitsAllocated === 1 && samples !== 1) throw new Fault('UNSUPPORTED', 'colour of one bit');
  const bitsStored = floating ? bitsAllocated : whole(Tag.BitsStored, bitsAllocated);
  const highBit = floating ? bitsAllocated - 1 : whole(Tag.HighBit, bitsStored - 1);
  if (bitsStored < 1 || bitsStored > bitsAllocated)
    throw inconsistent('outside Bits Allocated', Tag.BitsStored);
  if (highBit >= bitsAllocated || highBit < bitsStored - 1)
    throw inconsistent('outside Bits Allocated', Tag.HighBit);
  const model = dataSet.text(Tag.PhotometricInterpretation);
  const photometric = photometricOf(model, samples);
  return {
    rows,
    columns,
    frameCount,
    samples,
    photometric,
    halvedChroma: model === 'YBR_FULL_422' || model === 'YBR_PARTIAL_422',
    planar: samples === 3 && dataSet.number(Tag.PlanarConfiguration) === 1,
    bitsAllocated,
    bitsStored,
    lowBit: highBit - bitsStored + 1,
    signed: dataSet.number(Tag.PixelRepresentation) === 1,
    floating,
  };
}

function allocatedBits(bits: number, pixelData: PixelData): PixelFormat['bitsAllocated'] {
  const floating = floatBits(pixelData);
  if (floating !== undefined && bits !== floating)
    throw inconsistent('not that of the float pixels', Tag.BitsAllocated);
  if (bits === 1 || bits === 8 || bits === 16 || bits === 32 || (bits === 64 && floating === 64)) return bits;
  throw new Fault('UNSUPPORTED', `${bits} bits allocated`, { tag: formatTag(Tag.BitsAllocated) });
}

function floatBits({ tag }: PixelData): 32 | 64 | undefined {
  return tag === Tag.FloatPixelData ? 32 : tag === Tag.DoubleFloatPixelData ? 64 : undefined;
}

function photometricOf(model: string | undefined, samples: 1 | 3): Photometric {
  // YBR_RCT and YBR_ICT are JPEG 2000's own transforms, which its decoders undo.
  if (samples === 3) return model?.startsWith('YBR_FULL') || model?.startsWith('YBR_PARTIAL') ? 'YBR' : 'RGB';
  if (model === 'MONOCHROME1') return 'MONOCHROME1';
  return model === 'PALETTE COLOR' ? 'PALETTE' : 'MONOCHROME2';
}

const inconsistent = (what: string, tag: number): Fault =>
  new Fault('PIXELS_INCONSISTENT', `an attribute of the pixels is ${what}`, { tag: formatTag(tag) });
