import type { Grid, Vec3 } from '../geometry/index.ts';
import { type Acquisition, acquire, textureOf } from './acquire.ts';
import type { Anatomy } from './anatomy.ts';
import { type SignalTable, signal, signalTable } from './contrast.ts';
import { paintSagittal } from './paint-sagittal.ts';
import { type PhantomShape, phantomShape, toPatientMm } from './phantom-shape.ts';
import { along } from './polygon.ts';
import type { SeriesProtocol } from './protocol.ts';
import { randomOf } from './random.ts';
import { canvas, type LineSet, type ProbeLine } from './raster.ts';
import { addColumn, addSignal, FINE, middleTissue, type SliceSignal } from './sample-slice.ts';
import { FAT } from './tissue.ts';

/** One slice: 12-bit magnitude, row-major, and where it lies. */
export interface RenderedSlice {
  /** Middle of the first pixel, LPS mm. */
  readonly originMm: Vec3;
  /** Directions of increasing column and row, LPS. */
  readonly columnAxis: Vec3;
  readonly rowAxis: Vec3;
  readonly pixels: Uint16Array;
}

export interface RenderedSeries {
  readonly protocol: SeriesProtocol;
  readonly slices: readonly RenderedSlice[];
}

/** Truth on the grid of a sagittal series: label values of the segmentation format; the sac with its dura is 61, the cord 60. */
export interface LabelMap {
  readonly grid: Grid;
  readonly labels: Uint8Array;
}

/** Places through the slice, in thicknesses, and their weights: a slice profile like a Gaussian. */
const SAGITTAL_PROFILE = [
  [-0.44, 0.12],
  [-0.22, 0.22],
  [0.22, 0.22],
  [0.44, 0.12],
  [0, 0.32],
] as const;
const AXIAL_PROFILE = [
  [-0.35, 0.27],
  [0, 0.46],
  [0.35, 0.27],
] as const;
const WHITE = 4095;

/** Renders one series. `seed` is that of noise and texture, not of the anatomy. */
export function renderSeries(anatomy: Anatomy, protocol: SeriesProtocol, seed: number): RenderedSeries {
  const shape = phantomShape(anatomy);
  return protocol.orientation === 'sagittal'
    ? renderSagittal(shape, [protocol], seed).series[0]
    : renderAxial(shape, protocol, seed);
}

/**
 * Renders sagittal series that share one geometry (that of the first), with the label map of their common grid. Slices
 * run from left to right, columns from front to back, rows from head to feet.
 */
export function renderSagittal(
  shape: PhantomShape,
  protocols: readonly SeriesProtocol[],
  seed: number,
): { readonly series: readonly RenderedSeries[]; readonly labelMap: LabelMap } {
  const { columns, rows, pixelMm, slices, spacingMm, thicknessMm } = protocols[0];
  const { tissues } = shape.tissues.palette;
  const tables = protocols.map((p) => tableOf(shape, p));
  // The spine stands behind the middle of the picture, the lumbar spine in the middle of its height.
  const originU = shape.isocentre[0] - columns * pixelMm * 0.62;
  const originV = shape.isocentre[1] - rows * pixelMm * 0.5;
  const n = columns * rows;
  const labels = new Uint8Array(n * slices);
  const rendered: RenderedSlice[][] = protocols.map(() => []);
  const sub = pixelMm / FINE;
  const picture = canvas(
    columns * FINE,
    rows * FINE,
    originU - pixelMm / 2 + sub / 2,
    originV - pixelMm / 2 + sub / 2,
    sub,
  );
  for (let k = 0; k < slices; k++) {
    const x = ((slices - 1) / 2 - k) * spacingMm;
    const signals = protocols.map(() => emptySlice(columns, rows));
    for (const [offset, weight] of SAGITTAL_PROFILE) {
      paintSagittal(shape, x + offset * thicknessMm, picture);
      signals.forEach((s, p) => {
        addSignal(s, picture, tables[p], weight);
      });
    }
    const tissue = middleTissue(picture);
    for (let i = 0; i < n; i++) labels[k * n + i] = tissues[tissue[i]].label;
    const texture = textureOf(columns, rows, pixelMm, randomOf(seed, `texture/${k}`));
    protocols.forEach((protocol, p) => {
      const how: Acquisition = {
        ...acquisitionOf(protocol),
        coilColumn:
          (shape.soft.skin[Math.round(shape.isocentre[1] - shape.soft.topV)] - originU) / pixelMm - 6,
        saturationColumn:
          (shape.soft.front[Math.round(shape.isocentre[1] - shape.soft.topV)] - 34 - originU) / pixelMm,
      };
      const random = randomOf(seed, `${protocol.name}/${k}`);
      rendered[p].push({
        originMm: toPatientMm(shape, x, [originU, originV]),
        columnAxis: [0, 1, 0],
        rowAxis: [0, 0, -1],
        pixels: quantise(acquire(signals[p], tissue, tissues, how, texture, random), protocol),
      });
    });
  }
  const first = toPatientMm(shape, ((slices - 1) / 2) * spacingMm, [originU, originV]);
  return {
    series: protocols.map((protocol, p) => ({ protocol, slices: rendered[p] })),
    labelMap: {
      grid: {
        size: [columns, rows, slices],
        spacingMm: [pixelMm, pixelMm, spacingMm],
        originMm: first,
        axes: [
          [0, 1, 0],
          [0, 0, -1],
          [-1, 0, 0],
        ],
      },
      labels,
    },
  };
}

/**
 * Renders an axial series: for each disc, from the highest to the lowest, a block of slices parallel to it. The planes
 * are cut out of sagittal sections, one for each column, so that both views show one anatomy. `kinds` holds what lies at
 * the middle of every pixel of each slice, as `PhantomSlice.labels` does.
 */
export function renderAxial(
  shape: PhantomShape,
  protocol: SeriesProtocol,
  seed: number,
): RenderedSeries & { readonly kinds: readonly Uint8Array[] } {
  const { columns, rows, pixelMm, slices, spacingMm, thicknessMm } = protocol;
  const { tissues } = shape.tissues.palette;
  const table = tableOf(shape, protocol);
  const discs = shape.spine.discs.slice(0, protocol.discs ?? 5).reverse();
  const planes = discs.flatMap((disc) =>
    Array.from({ length: slices }, (_, i) => ({
      disc,
      // From above the disc to below it.
      middle: along(disc.centre, disc.headward, ((slices - 1) / 2 - i) * spacingMm),
    })),
  );
  const sub = pixelMm / FINE;
  // The disc's middle lies a little in front of the middle of the picture.
  const lead = rows * pixelMm * 0.46;
  const lines: ProbeLine[] = planes.flatMap(({ disc, middle }) =>
    AXIAL_PROFILE.map(([offset]) => ({
      start: along(
        along(middle, disc.headward, offset * thicknessMm),
        disc.backward,
        -lead - pixelMm / 2 + sub / 2,
      ),
      direction: disc.backward,
    })),
  );
  const length = rows * FINE;
  const set: LineSet = { lines, length, stepMm: sub, data: new Uint8Array(lines.length * length) };
  const signals = planes.map(() => emptySlice(columns, rows));
  const tissueOf = planes.map(() => new Uint8Array(columns * rows));
  for (let c = 0; c < columns; c++) {
    paintSagittal(shape, (c + 0.5 - columns / 2) * pixelMm, set);
    signals.forEach((target, s) => {
      AXIAL_PROFILE.forEach(([offset, weight], i) => {
        const l = s * AXIAL_PROFILE.length + i;
        const samples = set.data.subarray(l * length, (l + 1) * length);
        addColumn(target, c, samples, table, weight);
        if (offset === 0)
          for (let y = 0; y < rows; y++) tissueOf[s][y * columns + c] = samples[y * FINE + FINE / 2];
      });
    });
  }
  const rendered = planes.map(({ disc, middle }, s): RenderedSlice => {
    const texture = textureOf(columns, rows, pixelMm, randomOf(seed, `texture/${protocol.name}/${s}`));
    const skinV = Math.round(middle[1] - shape.soft.topV);
    const how: Acquisition = {
      ...acquisitionOf(protocol),
      coilRow: lead / pixelMm + (shape.soft.skin[skinV] - middle[0]) / pixelMm - 6,
    };
    const random = randomOf(seed, `${protocol.name}/${s}`);
    return {
      originMm: toPatientMm(shape, (0.5 - columns / 2) * pixelMm, along(middle, disc.backward, -lead)),
      columnAxis: [1, 0, 0],
      rowAxis: [0, disc.backward[0], -disc.backward[1]],
      pixels: quantise(acquire(signals[s], tissueOf[s], tissues, how, texture, random), protocol),
    };
  });
  const kinds = tissueOf.map((slice) => slice.map((t) => tissues[t].kind));
  return { protocol, slices: rendered, kinds };
}

function emptySlice(width: number, height: number): SliceSignal {
  const n = width * height;
  return { width, height, water: new Float32Array(n), fat: new Float32Array(n) };
}

/** Relaxation varies from person to person by 5 %, equally in all series of a kind. */
function tableOf(shape: PhantomShape, protocol: SeriesProtocol): SignalTable {
  return signalTable(
    shape.tissues.palette.tissues,
    protocol.sequence,
    randomOf(shape.anatomy.seed, 'relaxation'),
    0.05,
  );
}

/** Signal that stands for "bright": fat, or fluid where fat is suppressed. */
function brightOf(protocol: SeriesProtocol): number {
  const fat = signal(protocol.sequence, FAT.pd, FAT.t1, FAT.t2);
  const fluid = signal(protocol.sequence, 107, 4000, 1500);
  return protocol.sequence.kind === 'stir' ? fluid : Math.max(fat, 0.75 * fluid);
}

function acquisitionOf(protocol: SeriesProtocol): Acquisition {
  const bright = brightOf(protocol);
  return {
    pixelMm: protocol.pixelMm,
    // 3.5 ppm of the proton frequency (42.577 MHz/T) over the bandwidth of a pixel.
    chemicalShift: (3.5 * 42.577 * protocol.fieldTesla) / protocol.bandwidthHz,
    coilMm: protocol.coilMm,
    shading: 0.12,
    phaseShare: protocol.phaseShare,
    noiseSd: bright * protocol.noise,
    ghost: protocol.ghost,
    ghostStep: 0.23,
    sharpen: 0.25,
  };
}

function quantise(image: Float32Array, protocol: SeriesProtocol): Uint16Array {
  const scale = (0.5 * WHITE) / brightOf(protocol);
  const out = new Uint16Array(image.length);
  for (let i = 0; i < image.length; i++) {
    const v = image[i] * scale + 0.5;
    out[i] = v > WHITE ? WHITE : v;
  }
  return out;
}
