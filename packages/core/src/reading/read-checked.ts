import { Fault } from '../fault/index.ts';
import { Findings } from '../spine/index.ts';
import { GRADER } from './grade/index.ts';
import type { ModelRunner } from './model-runner.ts';
import { type Reading, type ReadOptions, readStudy } from './read-study.ts';
import { SEGMENTER } from './segment/index.ts';
import { type LoadedStudy, selectSeries } from './series/index.ts';

/**
 * Reads a study as everybody who gives results to people does: a study that cannot be read is refused before any model
 * is looked at, a missing model before the work, and the result is held against its schema.
 * @throws Fault as `selectSeries` and `readStudy` do
 */
export async function readChecked(study: LoadedStudy, options: ReadOptions): Promise<Reading> {
  selectSeries(study);
  await checkModels(options.runner);
  const reading = await readStudy(study, options);
  const checked = Findings.safeParse(reading.findings);
  if (!checked.success) throw new Error('The findings do not fit their schema.', { cause: checked.error });
  return reading;
}

async function checkModels(runner: ModelRunner): Promise<void> {
  for (const id of [SEGMENTER, GRADER]) {
    const identity = await runner.identify(id);
    if (identity.id !== id) {
      throw new Fault('MODEL_UNAVAILABLE', `The card of the model ${id} names another model.`, {
        advice: 'Restore the folder models/ from the release.',
      });
    }
  }
}
