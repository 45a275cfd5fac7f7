import { clamp, exp } from './arithmetic.ts';
import { cloudField, noiseField, septaField } from './noise-field.ts';
import { normalTable, type Random } from './random.ts';
import type { SliceSignal } from './sample-slice.ts';
import { BLOOD, CSF, type Tissue } from './tissue.ts';

/** What the scanner does to the signal. Lengths in pixels of the slice unless named otherwise. */
export interface Acquisition {
  readonly pixelMm: number;
  /** Water–fat shift along the read direction (front–back on sagittal), pixels. */
  readonly chemicalShift: number;
  /** Fall-off of the posterior coil, mm; infinite = homogeneous. */
  readonly coilMm: number;
  /** Where the coil is strongest: this column, or this row where the back lies at the lower edge (axial). */
  readonly coilColumn?: number;
  readonly coilRow?: number;
  /** Depth of the slow additional shading, 0–0.3. */
  readonly shading: number;
  /** Share of k-space along the phase direction (rows), 0.6–1. */
  readonly phaseShare: number;
  /** Noise SD per channel, in units of the signal. */
  readonly noiseSd: number;
  /** Amplitude of ghosts along the phase direction and their distance as a share of the field of view. */
  readonly ghost: number;
  readonly ghostStep: number;
  /** Unsharp filter of the console, 0–0.6. */
  readonly sharpen: number;
  /** Columns in front of this are damped by a saturation band; undefined = none. */
  readonly saturationColumn?: number | undefined;
}

const NOISE = normalTable(1 << 16);

/** The fine structure of tissue in one slice: the same in every series that shows the slice. */
export interface SliceTexture {
  readonly grain: Float32Array;
  readonly clouds: Float32Array;
  readonly septa: Float32Array;
}

export function textureOf(width: number, height: number, pixelMm: number, random: Random): SliceTexture {
  return {
    grain: noiseField(width, height, Math.max(1.2, 1 / pixelMm), random),
    clouds: cloudField(width, height, 6 / pixelMm, random),
    septa: septaField(width, height, 7 / pixelMm, random),
  };
}

/** Turns the signal of a slice into a magnitude picture (same units), textures included. */
export function acquire(
  slice: SliceSignal,
  tissue: Uint8Array,
  tissues: readonly Tissue[],
  how: Acquisition,
  texture: SliceTexture,
  random: Random,
): Float32Array {
  const { width, height } = slice;
  const n = width * height;
  const { grain, clouds, septa } = texture;
  const g = new Float32Array(256);
  const c = new Float32Array(256);
  const s = new Float32Array(256);
  tissues.forEach((t, i) => {
    g[i] = t.grain;
    c[i] = t.clouds;
    s[i] = t.septa;
  });
  const rowCoil = coilProfile(height, how.coilRow, undefined, how);
  const coil = coilProfile(width, how.coilColumn, how.saturationColumn, how);
  const slow = noiseField(width, height, Math.max(width, height) / 2.2, random);
  const shift = Math.floor(how.chemicalShift);
  const part = how.chemicalShift - shift;
  let image = new Float32Array(n);
  const moving = new Float32Array(n);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = 0; x < width; x++) {
      const i = row + x;
      const t = tissue[i];
      const varied = 1 + g[t] * grain[i] + c[t] * clouds[i] - s[t] * septa[i];
      // Fat is displaced: what is seen here came from `shift` columns in front.
      const x0 = x - shift;
      const a = x0 >= 0 && x0 < width ? slice.fat[row + x0] : 0;
      const b = x0 - 1 >= 0 && x0 - 1 < width ? slice.fat[row + x0 - 1] : 0;
      const value = Math.max(0.05, varied) * (slice.water[i] + a + (b - a) * part);
      const shaded = value * coil[x] * rowCoil[y] * (1 + how.shading * 0.4 * slow[i]);
      image[i] = shaded;
      if (t === CSF || t === BLOOD) moving[i] = shaded;
    }
  }
  if (how.ghost > 0) addGhosts(image, moving, width, height, how);
  const start = random.bits();
  let state = start | 1;
  const next = (): number => {
    // xorshift32: quick noise inside one slice.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return NOISE[(state >>> 8) & 0xffff];
  };
  for (let i = 0; i < n; i++) image[i] += how.noiseSd * 1.15 * next();
  image = filterRows(image, width, height, sincKernel(how.phaseShare));
  if (how.sharpen > 0) sharpen(image, width, height, how.sharpen);
  for (let i = 0; i < n; i++) {
    const a = image[i] + how.noiseSd * 0.45 * next();
    const b = how.noiseSd * 1.1 * next();
    image[i] = Math.sqrt(a * a + b * b);
  }
  return image;
}

function coilProfile(
  length: number,
  strongest: number | undefined,
  saturated: number | undefined,
  how: Acquisition,
): Float32Array {
  const coil = new Float32Array(length).fill(1);
  if (strongest === undefined) return coil;
  for (let i = 0; i < length; i++) {
    const mm = Math.max(0, (strongest - i) * how.pixelMm);
    const past = Math.max(0, (i - strongest) * how.pixelMm);
    coil[i] = 0.06 + 0.94 * exp(-mm / how.coilMm) * (1 - 0.1 * clamp(past / 60, 0, 1));
    if (saturated !== undefined)
      coil[i] *= 1 - 0.86 * clamp(0.5 + ((saturated - i) * how.pixelMm) / 12, 0, 1);
  }
  return coil;
}

/** Pulsation: copies of what moves, shifted along the rows direction by shares of the field of view. */
function addGhosts(
  image: Float32Array,
  moving: Float32Array,
  width: number,
  height: number,
  how: Acquisition,
): void {
  const step = Math.max(3, Math.round(how.ghostStep * height));
  for (let order = -2; order <= 2; order++) {
    if (order === 0) continue;
    const strength = how.ghost / (order < 0 ? -order : order);
    for (let y = 0; y < height; y++) {
      const from = (((y - order * step) % height) + height) % height;
      for (let x = 0; x < width; x++) image[y * width + x] += strength * moving[from * width + x];
    }
  }
}

/** Nine taps of the sinc that a rectangle of `share` of k-space leaves: slight blur and ringing without a Fourier transform. */
function sincKernel(share: number): Float64Array {
  const taps = new Float64Array(9);
  let sum = 0;
  for (let k = -4; k <= 4; k++) {
    const x = Math.PI * share * k;
    const sinc = k === 0 ? 1 : sine(x) / x;
    const window = 1 - (k * k) / 36;
    taps[k + 4] = sinc * window;
    sum += taps[k + 4];
  }
  return taps.map((t) => t / sum);
}

function sine(x: number): number {
  // Enough for |x| ≤ 4π: reduce and use the series.
  let r = x;
  while (r > Math.PI) r -= 2 * Math.PI;
  while (r < -Math.PI) r += 2 * Math.PI;
  const rr = r * r;
  return r * (1 - (rr / 6) * (1 - (rr / 20) * (1 - (rr / 42) * (1 - (rr / 72) * (1 - rr / 110)))));
}

function filterRows(
  image: Float32Array,
  width: number,
  height: number,
  taps: Float64Array,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(image.length);
  const half = (taps.length - 1) / 2;
  for (let k = -half; k <= half; k++) {
    const w = taps[k + half];
    for (let y = 0; y < height; y++) {
      const from = Math.min(height - 1, Math.max(0, y + k)) * width;
      const to = y * width;
      for (let x = 0; x < width; x++) out[to + x] += w * image[from + x];
    }
  }
  return out;
}

function sharpen(image: Float32Array, width: number, height: number, amount: number): void {
  const copy = image.slice();
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      const around = (copy[i - 1] + copy[i + 1] + copy[i - width] + copy[i + width]) / 4;
      image[i] = Math.max(0, copy[i] + amount * (copy[i] - around));
    }
}
