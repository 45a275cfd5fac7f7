/**
 * Splits a mask among seeds: each pixel goes to the seed it reaches first, stepping between neighbours (4) inside the mask.
 * @param mask 1 where there is something to give away
 * @param seeds label per pixel, 0 where there is none; seeds outside the mask are ignored
 * @param mostSteps how far from a seed its label reaches
 * @returns label per pixel, 0 where no seed reaches
 */
export function partition(
  mask: Uint8Array,
  seeds: Uint8Array,
  columns: number,
  rows: number,
  mostSteps = Number.POSITIVE_INFINITY,
): Uint8Array {
  const labels = new Uint8Array(mask.length);
  let front: number[] = [];
  for (let at = 0; at < mask.length; at++) {
    if (mask[at] !== 0 && seeds[at] !== 0) {
      labels[at] = seeds[at];
      front.push(at);
    }
  }
  for (let step = 0; front.length > 0 && step < mostSteps; step++) {
    const next: number[] = [];
    for (const at of front) {
      const x = at % columns;
      const y = (at - x) / columns;
      const visit = (to: number) => {
        if (mask[to] !== 0 && labels[to] === 0) {
          labels[to] = labels[at];
          next.push(to);
        }
      };
      if (x > 0) visit(at - 1);
      if (x < columns - 1) visit(at + 1);
      if (y > 0) visit(at - columns);
      if (y < rows - 1) visit(at + columns);
    }
    front = next;
  }
  return labels;
}

/** Seeds: a disc of `radius` pixels about each point, labelled 1, 2, … in the order of the points. */
export function seedsAt(
  points: readonly { readonly x: number; readonly y: number }[],
  radius: number,
  columns: number,
  rows: number,
): Uint8Array {
  const seeds = new Uint8Array(columns * rows);
  points.forEach((p, i) => {
    for (let y = Math.max(0, Math.ceil(p.y - radius)); y <= Math.min(rows - 1, p.y + radius); y++) {
      for (let x = Math.max(0, Math.ceil(p.x - radius)); x <= Math.min(columns - 1, p.x + radius); x++) {
        if (Math.hypot(x - p.x, y - p.y) <= radius) seeds[y * columns + x] = i + 1;
      }
    }
  });
  return seeds;
}

/** The largest 4-connected part of a mask; empty where the mask is. */
export function largestPart(mask: Uint8Array, columns: number, rows: number): Uint8Array {
  const [largest] = partsOf(mask, columns, rows).sort((a, b) => b.length - a.length);
  return maskOf(largest === undefined ? [] : [largest], mask.length);
}

/** The 4-connected parts of a mask whose numbers of pixels lie within a range. */
export const partsWithin = (
  [least, most]: readonly [number, number],
  mask: Uint8Array,
  columns: number,
  rows: number,
): Uint8Array =>
  maskOf(
    partsOf(mask, columns, rows).filter((part) => part.length >= least && part.length <= most),
    mask.length,
  );

function maskOf(parts: readonly number[][], length: number): Uint8Array {
  const mask = new Uint8Array(length);
  for (const at of parts.flat()) mask[at] = 1;
  return mask;
}

function partsOf(mask: Uint8Array, columns: number, rows: number): number[][] {
  const seen = new Uint8Array(mask.length);
  const parts: number[][] = [];
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] === 0 || seen[start] !== 0) continue;
    const part = [start];
    seen[start] = 1;
    for (let i = 0; i < part.length; i++) {
      const at = part[i];
      const x = at % columns;
      const visit = (to: number) => {
        if (mask[to] !== 0 && seen[to] === 0) {
          seen[to] = 1;
          part.push(to);
        }
      };
      if (x > 0) visit(at - 1);
      if (x < columns - 1) visit(at + 1);
      if (at >= columns) visit(at - columns);
      if (at < columns * (rows - 1)) visit(at + columns);
    }
    parts.push(part);
  }
  return parts;
}
