/** Ways in which images get worse, or are not what they are taken for. Seeded: the same slice is disturbed alike each time. */
import { type InPlaneGrid, resampleSlice, type SliceImage } from '@promontory/core/geometry';
import { randomFrom } from '@promontory/core/validation';

export interface Disturbance {
  readonly name: string;
  /** Rising strength; what the number means stands in `unit`. */
  readonly levels: readonly number[];
  readonly unit: string;
  readonly apply: (slice: SliceImage, level: number) => SliceImage;
}

const withData = (slice: SliceImage, data: Float32Array): SliceImage => ({ ...slice, data });

/** Mean of what is brighter than air. */
function tissueLevel(data: Float32Array): number {
  const most = data.reduce((a, b) => Math.max(a, b), 0);
  const tissue = data.filter((v) => v > 0.1 * most);
  return tissue.reduce((a, b) => a + b, 0) / Math.max(1, tissue.length);
}

/** Rician noise of magnitude images. */
function noisy(slice: SliceImage, share: number): SliceImage {
  const random = randomFrom(11);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const sd = share * tissueLevel(slice.data);
  return withData(
    slice,
    slice.data.map((v) => Math.hypot(v + sd * normal(), sd * normal())),
  );
}

function blurred(slice: SliceImage, sigmaMm: number): SliceImage {
  const { columns, rows, spacingMm } = slice.inPlane;
  const along = (
    data: Float32Array,
    step: number,
    length: number,
    lines: number,
    stride: number,
    sigma: number,
  ) => {
    const reach = Math.ceil(3 * sigma);
    const weights = Array.from({ length: 2 * reach + 1 }, (_, i) =>
      Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)),
    );
    const total = weights.reduce((a, b) => a + b, 0);
    const out = new Float32Array(data.length);
    for (let line = 0; line < lines; line++) {
      for (let i = 0; i < length; i++) {
        let sum = 0;
        for (let t = -reach; t <= reach; t++) {
          const j = Math.min(length - 1, Math.max(0, i + t));
          sum += weights[t + reach] * data[line * stride + j * step];
        }
        out[line * stride + i * step] = sum / total;
      }
    }
    return out;
  };
  const once = along(slice.data, 1, columns, rows, columns, sigmaMm / spacingMm[0]);
  return withData(slice, along(once, columns, rows, columns, 1, sigmaMm / spacingMm[1]));
}

/** Ghosts of periodic motion along the phase-encoding direction (head to foot): shifted copies, alternately signed. */
function ghosted(slice: SliceImage, share: number): SliceImage {
  const { columns, rows } = slice.inPlane;
  const shift = Math.round(rows / 7);
  return withData(
    slice,
    slice.data.map((v, at) => {
      const [x, y] = [at % columns, Math.floor(at / columns)];
      const ghost = (n: number) => slice.data[x + columns * ((((y + n * shift) % rows) + rows) % rows)];
      return Math.abs(v + share * (ghost(1) - 0.6 * ghost(-1) + 0.4 * ghost(2)));
    }),
  );
}

/** A small old scanner: coarse pixels, then noise as at low field. */
function lowField(slice: SliceImage, pixelMm: number): SliceImage {
  const fine = slice.inPlane;
  const ratio = pixelMm / fine.spacingMm[0];
  const coarse: InPlaneGrid = {
    columns: Math.round(fine.columns / ratio),
    rows: Math.round(fine.rows / ratio),
    spacingMm: [pixelMm, pixelMm],
    originMm: fine.originMm,
  };
  const there = resampleSlice(slice.data, fine, coarse);
  return noisy(withData(slice, resampleSlice(there, coarse, fine)), 0.12);
}

/** Metal in the back of a body: a void with a bright rim, drawn out along the rows (frequency encoding). */
function metal(slice: SliceImage, radiusMm: number): SliceImage {
  const { columns, rows, spacingMm } = slice.inPlane;
  const bright = 3 * tissueLevel(slice.data);
  return withData(
    slice,
    slice.data.map((v, at) => {
      const dx = ((at % columns) - 0.5 * columns) * spacingMm[0];
      const dy = (Math.floor(at / columns) - 0.55 * rows) * spacingMm[1];
      const r = Math.hypot(dx / 1.6, dy);
      if (r < radiusMm) return 0;
      return r < 1.25 * radiusMm ? Math.max(v, bright) : v;
    }),
  );
}

const flipped =
  (rows: boolean, columns: boolean) =>
  (slice: SliceImage): SliceImage => {
    const { columns: m, rows: n } = slice.inPlane;
    return withData(
      slice,
      slice.data.map((_, at) => {
        const [x, y] = [at % m, Math.floor(at / m)];
        return slice.data[(columns ? m - 1 - x : x) + m * (rows ? n - 1 - y : y)];
      }),
    );
  };

function rescaled(slice: SliceImage, factor: number): SliceImage {
  const scale = (s: readonly [number, number]): [number, number] => [s[0] * factor, s[1] * factor];
  const [u, v, w] = slice.grid.spacingMm;
  return {
    ...slice,
    inPlane: { ...slice.inPlane, spacingMm: scale(slice.inPlane.spacingMm) },
    grid: { ...slice.grid, spacingMm: [u * factor, v * factor, w] },
  };
}

/** The image gets worse: figures may fall, and should fall slowly. */
export const DEGRADATIONS: readonly Disturbance[] = [
  {
    name: 'noise',
    levels: [0.05, 0.1, 0.2],
    unit: 'standard deviation over mean tissue signal',
    apply: noisy,
  },
  { name: 'blur', levels: [0.5, 1, 1.5], unit: 'standard deviation, mm', apply: blurred },
  { name: 'motion', levels: [0.05, 0.1, 0.2], unit: 'ghosts over signal', apply: ghosted },
  { name: 'metal', levels: [8, 15, 25], unit: 'radius of the void, mm', apply: metal },
  { name: 'low field', levels: [1, 1.5, 2], unit: 'pixel, mm, with 12 % noise', apply: lowField },
];

/** The image is not what it is taken for: the reading should refuse or withhold the grades. */
export const MISTAKES: readonly Disturbance[] = [
  { name: 'upside down', levels: [1], unit: '', apply: flipped(true, true) },
  { name: 'head and feet mirrored', levels: [1], unit: '', apply: flipped(true, false) },
  { name: 'front and back mirrored', levels: [1], unit: '', apply: flipped(false, true) },
  { name: 'wrong spacing', levels: [0.5, 0.7, 1.5, 2], unit: 'times the true pixel size', apply: rescaled },
];
