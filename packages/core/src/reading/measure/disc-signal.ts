import type { Measurement } from '../../spine/index.ts';
import type { PlaneMap } from '../contours/index.ts';
import type { CsfLevel } from './csf.ts';
import type { DiscView } from './disc-view.ts';
import { median, pixelAreaMm2, quantileError, signalAt } from './sampling.ts';

/** The nucleus is read in the central half of the disc's depth and the central half of its height. */
const CENTRAL = 0.5;
/** The same with a smaller and a larger window: how much the ratio hangs on where the nucleus is read. */
const OTHER_WINDOWS = [0.4, 0.6] as const;
/** Steps per window side; between pixel centres the signal is interpolated. */
const STEPS = 24;

/**
 * Signal of the nucleus (median of the disc's central half) over that of CSF near it, on a T2-weighted image. The
 * interval joins the standard errors of both levels and half of the spread between a smaller and a larger window.
 * `undefined` where the disc leaves the image.
 */
export function discSignalRatio(map: PlaneMap, view: DiscView, csf: CsfLevel): Measurement | undefined {
  const central = windowValues(map, view, CENTRAL);
  if (central === undefined) return undefined;
  const level = median(central);
  const value = level / csf.value;
  const pixels = windowPixels(map, view);
  // The window is sampled finer than the pixels: the error counts pixels, not samples.
  const error = quantileError(central, 0.5) * Math.sqrt(central.length / Math.max(1, pixels));
  const others = OTHER_WINDOWS.map((size) => windowValues(map, view, size))
    .filter((values) => values !== undefined)
    .map((values) => median(values) / csf.value);
  const spread = Math.max(...others, value) - Math.min(...others, value);
  const relative = Math.hypot(level === 0 ? 0 : error / level, csf.standardError / csf.value);
  return { value, unit: 'ratio', uncertainty: Math.hypot(1.96 * Math.abs(value) * relative, spread / 2) };
}

/** Signals on an even raster over the central `size` of a disc's depth and height. */
export function windowValues(map: PlaneMap, view: DiscView, size: number): number[] | undefined {
  const values: number[] = [];
  for (let a = 0; a < STEPS; a++) {
    for (let b = 0; b < STEPS; b++) {
      const x = 0.5 + size * ((a + 0.5) / STEPS - 0.5);
      const y = 0.5 + size * ((b + 0.5) / STEPS - 0.5);
      const signal = signalAt(map, view.at(x, y));
      if (signal === undefined) return undefined;
      values.push(signal);
    }
  }
  return values;
}

const windowPixels = (map: PlaneMap, view: DiscView): number =>
  (CENTRAL * view.depthMm * CENTRAL * view.heightAt(0.5)) / pixelAreaMm2(map);
