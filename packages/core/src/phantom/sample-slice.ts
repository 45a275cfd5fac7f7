import type { SignalTable } from './contrast.ts';
import type { Canvas } from './raster.ts';

/** Water and fat signal of a slice before coil and noise, and the tissue at the middle of every pixel. */
export interface SliceSignal {
  readonly width: number;
  readonly height: number;
  readonly water: Float32Array;
  readonly fat: Float32Array;
}

/** Pixels are drawn this many times finer along both directions. */
export const FINE = 2;

/**
 * Adds a tissue picture, drawn twice finer than the pixels, to a slice: partial volume in plane (box) and, by `weight`,
 * through the slice. Pixel (i, j) covers samples 2i, 2i + 1 of rows 2j, 2j + 1.
 */
export function addSignal(target: SliceSignal, picture: Canvas, table: SignalTable, weight: number): void {
  const { width, height, water, fat } = target;
  const { w, f } = shares(table, weight / (FINE * FINE));
  const { data, width: stride } = picture;
  for (let y = 0; y < height; y++) {
    let p = y * FINE * stride;
    for (let x = y * width; x < (y + 1) * width; x++, p += 2) {
      const a = data[p];
      const b = data[p + 1];
      const c = data[p + stride];
      const d = data[p + stride + 1];
      // Nearly every pixel lies inside one tissue.
      if (a === b && a === c && a === d) {
        water[x] += 4 * w[a];
        fat[x] += 4 * f[a];
      } else {
        water[x] += w[a] + w[b] + w[c] + w[d];
        fat[x] += f[a] + f[b] + f[c] + f[d];
      }
    }
  }
}

/** Adds one column of pixels from a line of samples, twice finer than the rows. */
export function addColumn(
  target: SliceSignal,
  column: number,
  samples: Uint8Array,
  table: SignalTable,
  weight: number,
): void {
  const { width, height, water, fat } = target;
  const share = weight / FINE;
  for (let y = 0, p = 0, x = column; y < height; y++, p += FINE, x += width) {
    const a = samples[p];
    const b = samples[p + 1];
    water[x] += share * (table.water[a] + table.water[b]);
    fat[x] += share * (table.fat[a] + table.fat[b]);
  }
}

function shares(table: SignalTable, share: number): { readonly w: Float32Array; readonly f: Float32Array } {
  return {
    w: Float32Array.from(table.water, (x) => x * share),
    f: Float32Array.from(table.fat, (x) => x * share),
  };
}

/** The tissue nearest to the middle of each pixel. */
export function middleTissue(picture: Canvas): Uint8Array {
  const width = picture.width / FINE;
  const height = picture.height / FINE;
  const half = FINE / 2;
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      out[y * width + x] = picture.data[(y * FINE + half) * picture.width + x * FINE + half];
  return out;
}
