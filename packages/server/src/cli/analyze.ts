import { resolve } from 'node:path';
import { findingsTable } from '@promontory/core/report';
import { checkOutputFolder, publish } from '../ports/files/index.ts';
import { isEarlierResult, renderOutputs } from '../reading-run/index.ts';
import type { Command } from './command.ts';
import { oneOf, positiveNumber, required, text } from './option-values.ts';
import { startProgress } from './progress.ts';
import { readInput } from './read-input.ts';

export const analyze: Command = {
  options: {
    out: { type: 'string' },
    force: { type: 'boolean' },
    study: { type: 'string' },
    spacing: { type: 'string' },
    lumbar: { type: 'string' },
    json: { type: 'boolean' },
    quiet: { type: 'boolean' },
  },
  paths: 'some',
  async run({ paths, values }, ports) {
    const folder = resolve(required(values, 'out', 'the folder for the results'));
    const force = values.force === true;
    const options = {
      studyInstanceUid: text(values, 'study'),
      pngSpacingMm: positiveNumber(values, 'spacing'),
      lumbarCount: oneOf(values, 'lumbar', [4, 5, 6] as const),
    };
    checkOutputFolder(folder, force);
    const progress = startProgress(ports, values.quiet === true);
    try {
      const reading = await readInput(paths, options, ports, progress);
      progress.step('Drawing pictures and report');
      const files = renderOutputs(reading, await ports.rasteriser());
      publish(folder, files, { force, isOurs: isEarlierResult });
      progress.end();
      if (values.json === true) ports.out(`${JSON.stringify(reading.findings)}\n`);
      else if (values.quiet !== true) ports.out(`${findingsTable(reading.findings)}\n\nResults: ${folder}\n`);
    } finally {
      progress.end();
    }
  },
};
