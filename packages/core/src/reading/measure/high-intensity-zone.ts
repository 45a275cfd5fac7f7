import type { PlaneMap } from '../contours/index.ts';
import type { CsfLevel } from './csf.ts';
import { windowValues } from './disc-signal.ts';
import type { DiscView } from './disc-view.ts';
import { median, signalAt } from './sampling.ts';

/** Where the posterior annulus is looked for: the last quarter of the disc's depth. */
const FROM_DEPTH = 0.75;
/** The outermost millimetre mixes with CSF and epidural fat behind. */
const REAR_MARGIN_MM = 1;
/** Bright: at least this share of CSF, and this many times the nucleus. */
const OF_CSF = 0.5;
const OF_NUCLEUS = 1.2;
/** Focal: within this distance the signal falls below this share of the peak in all four directions. */
const FALL_WITHIN_MM = 4;
const FALLS_TO = 0.65;
const STEP_MM = 0.4;

/**
 * Rule for a high-intensity zone on T2 (Aprill & Bogduk, Br J Radiol 1992; 65: 361: a bright spot in the posterior
 * annulus, surrounded by dark annulus in front, behind, above and below, appreciably brighter than the nucleus):
 * the brightest place of the disc's last quarter, its last millimetre left out, counts when it reaches 0.5 × CSF and
 * 1.2 × nucleus, and when the signal falls to 0.65 of it within 4 mm to the front, back, top and bottom.
 * Experimental: one slice, no validation. `undefined` where the disc leaves the image.
 */
export function highIntensityZone(map: PlaneMap, view: DiscView, csf: CsfLevel): boolean | undefined {
  const nucleus = windowValues(map, view, 0.5);
  if (nucleus === undefined) return undefined;
  const signal = (x: number, y: number): number => signalAt(map, view.at(x, y)) ?? Number.NaN;
  const toX = 1 - REAR_MARGIN_MM / view.depthMm;
  const stepX = STEP_MM / view.depthMm;
  let [peak, peakX, peakY] = [Number.NEGATIVE_INFINITY, 0, 0];
  for (let x = FROM_DEPTH; x <= toX; x += stepX) {
    const stepY = STEP_MM / Math.max(STEP_MM, view.heightAt(x));
    // Borders above and below hold partial volume of the endplates; the middle 80 % is annulus.
    for (let y = 0.1; y <= 0.9; y += stepY) {
      const value = signal(x, y);
      if (value > peak) [peak, peakX, peakY] = [value, x, y];
    }
  }
  if (!(peak >= OF_CSF * csf.value && peak >= OF_NUCLEUS * median(nucleus))) return false;
  const height = Math.max(STEP_MM, view.heightAt(peakX));
  const falls = (dx: number, dy: number): boolean => {
    for (let mm = STEP_MM; mm <= FALL_WITHIN_MM; mm += STEP_MM) {
      const value = signal(peakX + (dx * mm) / view.depthMm, peakY + (dy * mm) / height);
      if (value <= FALLS_TO * peak) return true;
    }
    return false;
  };
  return falls(-1, 0) && falls(1, 0) && falls(0, -1) && falls(0, 1);
}
