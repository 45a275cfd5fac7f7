import type { Point2 } from '../../geometry/index.ts';

/** One side of an outline seen as a function: `values[i]` is the outermost crossing at `positions[i]`; no crossing, no entry. */
export interface SideProfile {
  readonly positions: readonly number[];
  readonly values: readonly number[];
}

/** Which side of an outline: of the two frame axes, the one it is a function of, and the direction in which it is outermost. */
export interface Side {
  /** 0: a function of x (an endplate); 1: a function of y (a wall). */
  readonly along: 0 | 1;
  readonly outward: 1 | -1;
}

export const UPPER: Side = { along: 0, outward: -1 };
export const LOWER: Side = { along: 0, outward: 1 };
export const FRONT: Side = { along: 1, outward: -1 };
export const BACK: Side = { along: 1, outward: 1 };

/**
 * Reads one side of a polygon (frame coordinates) at `count` equal steps from `from` to `to`, in one pass over the
 * edges. Where the outline folds, the outermost crossing counts.
 */
export function profileOf(
  polygon: readonly Point2[],
  side: Side,
  from: number,
  to: number,
  count: number,
): SideProfile {
  const step = (to - from) / (count - 1);
  const outermost = new Float64Array(count).fill(Number.NaN);
  const across = side.along === 0 ? 1 : 0;
  if (step > 0) {
    for (let e = 0; e < polygon.length; e++) {
      const p = polygon[e];
      const q = polygon[(e + 1) % polygon.length];
      const [a, b] = p[side.along] <= q[side.along] ? [p, q] : [q, p];
      const run = b[side.along] - a[side.along];
      if (run === 0) continue;
      const first = Math.max(0, Math.ceil((a[side.along] - from) / step));
      const last = Math.min(count - 1, Math.floor((b[side.along] - from) / step));
      for (let i = first; i <= last; i++) {
        const t = (from + i * step - a[side.along]) / run;
        const value = a[across] + t * (b[across] - a[across]);
        if (Number.isNaN(outermost[i]) || side.outward * (value - outermost[i]) > 0) outermost[i] = value;
      }
    }
  }
  const positions: number[] = [];
  const values: number[] = [];
  outermost.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    positions.push(from + i * step);
    values.push(value);
  });
  return { positions, values };
}
