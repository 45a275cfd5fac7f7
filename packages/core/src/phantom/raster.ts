import type { PlanePoint } from '../spine/index.ts';

/** An 8-bit picture of tissue numbers; sample (column, row) lies at `originU + column·stepMm`, `originV + row·stepMm`. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly originU: number;
  readonly originV: number;
  readonly stepMm: number;
  readonly data: Uint8Array;
}

export function canvas(
  width: number,
  height: number,
  originU: number,
  originV: number,
  stepMm: number,
): Canvas {
  return { width, height, originU, originV, stepMm, data: new Uint8Array(width * height) };
}

// Crossings of one polygon with the rows, grown as needed and used again.
let crossings = new Float64Array(4096);
let rowCount = new Int32Array(1024);
const PER_ROW = 32;

/**
 * The same painter's picture on single straight lines instead of an area: sample k of line n lies at
 * `start + k·stepMm·direction`. Cuts a stack of oblique planes out of sagittal sections.
 */
export interface LineSet {
  readonly lines: readonly ProbeLine[];
  readonly length: number;
  readonly stepMm: number;
  /** One line after the other. */
  readonly data: Uint8Array;
}

export interface ProbeLine {
  readonly start: PlanePoint;
  /** Unit. */
  readonly direction: PlanePoint;
}

export type Target = Canvas | LineSet;

/** Fills a polygon on a picture or on lines (even–odd rule); with `over` only where the picture holds that value. */
export function fill(target: Target, polygon: readonly PlanePoint[], value: number, over?: number): void {
  if ('lines' in target) fillLines(target, polygon, value, over);
  else fillArea(target, polygon, value, over);
}

let us = new Float64Array(1024);
let vs = new Float64Array(1024);
const cuts: number[] = [];

function fillLines(target: LineSet, polygon: readonly PlanePoint[], value: number, over?: number): void {
  const n = polygon.length;
  if (n < 3) return;
  if (us.length < n) {
    us = new Float64Array(2 * n);
    vs = new Float64Array(2 * n);
  }
  let lowU = Number.POSITIVE_INFINITY;
  let highU = Number.NEGATIVE_INFINITY;
  let lowV = Number.POSITIVE_INFINITY;
  let highV = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i++) {
    const p = polygon[i];
    const u = p[0];
    const v = p[1];
    us[i] = u;
    vs[i] = v;
    if (u < lowU) lowU = u;
    if (u > highU) highU = u;
    if (v < lowV) lowV = v;
    if (v > highV) highV = v;
  }
  const mu = (lowU + highU) / 2;
  const mv = (lowV + highV) / 2;
  const ru = highU - mu;
  const rv = highV - mv;
  const { length, stepMm, data, lines } = target;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index];
    const su = line.start[0];
    const sv = line.start[1];
    const du = line.direction[0];
    const dv = line.direction[1];
    // Distance of the box's middle from the line against the box's own reach across it.
    const off = (mu - su) * dv - (mv - sv) * du;
    const reach = ru * (dv < 0 ? -dv : dv) + rv * (du < 0 ? -du : du);
    if (off > reach || off < -reach) continue;
    cuts.length = 0;
    const c = su * dv - sv * du;
    let a = n - 1;
    let sa = us[a] * dv - vs[a] * du - c;
    for (let i = 0; i < n; i++) {
      const sb = us[i] * dv - vs[i] * du - c;
      if (sa > 0 !== sb > 0) {
        const t = sa / (sa - sb);
        const u = us[a] + (us[i] - us[a]) * t - su;
        const v = vs[a] + (vs[i] - vs[a]) * t - sv;
        cuts.push((u * du + v * dv) / stepMm);
      }
      a = i;
      sa = sb;
    }
    if (cuts.length > 2) cuts.sort((p, q) => p - q);
    else if (cuts.length === 2 && cuts[0] > cuts[1]) cuts.reverse();
    const base = index * length;
    for (let i = 0; i + 1 < cuts.length; i += 2) {
      const from = base + Math.max(0, Math.ceil(cuts[i]));
      const to = base + Math.min(length, Math.ceil(cuts[i + 1]));
      if (from >= to) continue;
      if (over === undefined) data.fill(value, from, to);
      else for (let p = from; p < to; p++) if (data[p] === over) data[p] = value;
    }
  }
}

/**
 * Fills by scanlines: every row is cut by the polygon's edges, samples count by their centres.
 * Rows that a polygon crosses more than 32 times lose the crossings beyond.
 */
function fillArea(target: Canvas, polygon: readonly PlanePoint[], value: number, over?: number): void {
  const { width, height, originU, originV, stepMm, data } = target;
  const n = polygon.length;
  if (n < 3) return;
  const scale = 1 / stepMm;
  let top = height;
  let bottom = -1;
  if (rowCount.length < height) rowCount = new Int32Array(height);
  if (crossings.length < height * PER_ROW) crossings = new Float64Array(height * PER_ROW);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i++) {
    const y = (polygon[i][1] - originV) * scale;
    if (y < low) low = y;
    if (y > high) high = y;
  }
  top = Math.max(0, Math.ceil(low));
  bottom = Math.min(height - 1, Math.floor(high));
  if (top > bottom) return;
  rowCount.fill(0, top, bottom + 1);
  let ax = (polygon[n - 1][0] - originU) * scale;
  let ay = (polygon[n - 1][1] - originV) * scale;
  for (let i = 0; i < n; i++) {
    const bx = (polygon[i][0] - originU) * scale;
    const by = (polygon[i][1] - originV) * scale;
    if (ay !== by) {
      const y0 = ay < by ? ay : by;
      const y1 = ay < by ? by : ay;
      const first = Math.max(top, Math.ceil(y0));
      // Half-open: a vertex on a row belongs to one edge only.
      let last = Math.ceil(y1) - 1;
      if (last > bottom) last = bottom;
      const slope = (bx - ax) / (by - ay);
      for (let y = first; y <= last; y++) {
        const c = rowCount[y];
        if (c < PER_ROW) {
          crossings[y * PER_ROW + c] = ax + (y - ay) * slope;
          rowCount[y] = c + 1;
        }
      }
    }
    ax = bx;
    ay = by;
  }
  for (let y = top; y <= bottom; y++) {
    const c = rowCount[y];
    if (c < 2) continue;
    const base = y * PER_ROW;
    // Insertion sort: two crossings in nearly every row.
    for (let i = base + 1; i < base + c; i++) {
      const x = crossings[i];
      let j = i - 1;
      while (j >= base && crossings[j] > x) {
        crossings[j + 1] = crossings[j];
        j--;
      }
      crossings[j + 1] = x;
    }
    for (let i = base; i + 1 < base + c; i += 2) {
      let x0 = Math.ceil(crossings[i]);
      let x1 = Math.ceil(crossings[i + 1]);
      if (x0 < 0) x0 = 0;
      if (x1 > width) x1 = width;
      if (x0 >= x1) continue;
      if (over === undefined) data.fill(value, y * width + x0, y * width + x1);
      else for (let p = y * width + x0; p < y * width + x1; p++) if (data[p] === over) data[p] = value;
    }
  }
}
