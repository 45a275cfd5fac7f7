import { greyPng, pngDataUri } from '@promontory/core/draw';
import { isFault } from '@promontory/core/fault';
import { Resvg } from '@resvg/resvg-js';
import { describe, expect, test } from 'vitest';
import { resvgRasteriser } from './resvg-rasteriser.ts';

const svg = (content: string, width = 40, height = 20): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">${content}</svg>`;
/** Width and height from the header of a PNG. */
const sizeOf = (png: Uint8Array): [number, number] => {
  const view = new DataView(png.buffer, png.byteOffset);
  return [view.getUint32(16), view.getUint32(20)];
};

/** Pixels of a PNG, RGBA, decoded by resvg. */
function decode(png: Uint8Array): Uint8Array {
  const [width, height] = sizeOf(png);
  const uri = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
  return new Resvg(svg(`<image href="${uri}" width="${width}" height="${height}"/>`, width, height)).render()
    .pixels;
}

describe('resvgRasteriser', () => {
  const raster = resvgRasteriser();

  test('makes a PNG of the asked width', () => {
    expect(sizeOf(raster.toPng(svg('')))).toEqual([40, 20]);
    expect(sizeOf(raster.toPng(svg(''), { widthPx: 100 }))).toEqual([100, 50]);
  });

  test('draws lettering without any font of the system', () => {
    const ink = (content: string): number =>
      decode(raster.toPng(svg(content))).reduce((sum, v) => sum + v, 0);
    const text = (family: string) =>
      ink(`<text x="2" y="15" font-size="14" font-family="${family}">L5/S1 ±</text>`);
    expect(ink('')).toBe(0);
    expect(text('IBM Plex Sans')).toBeGreaterThan(0);
    expect(text('Nonesuch, sans-serif')).toBe(text('IBM Plex Sans'));
  });

  test('shows an embedded greyscale image as it was written', () => {
    const pixels = Uint8Array.from({ length: 12 * 6 }, (_, i) => (i * 29) & 255);
    const uri = pngDataUri(greyPng(pixels, 12, 6));
    const shown = decode(raster.toPng(svg(`<image href="${uri}" width="12" height="6"/>`, 12, 6)));
    expect(Uint8Array.from(pixels, (_, i) => shown[i * 4])).toEqual(pixels);
  });

  test('refuses what is no SVG, and pictures without measure', () => {
    expect(() => raster.toPng('not a picture')).toThrow(
      expect.toSatisfy((e: unknown) => isFault(e, 'MALFORMED')),
    );
    expect(() => raster.toPng(svg(''), { widthPx: 100_000 })).toThrow(
      expect.toSatisfy((e: unknown) => isFault(e, 'LIMIT_EXCEEDED')),
    );
  });
});
