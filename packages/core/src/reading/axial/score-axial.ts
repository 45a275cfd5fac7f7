import type { InPlaneGrid, SliceImage } from '../../geometry/index.ts';
import type { ModelRunner } from '../model-runner.ts';
import { scoreImage } from '../score-image.ts';

/** Model that `training/axial` makes. */
export const AXIAL_SEGMENTER = 'axial-segmenter';

/** Classes in the order of the output channels. */
export const AXIAL_CLASSES = [
  'background',
  'sac',
  'disc',
  'body',
  'facets',
  'ligamentumFlavum',
  'psoas',
  'multifidus',
  'erectorSpinae',
] as const;
export type AxialClass = (typeof AXIAL_CLASSES)[number];

/** The segmenter sees slices at this pixel size. */
const AXIAL_SPACING_MM = 0.75;

/** What the segmenter says of one axial slice (front up, the patient's right on the left). */
export interface AxialScores {
  readonly lattice: InPlaneGrid;
  /** Probability of a class on the lattice. */
  plane(name: AxialClass): Float32Array;
}

export async function scoreAxial(slice: SliceImage, runner: ModelRunner): Promise<AxialScores> {
  const { lattice, data } = await scoreImage(slice, AXIAL_SEGMENTER, AXIAL_SPACING_MM, runner);
  const n = lattice.columns * lattice.rows;
  return {
    lattice,
    plane(name) {
      const channel = AXIAL_CLASSES.indexOf(name);
      return data.subarray(channel * n, (channel + 1) * n);
    },
  };
}
