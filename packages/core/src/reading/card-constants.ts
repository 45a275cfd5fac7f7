import type { z } from 'zod';
import { Fault } from '../fault/index.ts';

/**
 * Constants that travel with a model in its card.
 * @param modelName for people, as in `The card of the disc grader`
 * @throws Fault `MODEL_UNAVAILABLE` if the card lacks something
 */
export function cardConstants<T>(schema: z.ZodType<T>, value: unknown, modelName: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Fault('MODEL_UNAVAILABLE', `The card of the ${modelName} does not hold its constants.`, {
    advice: 'Restore the folder models/ from the release.',
    cause: parsed.error,
  });
}
