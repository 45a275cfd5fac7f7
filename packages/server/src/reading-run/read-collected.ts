import {
  assembleStudy,
  type LoadedStudy,
  type Reading,
  type ReadStage,
  readChecked,
  selectSeries,
} from '@promontory/core/reading';
import type { CollectedInput } from '../ports/files/index.ts';
import type { ReadingPorts, Steps } from './ports.ts';

const STAGES: Readonly<Record<ReadStage, string>> = {
  load: 'Decoding the images',
  segment: 'Finding the spine',
  measure: 'Measuring',
  grade: 'Grading',
  axial: 'Reading axial slices',
};

/** The study among the collected images, with the warnings of collecting. */
export async function assemble(
  collected: CollectedInput,
  options: { readonly studyInstanceUid?: string | undefined },
  ports: Pick<ReadingPorts, 'codecs'>,
): Promise<LoadedStudy> {
  const study = await assembleStudy(collected.inputs, {
    codecs: await ports.codecs(),
    studyInstanceUid: options.studyInstanceUid,
  });
  return { ...study, warnings: [...collected.warnings, ...study.warnings] };
}

/**
 * Reads a study from images that were collected, and holds the result against its schema.
 * @throws Fault as assembling and reading do
 */
export async function readCollected(
  collected: CollectedInput,
  study: LoadedStudy,
  options: { readonly lumbarCount?: 4 | 5 | 6 | undefined },
  ports: ReadingPorts,
  progress: Steps,
): Promise<Reading> {
  // A study that cannot be read is refused before a runner is started.
  selectSeries(study);
  const runner = await ports.runner();
  try {
    return await readChecked(study, {
      runner,
      softwareVersion: ports.version,
      now: ports.now,
      lumbarCount: options.lumbarCount,
      hashInputs: async ({ inputs }) => ({ sha256: collected.hashOf(inputs), files: inputs.length }),
      progress: (stage, done, total) => progress.step(STAGES[stage], done, total),
    });
  } finally {
    await runner.close();
  }
}
