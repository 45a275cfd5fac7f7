import { Fault } from '../fault/index.ts';

/** One pass over the picture: which pixels it holds (PNG, 8.2). */
export interface Pass {
  readonly x0: number;
  readonly y0: number;
  readonly dx: number;
  readonly dy: number;
  readonly width: number;
  readonly height: number;
}

/** Adam7: start and step of the seven passes. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** The passes of a picture, empty ones left out. */
export function passes(width: number, height: number, interlaced: boolean): Pass[] {
  const steps = interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const);
  return steps
    .map(([x0, y0, dx, dy]) => ({
      ...{ x0, y0, dx, dy },
      width: Math.ceil((width - x0) / dx),
      height: Math.ceil((height - y0) / dy),
    }))
    .filter((pass) => pass.width > 0 && pass.height > 0);
}

/** Undoes the row filters (PNG, 9.2): rows of a filter byte and `rowBytes` become rows of `rowBytes`. */
export function unfilter(raw: Uint8Array, rowBytes: number, pixelBytes: number): Uint8Array {
  const height = raw.length / (rowBytes + 1);
  const rows = new Uint8Array(height * rowBytes);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (rowBytes + 1)];
    if (filter > 4) throw new Fault('MALFORMED', `PNG row filter ${filter}`);
    const from = y * (rowBytes + 1) + 1;
    const to = y * rowBytes;
    for (let x = 0; x < rowBytes; x++) {
      const left = x < pixelBytes ? 0 : rows[to + x - pixelBytes];
      const above = y === 0 ? 0 : rows[to + x - rowBytes];
      const corner = x < pixelBytes || y === 0 ? 0 : rows[to + x - rowBytes - pixelBytes];
      rows[to + x] = raw[from + x] + predict(filter, left, above, corner);
    }
  }
  return rows;
}

/** The predictor of a filter type: none, sub, up, average, Paeth. */
export function predict(filter: number, left: number, above: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4: {
      const estimate = left + above - corner;
      const [a, b, c] = [Math.abs(estimate - left), Math.abs(estimate - above), Math.abs(estimate - corner)];
      return a <= b && a <= c ? left : b <= c ? above : corner;
    }
    default:
      return 0;
  }
}
