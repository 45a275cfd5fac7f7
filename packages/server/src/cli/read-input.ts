import type { LoadedStudy, Reading } from '@promontory/core/reading';
import { type CollectedInput, collectInput } from '../ports/files/index.ts';
import { assemble, readCollected } from '../reading-run/index.ts';
import type { Ports } from './ports.ts';
import type { Progress } from './progress.ts';

export interface ReadInputOptions {
  readonly studyInstanceUid?: string | undefined;
  readonly pngSpacingMm?: number | undefined;
  readonly lumbarCount?: 4 | 5 | 6 | undefined;
}

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
