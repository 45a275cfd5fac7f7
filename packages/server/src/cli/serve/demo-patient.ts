/** The demonstration patient in an archive that holds nothing yet. */
import { phantomStudy } from '@promontory/core/phantom';
import type { Progress } from '../progress.ts';
import type { RunningServer } from './open-server.ts';

const SEED = 7;
const LOOK_MS = 300;

/** Stores and reads a simulated patient, unless there are studies already. */
export async function demoPatient(
  { records, readings, system }: Pick<RunningServer, 'records' | 'readings' | 'system'>,
  progress: Progress,
): Promise<void> {
  const nothing = {
    level: 'study',
    matches: new Map(),
    include: [],
    fuzzy: false,
    limit: 1,
    offset: 0,
  } as const;
  if ((await records.search(nothing)).rows.length > 0) return;
  progress.step('Drawing a patient');
  const { files } = phantomStudy({ seed: SEED });
  progress.step('Storing the images');
  const outcomes = await records.store(
    (async function* () {
      for (const { bytes } of files)
        yield (async function* () {
          yield bytes;
        })();
    })(),
  );
  const studyUid = outcomes.find((outcome) => outcome.status === 'stored')?.studyUid;
  if (studyUid === undefined) throw new Error('The demonstration patient was not stored.');
  const mine = readings.readingsFor(system);
  await mine.complete(studyUid);
  progress.step('Reading the study');
  for (;;) {
    const found = await mine.ofStudy(studyUid);
    if (found === undefined || found.open.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
