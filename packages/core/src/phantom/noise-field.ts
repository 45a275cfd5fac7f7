import type { Random } from './random.ts';

/**
 * Smooth noise of mean 0 and SD about 1 on a width × height picture: a lattice of random values every `cell` samples,
 * smoothly interpolated.
 */
export function noiseField(width: number, height: number, cell: number, random: Random): Float32Array {
  const columns = Math.ceil(width / cell) + 2;
  const rows = Math.ceil(height / cell) + 2;
  const lattice = new Float32Array(columns * rows);
  for (let i = 0; i < lattice.length; i++) lattice[i] = random.uniform() * 4.6 - 2.3;
  const out = new Float32Array(width * height);
  const index = new Int32Array(width);
  const weight = new Float32Array(width);
  for (let x = 0; x < width; x++) {
    const f = x / cell;
    const i = Math.floor(f);
    const t = f - i;
    index[x] = i;
    weight[x] = t * t * (3 - 2 * t);
  }
  const line = new Float32Array(columns);
  for (let y = 0; y < height; y++) {
    const f = y / cell;
    const j = Math.floor(f);
    const t = f - j;
    const w = t * t * (3 - 2 * t);
    const a = j * columns;
    for (let c = 0; c < columns; c++)
      line[c] = lattice[a + c] + (lattice[a + columns + c] - lattice[a + c]) * w;
    const row = y * width;
    for (let x = 0; x < width; x++) {
      const i = index[x];
      out[row + x] = line[i] + (line[i + 1] - line[i]) * weight[x];
    }
  }
  return out;
}

/** Sum of two octaves. */
export function cloudField(width: number, height: number, cell: number, random: Random): Float32Array {
  const a = noiseField(width, height, cell, random);
  const b = noiseField(width, height, cell / 2.3, random);
  for (let i = 0; i < a.length; i++) a[i] = 0.8 * a[i] + 0.5 * b[i];
  return a;
}

/** Thin dark lines (septa of fat): 1 on the zero lines of a smooth field, 0 elsewhere. */
export function septaField(width: number, height: number, cell: number, random: Random): Float32Array {
  const a = cloudField(width, height, cell, random);
  for (let i = 0; i < a.length; i++) {
    const t = 1 - (a[i] < 0 ? -a[i] : a[i]) * 6;
    a[i] = t > 0 ? t : 0;
  }
  return a;
}
