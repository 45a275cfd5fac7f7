import { Fault } from '@promontory/core/fault';
import { appendAudit } from '../../audit/index.ts';
import { reseal as seal } from '../../upkeep/index.ts';
import type { Command } from '../command.ts';
import { overStorage, UPKEEP_OPTIONS } from './upkeep-command.ts';

export const reseal: Command = {
  options: UPKEEP_OPTIONS,
  paths: 'none',
  async run({ values }, ports) {
    const report = await overStorage(values, ports, async ({ database, sealed, keys }, progress) => {
      if (sealed === undefined)
        throw new Fault('START_REFUSED', 'No key file is set: nothing in this archive is sealed.', {
          advice: 'Give the settings with "storage.keyFiles" by --settings.',
        });
      const done = await seal(database, sealed, {
        onProgress: ({ looked, resealed }) =>
          progress.step(
            `Sealing with the first of ${keys.length} keys: ${looked} looked at, ${resealed} resealed`,
          ),
      });
      const { resealed, damaged, unknown } = done;
      await database.transaction((sql) =>
        appendAudit(sql, ports.now(), {
          action: 'settings',
          outcome: done.ok ? 'success' : 'failed',
          actor: 'system',
          detail: { deed: 'reseal', resealed, damaged: damaged.length, unknown: unknown.length },
        }),
      );
      return done;
    });
    const { ok, looked, resealed, damaged, unknown } = report;
    if (values.json === true) ports.out(`${JSON.stringify(report)}\n`);
    else if (values.quiet !== true) {
      ports.out(`${looked} looked at, ${resealed} sealed anew.\n`);
      if (damaged.length > 0) ports.out(`  damaged, left as they are: ${damaged.length}\n`);
      if (unknown.length > 0) ports.out(`  opened by none of the keys: ${unknown.length}\n`);
      if (ok) ports.out('All is sealed with the first key; the older lines may go from the key file.\n');
    }
    if (!ok)
      throw new Fault('ARCHIVE_DAMAGED', 'Not everything could be sealed with the first key', {
        advice:
          'Keep the older keys, and put back a line that went too soon. See --json; promontory fsck --deep tells what a backup must bring back.',
      });
  },
};
