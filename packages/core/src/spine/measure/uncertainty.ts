import type { SpineOutline } from '../outline.ts';
import { displacedOutlines, OUTLINE_NOISE, type OutlineNoise } from './outline-noise.ts';
import { type Quantities, quantitiesOf } from './quantities.ts';

/** Pairs of repeats. 16 pairs leave the standard deviation itself uncertain by about 18 %; Student's factor covers that. */
const PAIRS = 16;
/** 97.5 % point of Student's t with 16 degrees of freedom. */
const T_975 = 2.12;
const SEED = 20140;

/**
 * Half-width of the 95 % interval of every quantity: the outlines are displaced at random within their own
 * uncertainty (`noise`), everything is measured again, and the spread about the undisturbed value is multiplied by
 * Student's factor. Neither the plane's place nor its tilt against the true mid-sagittal plane is in it.
 */
export function halfWidths(outline: SpineOutline, base: Quantities, noise: OutlineNoise): Quantities {
  const squares = new Map<string, { sum: number; count: number }>();
  for (const repeat of displacedOutlines(outline, noise, PAIRS, SEED)) {
    for (const [name, value] of quantitiesOf(repeat)) {
      const undisturbed = base.get(name);
      if (undisturbed === undefined) continue;
      const entry = squares.get(name) ?? { sum: 0, count: 0 };
      entry.sum += (value - undisturbed) ** 2;
      entry.count++;
      squares.set(name, entry);
    }
  }
  const widths = new Map<string, number>();
  for (const [name, { sum, count }] of squares) {
    // A quantity that most repeats cannot make has no interval, and is then not reported.
    if (count >= PAIRS) widths.set(name, T_975 * Math.sqrt(sum / count));
  }
  return widths;
}

/** The noise of an outline: as given, but never less than what a pixel's size alone allows (its standard deviation, size/√12). */
export const noiseFor = (outline: SpineOutline, sigmaMm = OUTLINE_NOISE.sigmaMm): OutlineNoise => ({
  ...OUTLINE_NOISE,
  sigmaMm: Math.max(sigmaMm, outline.pixelMm / Math.sqrt(12)),
});
