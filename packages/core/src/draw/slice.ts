import { Fault } from '../fault/index.ts';
import type { InPlaneGrid } from '../geometry/index.ts';
import type { PlanePoint } from '../spine/index.ts';

/**
 * One sagittal image as it is looked at: first row at the head, first column in front (as `extractSagittalSlice`
 * gives it). Its lattice lies in the plane that the outlines are given in, mm; where the pixel size is not to be
 * trusted, in the same arbitrary unit as the outlines.
 */
export interface Slice2D {
  /** Row-major, `columns * rows` values, any scale. */
  readonly data: Float32Array;
  readonly inPlane: InPlaneGrid;
}

/** Grey levels of a picture: `low` and below is black, `high` and above white. */
export interface Window {
  readonly low: number;
  readonly high: number;
}

function checkSlice({ data, inPlane }: Slice2D): void {
  const { columns, rows, spacingMm } = inPlane;
  const whole = Number.isInteger(columns) && Number.isInteger(rows) && columns > 0 && rows > 0;
  if (!whole || data.length !== columns * rows || !(spacingMm[0] > 0 && spacingMm[1] > 0)) {
    throw new Fault(
      'PIXELS_INCONSISTENT',
      `A slice of ${columns} × ${rows} cannot hold ${data.length} values.`,
    );
  }
}

/**
 * A window from the image's own percentiles. Zeros are left out: the air that scanners write as exactly zero would
 * otherwise decide. A constant image gives a window of one step, never of none.
 */
export function percentileWindow(values: Float32Array, lowPercent = 1, highPercent = 99.5): Window {
  const sorted = values.filter((v) => Number.isFinite(v) && v !== 0).sort();
  if (sorted.length === 0) return { low: 0, high: 1 };
  const at = (percent: number): number => sorted[Math.round((percent / 100) * (sorted.length - 1))];
  const low = at(lowPercent);
  return { low, high: Math.max(at(highPercent), low + Math.max(1e-6, Math.abs(low) * 1e-6)) };
}

/** Where the pixels of a picture lie in the slice: `centre`, mm, its right-hand direction, its size and pixel. */
export interface Frame {
  readonly centreMm: PlanePoint;
  /** Turn of the picture's horizontal against the slice's, radians, clockwise as seen. */
  readonly angleRad: number;
  readonly widthMm: number;
  readonly heightMm: number;
  readonly pixelMm: number;
}

/** A point of the plane in the coordinates of a picture: mm from the picture's upper left corner. */
export function toFrame(frame: Frame, [u, v]: PlanePoint): PlanePoint {
  const c = Math.cos(frame.angleRad);
  const s = Math.sin(frame.angleRad);
  const du = u - frame.centreMm[0];
  const dv = v - frame.centreMm[1];
  return [du * c + dv * s + frame.widthMm / 2, -du * s + dv * c + frame.heightMm / 2];
}

/**
 * The part of a slice inside `frame`, cubic interpolation (Catmull–Rom), windowed to 8 bits; black outside the slice.
 * @throws Fault `PIXELS_INCONSISTENT` if the data does not fit its lattice
 */
export function sampleFrame(
  slice: Slice2D,
  frame: Frame,
  window?: Window,
): { pixels: Uint8Array; width: number; height: number } {
  checkSlice(slice);
  const width = Math.max(1, Math.round(frame.widthMm / frame.pixelMm));
  const height = Math.max(1, Math.round(frame.heightMm / frame.pixelMm));
  const values = new Float32Array(width * height);
  const inside = new Uint8Array(width * height);
  const c = Math.cos(frame.angleRad);
  const s = Math.sin(frame.angleRad);
  const { columns, rows, spacingMm, originMm } = slice.inPlane;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const a = (x + 0.5) * frame.pixelMm - frame.widthMm / 2;
      const b = (y + 0.5) * frame.pixelMm - frame.heightMm / 2;
      const i = (frame.centreMm[0] + a * c - b * s - originMm[0]) / spacingMm[0];
      const j = (frame.centreMm[1] + a * s + b * c - originMm[1]) / spacingMm[1];
      if (i < -0.5 || j < -0.5 || i > columns - 0.5 || j > rows - 0.5) continue;
      inside[y * width + x] = 1;
      values[y * width + x] = cubicAt(slice, i, j);
    }
  }
  const { low, high } = window ?? percentileWindow(values);
  const pixels = new Uint8Array(width * height);
  for (let p = 0; p < pixels.length; p++) {
    if (inside[p])
      pixels[p] = Math.min(255, Math.max(0, Math.round(((values[p] - low) / (high - low)) * 255)));
  }
  return { pixels, width, height };
}

function cubicAt({ data, inPlane: { columns, rows } }: Slice2D, i: number, j: number): number {
  const i0 = Math.floor(i);
  const j0 = Math.floor(j);
  const wi = catmullRom(i - i0);
  const wj = catmullRom(j - j0);
  let sum = 0;
  for (let b = 0; b < 4; b++) {
    const row = Math.min(rows - 1, Math.max(0, j0 + b - 1)) * columns;
    let line = 0;
    for (let a = 0; a < 4; a++) line += wi[a] * data[row + Math.min(columns - 1, Math.max(0, i0 + a - 1))];
    sum += wj[b] * line;
  }
  return sum;
}

function catmullRom(t: number): [number, number, number, number] {
  return [
    ((-0.5 * t + 1) * t - 0.5) * t,
    (1.5 * t - 2.5) * t * t + 1,
    ((-1.5 * t + 2) * t + 0.5) * t,
    (0.5 * t - 0.5) * t * t,
  ];
}
