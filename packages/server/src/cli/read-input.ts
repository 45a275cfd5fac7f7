import { Fault } from '@promontory/core/fault';
import {
  assembleStudy,
  GRADER,
  type LoadedStudy,
  type Reading,
  type ReadStage,
  readStudy,
  SEGMENTER,
  selectSeries,
} from '@promontory/core/reading';
import { Findings } from '@promontory/core/spine';
import { type CollectedInput, collectInput } from '../ports/files/index.ts';
import type { ClosableRunner, Ports } from './ports.ts';
import type { Progress } from './progress.ts';

export interface ReadInputOptions {
  readonly studyInstanceUid?: string | undefined;
  readonly pngSpacingMm?: number | undefined;
  readonly lumbarCount?: 4 | 5 | 6 | undefined;
}

const STAGES: Readonly<Record<ReadStage, string>> = {
  load: 'Decoding the images',
  segment: 'Finding the spine',
  measure: 'Measuring',
  grade: 'Grading',
  axial: 'Reading axial slices',
};

/** The study in files, folders or archives. */
export async function loadInput(
  paths: readonly string[],
  options: ReadInputOptions,
  ports: Ports,
  progress: Progress,
): Promise<{ collected: CollectedInput; study: LoadedStudy }> {
  const collected = await collectInput(paths, {
    pngSpacingMm: options.pngSpacingMm,
    progress: (done, total) => progress.step('Reading files', done, total),
  });
  return { collected, study: await assemble(collected, options, ports) };
}

/** The study among the collected images, with the warnings of collecting. */
export async function assemble(
  collected: CollectedInput,
  options: Pick<ReadInputOptions, 'studyInstanceUid'>,
  ports: Ports,
): Promise<LoadedStudy> {
  const study = await assembleStudy(collected.inputs, {
    codecs: await ports.codecs(),
    studyInstanceUid: options.studyInstanceUid,
  });
  return { ...study, warnings: [...collected.warnings, ...study.warnings] };
}

/**
 * Reads the study, and holds the result against its schema.
 * @throws Fault as collecting, assembling and reading do
 */
export async function readInput(
  paths: readonly string[],
  options: ReadInputOptions,
  ports: Ports,
  progress: Progress,
): Promise<Reading> {
  const { collected, study } = await loadInput(paths, options, ports, progress);
  return readCollected(collected, study, options, ports, progress);
}

/** The same from images that were collected already. */
export async function readCollected(
  collected: CollectedInput,
  study: LoadedStudy,
  options: ReadInputOptions,
  ports: Ports,
  progress: Progress,
): Promise<Reading> {
  // A study that cannot be read is refused before any model is looked at, and a missing model before the work.
  selectSeries(study);
  const runner = await ports.runner();
  try {
    await checkModels(runner);
    const reading = await readStudy(study, {
      runner,
      softwareVersion: ports.version,
      now: ports.now,
      lumbarCount: options.lumbarCount,
      hashInputs: async ({ inputs }) => ({ sha256: collected.hashOf(inputs), files: inputs.length }),
      progress: (stage, done, total) => progress.step(STAGES[stage], done, total),
    });
    const checked = Findings.safeParse(reading.findings);
    if (!checked.success) throw new Error('The findings do not fit their schema.', { cause: checked.error });
    return reading;
  } finally {
    await runner.close();
  }
}

async function checkModels(runner: ClosableRunner): Promise<void> {
  for (const id of [SEGMENTER, GRADER]) {
    const identity = await runner.identify(id);
    if (identity.id !== id) {
      throw new Fault('MODEL_UNAVAILABLE', `The card of the model ${id} names another model.`, {
        advice: 'Restore the folder models/ from the release.',
      });
    }
  }
}
