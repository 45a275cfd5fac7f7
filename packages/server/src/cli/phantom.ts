import { resolve } from 'node:path';
import { writeNiftiGz } from '@promontory/core/formats';
import { type PhantomStudy, phantomStudy } from '@promontory/core/phantom';
import { checkOutputFolder, type OutputFile, publish } from '../ports/files/index.ts';
import type { Command } from './command.ts';
import { required } from './option-values.ts';
import { PERSON_OPTIONS, personOf } from './phantom-options.ts';
import { startProgress } from './progress.ts';

export const phantom: Command = {
  options: {
    ...PERSON_OPTIONS,
    out: { type: 'string' },
    force: { type: 'boolean' },
    json: { type: 'boolean' },
    quiet: { type: 'boolean' },
  },
  paths: 'none',
  async run({ values }, ports) {
    const folder = resolve(required(values, 'out', 'the folder for the study'));
    const force = values.force === true;
    const person = personOf(values);
    checkOutputFolder(folder, force);
    const progress = startProgress(ports, values.quiet === true);
    progress.step('Drawing the patient');
    const study = phantomStudy(person);
    publish(folder, phantomFiles(study, ''), { force, isOurs: isEarlierPhantom });
    progress.end();
    const { ageYears, sex, statureCm, lumbarCount, seed } = study.anatomy;
    const summary = { seed, ageYears, sex, statureCm, lumbarCount, files: study.files.length };
    if (values.json === true) ports.out(`${JSON.stringify(summary)}\n`);
    else if (values.quiet !== true) {
      ports.out(
        `A simulated patient: ${sex}, ${ageYears} years, ${statureCm} cm, ${lumbarCount} lumbar vertebrae (seed ${seed}).\n` +
          `${study.files.length} DICOM files, truth.json and labels.nii.gz: ${folder}\n`,
      );
    }
  },
};

/** Whether a path is one that an earlier phantom wrote. */
export const isEarlierPhantom = (path: string): boolean => /(^|\/)[A-Z0-9]+_[A-Z]+\/IM\d{4}\.dcm$/.test(path);

/** The study, its truth and its label map as files. */
export function phantomFiles(study: PhantomStudy, prefix: string): OutputFile[] {
  const { labels } = study;
  return [
    ...study.files.map(({ name, bytes }) => ({ path: `${prefix}${name}`, bytes })),
    { path: `${prefix}truth.json`, bytes: `${JSON.stringify(study.truth, null, 2)}\n` },
    ...(labels === undefined
      ? []
      : [
          { path: `${prefix}labels.nii.gz`, bytes: writeNiftiGz({ grid: labels.grid, data: labels.labels }) },
        ]),
  ];
}
