import type { SpineOutline } from '../../spine/index.ts';
import type { PlaneMap } from '../contours/index.ts';
import { pixelsInside, quantile } from '../measure/index.ts';

/** What counts as black and as white when a disc is looked at. */
export interface GreyLevels {
  readonly zero: number;
  readonly one: number;
}

/**
 * The darkest and the brightest of the spine itself (bodies, discs, sac; 1 % and 98 %), so that neither fat nor air sets
 * the scale; `undefined` where nothing of it is outlined.
 */
export function greyLevels(map: PlaneMap, outline: SpineOutline): GreyLevels | undefined {
  const polygons = [...outline.bodies, ...outline.discs].map((s) => s.outline);
  if (outline.sac !== undefined) polygons.push(outline.sac);
  const values = polygons.flatMap((p) => pixelsInside(map, p).map((pixel) => pixel.value));
  if (values.length < 100) return undefined;
  return { zero: quantile(values, 0.01), one: quantile(values, 0.98) };
}
