import type { DiscLabel } from '../spine/index.ts';
import { acquire, textureOf } from './acquire.ts';
import { clamp } from './arithmetic.ts';
import { type Sequence, type SignalTable, signalTable } from './contrast.ts';
import { middleOfDisc } from './landmarks.ts';
import { paintSagittal } from './paint-sagittal.ts';
import { phantomShape } from './phantom-shape.ts';
import { discSection } from './plane-section.ts';
import { type Random, randomOf } from './random.ts';
import { canvas } from './raster.ts';
import { type PathologyRequest, samplePatient } from './sample.ts';
import { addSignal, FINE, middleTissue } from './sample-slice.ts';
import type { Tissue } from './tissue.ts';

export type SliceContrast = 't1' | 't2' | 'stir' | 'space' | 'random';

export interface SliceOptions {
  /** Edge of a square pixel, mm. Default 1. */
  readonly spacingMm?: number;
  readonly width?: number;
  readonly height?: number;
  /** Contrast; drawn from the seed where absent. */
  readonly contrast?: SliceContrast;
  /** Plane, mm to the left of the middle; drawn (mostly near the middle) where absent. */
  readonly xMm?: number;
  readonly pathology?: PathologyRequest;
}

export interface PhantomSlice {
  readonly width: number;
  readonly height: number;
  readonly spacingMm: number;
  readonly contrast: SliceContrast;
  readonly xMm: number;
  readonly lumbarCount: number;
  /** Signal, arbitrary units, row-major, head at the top, front on the left. */
  readonly image: Float32Array;
  /** 0 background, 1 vertebral body, 2 disc, 3 S1 body, 4 dural sac with cord, 5 sacrum below S1, 6 marrow of posterior elements. */
  readonly labels: Uint8Array;
  /** Middles of the discs in pixels (column, row), lowest first; only those inside the picture. */
  readonly discCentres: readonly { readonly label: DiscLabel; readonly x: number; readonly y: number }[];
}

const PICTURE = { width: 256, height: 320 } as const;

/**
 * One sagittal slice of a drawn person with its labels: training material, fast. Everything comes from `seed` but what
 * the options fix.
 */
export function phantomSlice(seed: number, options: SliceOptions = {}): PhantomSlice {
  const random = randomOf(seed, 'slice');
  const spacingMm = options.spacingMm ?? 1;
  const width = options.width ?? PICTURE.width;
  const height = options.height ?? PICTURE.height;
  const contrast =
    options.contrast ??
    (['t1', 't2', 'stir', 'space', 'random'] as const)[random.weighted([28, 34, 9, 8, 21])];
  const drawnX = random.chance(0.75) ? random.normal(0, 2.5) : random.between(-16, 16);
  const xMm = options.xMm ?? drawnX;
  const anatomy = samplePatient({ seed, ...(options.pathology ? { pathology: options.pathology } : {}) });
  const shape = phantomShape(anatomy);
  // S1 lies in the lower part of the picture, the spine where it happens to lie.
  const originU = -width * spacingMm * random.between(0.42, 0.68) - 15;
  const highest = shape.spine.bodies[shape.spine.bodies.length - 1].shape.corners.upperBack[1];
  const originV = Math.max(highest + 4, -height * spacingMm * random.between(0.66, 0.84));
  const step = spacingMm / FINE;
  const picture = canvas(
    width * FINE,
    height * FINE,
    originU + step / 2 - spacingMm / 2,
    originV + step / 2 - spacingMm / 2,
    step,
  );
  const { tissues } = shape.tissues.palette;
  const table = tableFor(contrast, tissues, random);
  const slice = {
    width,
    height,
    water: new Float32Array(width * height),
    fat: new Float32Array(width * height),
  };
  const thicknessMm = contrast === 'space' ? 1 : random.between(3, 4.5);
  paintSagittal(shape, xMm - thicknessMm / 3, picture);
  addSignal(slice, picture, table, 0.27);
  paintSagittal(shape, xMm + thicknessMm / 3, picture);
  addSignal(slice, picture, table, 0.27);
  paintSagittal(shape, xMm, picture);
  addSignal(slice, picture, table, 0.46);
  const tissue = middleTissue(picture);
  const scale = brightness(table, tissues);
  const coilMm = random.chance(0.15) ? 400 : random.between(55, 170);
  const image = acquire(
    slice,
    tissue,
    tissues,
    {
      pixelMm: spacingMm,
      chemicalShift: (random.chance(0.5) ? 1 : -1) * random.between(0, 1.6 / spacingMm) * 0.6,
      coilMm,
      coilColumn: (shape.soft.skin[Math.round(-60 - shape.soft.topV)] - originU) / spacingMm,
      shading: random.between(0, 0.3),
      phaseShare: random.between(0.68, 0.98),
      noiseSd: scale * random.between(0.006, 0.05),
      ghost: random.chance(0.5) ? random.between(0, 0.06) : 0,
      ghostStep: random.between(0.1, 0.4),
      sharpen: random.chance(0.5) ? random.between(0, 0.6) : 0,
      saturationColumn: random.chance(0.45)
        ? (shape.soft.front[Math.round(-60 - shape.soft.topV)] - random.between(8, 45) - originU) / spacingMm
        : undefined,
    },
    textureOf(width, height, spacingMm, random),
    random,
  );
  const labels = tissue.map((t) => tissues[t].kind);
  const discCentres = shape.spine.discs.flatMap((disc, k) => {
    const section = discSection(shape, k, xMm);
    if (section.length === 0) return [];
    const [u, v] = middleOfDisc(disc);
    const x = (u - originU) / spacingMm;
    const y = (v - originV) / spacingMm;
    return x > 0 && y > 0 && x < width - 1 && y < height - 1 ? [{ label: disc.label, x, y }] : [];
  });
  return {
    width,
    height,
    spacingMm,
    contrast,
    xMm,
    lumbarCount: anatomy.lumbarCount,
    image,
    labels,
    discCentres,
  };
}

/** A sequence with parameters drawn around the published series' 5–95 % ranges. */
export function drawSequence(kind: Exclude<SliceContrast, 'random'>, random: Random): Sequence {
  switch (kind) {
    case 't1':
      return {
        kind: 'tse',
        repetitionMs: random.between(446, 721),
        echoMs: random.between(8, 13.8),
        echoTrain: Math.round(random.between(2, 6)),
        echoSpacingMs: 9,
      };
    case 't2':
      return {
        kind: 'tse',
        repetitionMs: random.between(2500, 4610),
        echoMs: random.between(80, 124),
        echoTrain: Math.round(random.between(15, 30)),
        echoSpacingMs: 9,
        restore: random.chance(0.6),
      };
    case 'stir':
      return {
        kind: 'stir',
        repetitionMs: random.between(3000, 5500),
        echoMs: random.between(40, 80),
        inversionMs: random.between(150, 230),
      };
    case 'space':
      return { kind: 'space', repetitionMs: 1000, echoMs: 124, echoTrain: 60, echoSpacingMs: 4.2 };
  }
}

function tableFor(contrast: SliceContrast, tissues: readonly Tissue[], random: Random): SignalTable {
  if (contrast !== 'random') return signalTable(tissues, drawSequence(contrast, random), random, 0.09);
  // Any brightness for any tissue; tissues of one name share theirs up to a little.
  const water = new Float64Array(256);
  const fat = new Float64Array(256);
  const byName = new Map<string, number>();
  const fatLevel = random.between(10, 90);
  tissues.forEach((t, i) => {
    const level =
      byName.get(t.name) ??
      (t.name === 'air' || t.name === 'gas' ? random.between(0, 6) : random.between(3, 95));
    byName.set(t.name, level);
    const dark = t.name === 'cortex' || t.name === 'ligament' ? 0.35 : 1;
    water[i] = clamp(level * dark * (1 + 0.06 * random.normal()), 0, 120) * (1 - t.fat);
    fat[i] = t.fat * fatLevel;
  });
  return { water, fat };
}

/** A bright but common signal, the measure for noise. */
function brightness(table: SignalTable, tissues: readonly Tissue[]): number {
  const values = tissues.map((_, i) => table.water[i] + table.fat[i]).sort((a, b) => a - b);
  return values[Math.floor(values.length * 0.8)];
}
