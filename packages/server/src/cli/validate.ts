import { resolve } from 'node:path';
import { renderValidation } from '@promontory/core/draw';
import { Fault, isFault } from '@promontory/core/fault';
import { GRADER, type LoadedStudy, type Reading, SEGMENTER } from '@promontory/core/reading';
import {
  type ComparedStudy,
  compareStudy,
  type FailedStudy,
  type Mask,
  type MaskScheme,
  summarise,
  VALIDATION_SCHEMA_VERSION,
  type Validation,
} from '@promontory/core/validation';
import {
  checkOutputFolder,
  collectInput,
  type LabelledStudy,
  type OutputFile,
  openDataset,
  publish,
} from '../ports/files/index.ts';
import { assemble, readCollected } from '../reading-run/index.ts';
import type { Command } from './command.ts';
import { discTable } from './disc-table.ts';
import { required, text, usage } from './option-values.ts';
import type { Ports } from './ports.ts';
import { startProgress } from './progress.ts';

export const validate: Command = {
  options: {
    out: { type: 'string' },
    force: { type: 'boolean' },
    studies: { type: 'string' },
    json: { type: 'boolean' },
    quiet: { type: 'boolean' },
  },
  paths: 'some',
  async run({ paths, values }, ports) {
    if (paths.length > 1) throw usage('Give validate one folder.', 'validate');
    const folder = resolve(required(values, 'out', 'the folder for the results'));
    const force = values.force === true;
    checkOutputFolder(folder, force);
    const dataset = openDataset(resolve(paths[0]));
    const studies = chosen(dataset.studies, text(values, 'studies')?.split(','));
    const progress = startProgress(ports, values.quiet === true);
    try {
      const compared: ComparedStudy[] = [];
      const failed: FailedStudy[] = [];
      for (const [i, study] of studies.entries()) {
        progress.step('Reading studies', i, studies.length);
        try {
          compared.push(await compareOne(study, dataset.scheme, ports));
        } catch (error) {
          if (!isFault(error)) throw error;
          failed.push({ study: study.truth.study, patient: study.truth.patient, code: error.code });
        }
      }
      if (compared.length === 0) {
        throw new Fault('NOTHING_FOUND', `None of the ${failed.length} studies could be read.`, {
          advice: 'Try promontory analyze on one of them.',
        });
      }
      progress.step('Working out figures');
      const validation: Validation = {
        schemaVersion: VALIDATION_SCHEMA_VERSION,
        createdAt: ports.now().toISOString(),
        software: { name: 'Promontory', version: ports.version },
        models: await modelsOf(ports),
        dataset: { layout: dataset.layout, studies: studies.length, failed },
        figures: summarise(compared),
      };
      publish(folder, outputs(validation, compared), { force });
      progress.end();
      if (values.json === true) ports.out(`${JSON.stringify(validation)}\n`);
      else if (values.quiet !== true) {
        ports.out(`${studies.length} studies, ${failed.length} of them not read.\nResults: ${folder}\n`);
      }
    } finally {
      progress.end();
    }
  },
};

function outputs(validation: Validation, compared: readonly ComparedStudy[]): OutputFile[] {
  return [
    { path: 'validation.json', bytes: `${JSON.stringify(validation, null, 2)}\n` },
    { path: 'validation.html', bytes: renderValidation(validation) },
    { path: 'discs.csv', bytes: discTable(compared) },
  ];
}

/** @throws Fault `USAGE` for a study that the dataset lacks; its name is not repeated */
function chosen(
  all: readonly LabelledStudy[],
  wanted: readonly string[] | undefined,
): readonly LabelledStudy[] {
  if (wanted === undefined) return all;
  const names = new Set(all.map((s) => s.truth.study));
  const absent = wanted.filter((name) => !names.has(name)).length;
  if (absent > 0) throw usage(`${absent} of the studies asked for are not in the dataset.`, 'validate');
  return all.filter((s) => wanted.includes(s.truth.study));
}

async function compareOne(study: LabelledStudy, scheme: MaskScheme, ports: Ports): Promise<ComparedStudy> {
  if (study.images.length === 0) throw new Fault('NOTHING_FOUND', 'The study has labels but no images.');
  const collected = await collectInput(study.images.map((i) => i.path));
  const inputs = collected.inputs.map((input) =>
    'volume' in input ? { ...input, role: study.images[input.index]?.role } : input,
  );
  const known = { ...collected, inputs };
  const loaded = await assemble(known, {}, ports);
  const reading = await readCollected(known, loaded, {}, ports, startProgress(ports, true));
  const mask = await maskOf(study, scheme, reading, loaded);
  return compareStudy(reading, study.truth, mask);
}

/** The mask of the image that gave the grid, else any of the patient's: all lie in the patient's space. */
async function maskOf(
  study: LabelledStudy,
  scheme: MaskScheme,
  reading: Reading,
  loaded: LoadedStudy,
): Promise<Mask | undefined> {
  const uid = reading.findings.provenance.gridSeriesInstanceUid;
  const input = loaded.series.find((s) => s.seriesInstanceUid === uid)?.inputs[0];
  const name = input === undefined ? undefined : study.images[input]?.name;
  const path = study.masks.find((m) => name !== undefined && m.includes(`${name}.`)) ?? study.masks[0];
  if (path === undefined) return undefined;
  const { inputs } = await collectInput([path]);
  const [first] = inputs;
  return first !== undefined && 'volume' in first ? { volume: first.volume, scheme } : undefined;
}

async function modelsOf(ports: Ports): Promise<Validation['models']> {
  const runner = await ports.runner();
  try {
    return await Promise.all([SEGMENTER, GRADER].map((id) => runner.identify(id)));
  } finally {
    await runner.close();
  }
}
