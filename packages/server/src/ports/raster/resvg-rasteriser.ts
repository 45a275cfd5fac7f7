import { fileURLToPath } from 'node:url';
import { Fault } from '@promontory/core/fault';
import { Resvg } from '@resvg/resvg-js';
import type { Rasteriser } from './rasteriser.ts';

/** IBM Plex Sans (SIL Open Font Licence): a clean machine has no fonts at all. */
const FONT_FAMILY = 'IBM Plex Sans';
const FONT_FILES = [
  '400Regular/IBMPlexSans_400Regular',
  '600SemiBold/IBMPlexSans_600SemiBold',
  '700Bold/IBMPlexSans_700Bold',
].map((file) => fileURLToPath(import.meta.resolve(`@expo-google-fonts/ibm-plex-sans/${file}.ttf`)));

/** A key image has about 2 megapixels; a hundred would only be reached by mistake. */
const MAX_PIXELS = 64e6;

/** The port on resvg (Rust, no system libraries). */
export function resvgRasteriser(): Rasteriser {
  return {
    toPng(svg, { widthPx } = {}) {
      const resvg = parse(svg, widthPx);
      const scale = widthPx === undefined ? 1 : widthPx / resvg.width;
      if (resvg.width * resvg.height * scale * scale > MAX_PIXELS) {
        throw new Fault('LIMIT_EXCEEDED', 'The picture would have more than 64 million pixels.', {
          advice: 'Ask for a smaller width.',
        });
      }
      return resvg.render().asPng();
    },
  };
}

function parse(svg: string, widthPx: number | undefined): Resvg {
  try {
    return new Resvg(svg, {
      ...(widthPx === undefined ? {} : { fitTo: { mode: 'width' as const, value: widthPx } }),
      font: {
        fontFiles: FONT_FILES,
        loadSystemFonts: false,
        defaultFontFamily: FONT_FAMILY,
        sansSerifFamily: FONT_FAMILY,
      },
    });
  } catch (cause) {
    throw new Fault('MALFORMED', 'The picture is not a readable SVG.', { cause });
  }
}
