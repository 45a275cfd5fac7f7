import { resolve } from 'node:path';
import { backup as write } from '../../upkeep/index.ts';
import type { Command } from '../command.ts';
import { required } from '../option-values.ts';
import { noteExport } from './note-export.ts';
import { overStorage, UPKEEP_OPTIONS } from './upkeep-command.ts';

const STEPS = { tables: 'Writing tables', bytes: 'Copying images' } as const;

export const backup: Command = {
  options: { ...UPKEEP_OPTIONS, out: { type: 'string' }, 'forget-removed': { type: 'boolean' } },
  paths: 'none',
  async run({ values }, ports) {
    const folder = resolve(required(values, 'out', 'the folder for the backup'));
    const result = await overStorage(
      values,
      ports,
      async ({ database, blobs, keys: [first, ...older] }, progress) => {
        const made = await write(database, blobs, folder, {
          now: ports.now,
          forgetRemoved: values['forget-removed'] === true,
          ...(first === undefined ? {} : { keys: [first, ...older] }),
          onProgress: (step, done, total) => progress.step(STEPS[step], done, total),
        });
        await noteExport(database, ports.now(), 'backup', made);
        return made;
      },
    );
    if (values.json === true) ports.out(`${JSON.stringify(result)}\n`);
    else if (values.quiet !== true) {
      ports.out(`Backup: ${result.rows} rows, ${result.blobs} blobs, of these ${result.copied} new.\n`);
      if (result.inPacs > 0)
        ports.out(`${result.inPacs} images lie in the PACS: the backup names them and does not hold them.\n`);
      if (result.missing.length > 0)
        ports.out(`The archive itself lacks ${result.missing.length} blobs: see promontory fsck.\n`);
    }
  },
};
