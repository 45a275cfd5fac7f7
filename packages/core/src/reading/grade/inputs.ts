import type { DiscLabel, SpineMeasurements, SpineOutline } from '../../spine/index.ts';
import { spineShapes } from '../../spine/index.ts';
import type { PlaneMap } from '../contours/index.ts';
import { cropDisc, poseOf, unitsByDiscDepth } from './crop.ts';
import { type DiscFeatures, discFeatures } from './features.ts';
import { type GreyLevels, greyLevels } from './levels-of-grey.ts';

/** Slices in the plane of the outlines. `t2` may be any T2-weighted image, SPACE and STIR included. */
export interface GradeImages {
  readonly t1?: PlaneMap;
  readonly t2?: PlaneMap;
}

/** What the grader sees of one disc. */
export interface DiscInput {
  readonly label: DiscLabel;
  /** `CROP.rows × CROP.columns`; absent where the study has no such image. */
  readonly t2?: Float32Array;
  readonly t1?: Float32Array;
  readonly features: DiscFeatures;
  /** Part of the disc lies outside the image: what is left of it is not graded. */
  readonly cutByImageEdge: boolean;
}

/** Crops and features of every outlined disc, head to feet. */
export function discInputs(
  outline: SpineOutline,
  measured: SpineMeasurements,
  images: GradeImages,
): DiscInput[] {
  const features = discFeatures(measured, spineShapes(outline), images);
  const levels = {
    t1: images.t1 && greyLevels(images.t1, outline),
    t2: images.t2 && greyLevels(images.t2, outline),
  };
  const unitsPerMm = outline.millimetresValid ? 1 : unitsByDiscDepth(outline.discs.map((d) => d.outline));
  const inputs: DiscInput[] = [];
  for (const disc of outline.discs) {
    const pose = poseOf(disc.outline, unitsPerMm);
    if (pose === undefined) continue;
    const crop = (map: PlaneMap | undefined, grey: GreyLevels | undefined) =>
      map === undefined || grey === undefined ? undefined : cropDisc(map, pose, grey);
    const t1 = crop(images.t1, levels.t1);
    const t2 = crop(images.t2, levels.t2);
    inputs.push({
      label: disc.label,
      ...(t1 !== undefined && { t1 }),
      ...(t2 !== undefined && { t2 }),
      features: features.get(disc.label) ?? {},
      cutByImageEdge: disc.cutByImageEdge === true,
    });
  }
  return inputs;
}
