import { resolve } from 'node:path';
import { verifyAudit } from '../../audit/index.ts';
import { restore as read } from '../../upkeep/index.ts';
import type { Command } from '../command.ts';
import { usage } from '../option-values.ts';
import { noteExport } from './note-export.ts';
import { overStorage, UPKEEP_OPTIONS } from './upkeep-command.ts';

const STEPS = { verify: 'Checking the backup', bytes: 'Copying images', tables: 'Filling tables' } as const;

export const restore: Command = {
  options: UPKEEP_OPTIONS,
  paths: 'some',
  async run({ paths, values }, ports) {
    const [folder, ...more] = paths;
    if (folder === undefined || more.length > 0) throw usage('Give restore one backup.', 'restore');
    const result = await overStorage(
      values,
      ports,
      async ({ database, blobs, pacs, staging, keys: [first, ...older] }, progress) => {
        // What a backup brings is kept here: the PACS has its own.
        const made = await read(resolve(folder), database, pacs?.local ?? blobs, {
          verifyAudit,
          staging,
          ...(first === undefined ? {} : { keys: [first, ...older] }),
          onProgress: (step, done, total) => progress.step(STEPS[step], done, total),
        });
        await noteExport(database, ports.now(), 'restore', made);
        return made;
      },
      'leave',
    );
    if (values.json === true) ports.out(`${JSON.stringify(result)}\n`);
    else if (values.quiet !== true) {
      ports.out(`Restored ${result.rows} rows and ${result.blobs} blobs as of ${result.at}.\n`);
      if (result.inPacs > 0)
        ports.out(`${result.inPacs} images lie in a PACS: start the server with the same "storage.pacs".\n`);
      ports.out('What came after the backup is not here; erasures made since then must be made again.\n');
    }
  },
};
