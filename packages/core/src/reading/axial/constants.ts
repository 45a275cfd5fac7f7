import { z } from 'zod';
import { Fault } from '../../fault/index.ts';

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
export function axialConstants(value: unknown): AxialConstants {
  const parsed = AxialConstants.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Fault('MODEL_UNAVAILABLE', 'The card of the axial segmenter does not hold its constants.', {
    advice: 'Restore the folder models/ from the release.',
    cause: parsed.error,
  });
}
