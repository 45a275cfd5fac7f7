import { z } from 'zod';
import { cardConstants } from '../card-constants.ts';

/** Half-width of the 95 % interval of an area or extent, as a share of it, by structure. */
const AxialConstants = z.object({
  relativeUncertainty: z.object({
    sacArea: z.number().positive(),
    sacExtent: z.number().positive(),
    psoas: z.number().positive(),
    multifidus: z.number().positive(),
    erectorSpinae: z.number().positive(),
  }),
});
export type AxialConstants = z.infer<typeof AxialConstants>;

/**
 * What travels with the axial segmenter in its card: measured by `training/axial` on slices it was not trained on.
 * @throws Fault `MODEL_UNAVAILABLE` if the card lacks something.
 */
export const axialConstants = (value: unknown): AxialConstants =>
  cardConstants(AxialConstants, value, 'axial segmenter');
