import { parseDicom } from '@promontory/core/dicom';
import { type Picture, writePng } from '@promontory/core/formats';
import { type CodecPort, openPixels } from '@promontory/core/pixels';

import { writeJpeg } from './jpeg-write.ts';
import { pictureOf, pixelAspect } from './picture.ts';
import { type Region, resample } from './resample.ts';
import type { Voi } from './voi.ts';

/** PS3.18 section 8.3.5.1.3: scaled to fit, the shape kept. */
export interface Viewport {
  readonly width: number;
  readonly height: number;
  /** Left upper corner and size in pixels of the image; a missing size reaches to its end, a negative one flips. */
  readonly x?: number;
  readonly y?: number;
  readonly sourceWidth?: number;
  readonly sourceHeight?: number;
}

export type RenderedType = 'image/jpeg' | 'image/png';

export interface RenderRequest {
  /** From 1. */
  readonly frame: number;
  readonly mediaType: RenderedType;
  /** 1–100, of JPEG. Default 90. */
  readonly quality?: number;
  readonly window?: Voi;
  /** Default: the image's own size, with square pixels. */
  readonly viewport?: Viewport;
}

export type Rendered =
  | { readonly kind: 'picture'; readonly bytes: Uint8Array; readonly width: number; readonly height: number }
  /** The viewport's region is not within the image. */
  | { readonly kind: 'outside' };

const DEFAULT_QUALITY = 90;
/** A pixel is taken for square up to this difference of its sides. */
const SQUARE_WITHIN = 0.01;
const MAX_SIDE = 16_384;

/** @throws Fault as parsing and decoding do */
export async function render(
  bytes: Uint8Array,
  request: RenderRequest,
  codecs: CodecPort,
): Promise<Rendered> {
  const file = parseDicom(bytes);
  const pixels = openPixels(file, codecs);
  const whole = await pictureOf(file, pixels, request.frame - 1, request.window);
  const region = regionOf(request.viewport, whole);
  if (region === undefined) return { kind: 'outside' };
  const picture = sized(whole, region, request.viewport, pixelAspect(file));
  const { width, height } = picture;
  const encoded =
    request.mediaType === 'image/png'
      ? writePng(picture)
      : writeJpeg(picture, request.quality ?? DEFAULT_QUALITY);
  return { kind: 'picture', bytes: encoded, width, height };
}

function regionOf(viewport: Viewport | undefined, { width, height }: Picture): Region | undefined {
  const x = viewport?.x ?? 0;
  const y = viewport?.y ?? 0;
  const region = {
    x,
    y,
    width: viewport?.sourceWidth ?? width - x,
    height: viewport?.sourceHeight ?? height - y,
  };
  const inside = (at: number, size: number, length: number) =>
    at >= 0 && Math.abs(size) > 0 && at + Math.abs(size) <= length;
  return inside(x, region.width, width) && inside(y, region.height, height) ? region : undefined;
}

function sized(whole: Picture, region: Region, viewport: Viewport | undefined, aspect: number): Picture {
  const square = Math.abs(aspect - 1) <= SQUARE_WITHIN;
  const spanX = Math.abs(region.width) * (square || aspect > 1 ? 1 : 1 / aspect);
  const spanY = Math.abs(region.height) * (square || aspect < 1 ? 1 : aspect);
  const fit = viewport === undefined ? 1 : Math.min(viewport.width / spanX, viewport.height / spanY);
  const side = (span: number) => Math.min(MAX_SIDE, Math.max(1, Math.round(span * fit)));
  const width = side(spanX);
  const height = side(spanY);
  const asItIs =
    width === whole.width && height === whole.height && region.width === width && region.height === height;
  return asItIs ? whole : resample(whole, region, width, height);
}
