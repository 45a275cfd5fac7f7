/** What the image itself says within an ellipse or a drawn border. */
import {
  add,
  containsPoint,
  cross,
  dot,
  normalise,
  type Point2,
  scale,
  subtract,
  type Vec3,
} from '@promontory/core/geometry';
import type { MeasuringTool } from '@promontory/core/review';
import type { ImagePane } from '../image-pane.ts';
import { ellipseRim } from './drawing.ts';

export interface RoiStatistics {
  readonly mean: number;
  /** Of the pixels (n − 1). */
  readonly sd: number;
  readonly count: number;
}

/** Samples at most: beyond, they are taken further apart than pixels are. */
const MOST = 40_000;

/** @returns `undefined` for tools without an inside, and where the pane has no values at hand */
export function roiStatistics(
  tool: MeasuringTool,
  points: readonly Vec3[],
  pane: Pick<ImagePane, 'pixelMm' | 'planeNormal' | 'valueAt'>,
): RoiStatistics | undefined {
  if ((tool !== 'ellipse' && tool !== 'area') || pane.valueAt === undefined || pane.pixelMm === undefined)
    return undefined;
  const rim = tool === 'ellipse' ? ellipseRim(points) : points;
  const origin = rim[0];
  const u = normalise(subtract(rim[Math.floor(rim.length / 2)], origin));
  const v = normalise(cross(pane.planeNormal, u));
  const flat = rim.map((p): Point2 => {
    const d = subtract(p, origin);
    return [dot(d, u), dot(d, v)];
  });
  const xs = flat.map((p) => p[0]);
  const ys = flat.map((p) => p[1]);
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const step = Math.max(pane.pixelMm, Math.sqrt(((x1 - x0) * (y1 - y0)) / MOST));
  let [count, mean, squares] = [0, 0, 0];
  for (let y = y0 + step / 2; y < y1; y += step) {
    for (let x = x0 + step / 2; x < x1; x += step) {
      if (!containsPoint(flat, [x, y])) continue;
      const value = pane.valueAt(add(origin, add(scale(u, x), scale(v, y))));
      if (value === undefined) continue;
      count += 1;
      const away = value - mean;
      mean += away / count;
      squares += away * (value - mean);
    }
  }
  return count < 2 ? undefined : { mean, sd: Math.sqrt(squares / (count - 1)), count };
}
