import type { Polygon } from '../../spine/index.ts';
import type { PlaneMap } from '../contours/index.ts';
import { pixelsInside, quantile } from '../measure/index.ts';

/** Fat is looked for around the muscle up to this far from its outline. */
const AROUND_MM = 12;
/** The muscle's lean part and the fat around it, as quantiles of their signals. */
const LEAN = 0.1;
const FAT = 0.9;
/** Fat is at least this much brighter than muscle on T2-weighted turbo spin echo without fat suppression. */
const LEAST_CONTRAST = 1.6;
const FEWEST_PIXELS = 30;

/**
 * Share of a muscle's cross-section nearer in brightness to the fat around it than to its own lean part, percent. The
 * half-width says how far the result hangs on the threshold: half the change when it moves by a tenth of the contrast
 * to either side. `undefined` where fat and muscle do not differ enough, as with fat suppression.
 *
 * @param other pixels (1) of other structures, on the lattice of `map`; they are not taken for fat
 */
export function muscleFat(
  map: PlaneMap,
  muscle: Polygon,
  other: ArrayLike<number>,
): { readonly percent: number; readonly halfWidth: number } | undefined {
  const inside = pixelsInside(map, muscle).map((p) => p.value);
  const around = surroundings(map, muscle, other);
  if (inside.length < FEWEST_PIXELS || around.length < FEWEST_PIXELS) return undefined;
  const lean = quantile(inside, LEAN);
  const fat = quantile(around, FAT);
  if (!(fat >= LEAST_CONTRAST * lean)) return undefined;
  const percentAbove = (share: number): number => {
    const threshold = lean + share * (fat - lean);
    return (100 * inside.filter((v) => v > threshold).length) / inside.length;
  };
  return { percent: percentAbove(0.5), halfWidth: (percentAbove(0.4) - percentAbove(0.6)) / 2 };
}

function surroundings({ inPlane, data }: PlaneMap, muscle: Polygon, other: ArrayLike<number>): number[] {
  const { columns, rows, originMm, spacingMm } = inPlane;
  const values: number[] = [];
  const near = new Set<number>();
  for (const [x, y] of muscle) {
    const [i0, i1] = reach((x - originMm[0]) / spacingMm[0], AROUND_MM / spacingMm[0], columns);
    const [j0, j1] = reach((y - originMm[1]) / spacingMm[1], AROUND_MM / spacingMm[1], rows);
    for (let j = j0; j <= j1; j++) for (let i = i0; i <= i1; i++) near.add(i + columns * j);
  }
  for (const at of near) if (other[at] === 0) values.push(data[at]);
  return values;
}

const reach = (centre: number, radius: number, count: number): [number, number] => [
  Math.max(0, Math.ceil(centre - radius)),
  Math.min(count - 1, Math.floor(centre + radius)),
];
