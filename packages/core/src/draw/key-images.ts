import { discPicture } from './disc-picture.ts';
import { overviewPicture } from './overview-picture.ts';
import type { Picture, Scene } from './scene.ts';

/** All pictures of a study: the overview first, then one per outlined disc that has findings, head to feet. */
export function keyImages(scene: Scene): Picture[] {
  return [
    overviewPicture(scene),
    ...scene.outline.discs.flatMap(({ label }) => discPicture(scene, label) ?? []),
  ];
}
