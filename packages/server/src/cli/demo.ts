import { join, resolve } from 'node:path';
import { phantomStudy } from '@promontory/core/phantom';
import { findingsTable } from '@promontory/core/report';
import { checkOutputFolder, collectBytes, publish } from '../ports/files/index.ts';
import { assemble, isEarlierResult, readCollected, renderOutputs } from '../reading-run/index.ts';
import type { Command } from './command.ts';
import { text } from './option-values.ts';
import { isEarlierPhantom, phantomFiles } from './phantom.ts';
import { PERSON_OPTIONS, personOf } from './phantom-options.ts';
import { startProgress } from './progress.ts';

/** Below the folder one is in; a later demonstration replaces it. */
const DEFAULT_FOLDER = join('out', 'demo');

export const demo: Command = {
  options: {
    ...PERSON_OPTIONS,
    out: { type: 'string' },
    force: { type: 'boolean' },
    'no-open': { type: 'boolean' },
    json: { type: 'boolean' },
    quiet: { type: 'boolean' },
  },
  paths: 'none',
  async run({ values }, ports) {
    const out = text(values, 'out');
    const folder = resolve(out ?? DEFAULT_FOLDER);
    const force = values.force === true || out === undefined;
    const person = personOf(values);
    checkOutputFolder(folder, force);
    const progress = startProgress(ports, values.quiet === true);
    try {
      progress.step('Drawing a patient');
      const made = phantomStudy(person);
      const collected = await collectBytes(made.files.map((file) => file.bytes));
      const study = await assemble(collected, {}, ports);
      const reading = await readCollected(collected, study, {}, ports, progress);
      progress.step('Drawing pictures and report');
      const results = renderOutputs(reading, await ports.rasteriser());
      publish(folder, [...results, ...phantomFiles(made, 'study/')], {
        force,
        isOurs: (path) => isEarlierResult(path) || isEarlierPhantom(path),
      });
      progress.end();
      const report = join(folder, 'report.html');
      if (values.json === true) ports.out(`${JSON.stringify(reading.findings)}\n`);
      else if (values.quiet !== true) {
        const { ageYears, sex, statureCm, seed } = made.anatomy;
        ports.out(`A simulated patient: ${sex}, ${ageYears} years, ${statureCm} cm (seed ${seed}).\n\n`);
        ports.out(`${findingsTable(reading.findings)}\n\n`);
        const shown = values['no-open'] !== true && ports.show(report);
        ports.out(
          `${shown ? 'The report opens in your browser' : 'Open the report in a browser'}: ${report}\n`,
        );
        ports.out(`The study and its truth: ${join(folder, 'study')}\n`);
      }
    } finally {
      progress.end();
    }
  },
};
