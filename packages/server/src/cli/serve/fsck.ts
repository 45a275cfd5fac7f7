import { Fault } from '@promontory/core/fault';
import { latestAnchor, verifyAudit } from '../../audit/index.ts';
import { fsck as check } from '../../upkeep/index.ts';
import type { Command } from '../command.ts';
import { text } from '../option-values.ts';
import { overStorage, UPKEEP_OPTIONS } from './upkeep-command.ts';

const STEPS = { rows: 'Looking at rows', bytes: 'Looking at bytes', audit: 'Following the audit' } as const;

export const fsck: Command = {
  options: {
    ...UPKEEP_OPTIONS,
    deep: { type: 'boolean' },
    repair: { type: 'boolean' },
    anchor: { type: 'string' },
  },
  paths: 'none',
  async run({ values }, ports) {
    const file = text(values, 'anchor');
    const deep = values.deep === true;
    const report = await overStorage(values, ports, async ({ database, blobs, pacs }, progress) => {
      const anchor = file === undefined ? undefined : await latestAnchor(file);
      await pacs?.compare((done) => progress.step(`Asking the PACS for studies: ${done}`));
      // Every byte read again is read again where it lies.
      return check(database, (deep ? pacs?.uncopied : undefined) ?? blobs, {
        deep,
        repair: values.repair === true,
        now: ports.now,
        verifyAudit: (sql) => verifyAudit(sql, anchor === undefined ? {} : { anchor }),
        onProgress: (step, done) => progress.step(`${STEPS[step]}: ${done}`),
      });
    });
    if (values.json === true) ports.out(`${JSON.stringify(report)}\n`);
    else if (values.quiet !== true) {
      ports.out(`${report.named} blobs named, ${report.stored} stored, ${report.onTheirWay} on their way.\n`);
      for (const [kind, count] of Object.entries(report.counts)) ports.out(`  ${kind}: ${count}\n`);
      const { orphans, counts } = report.repaired;
      if (orphans + counts > 0) ports.out(`Repaired: ${orphans} orphans, ${counts} counts.\n`);
      if (report.ok) ports.out('Index, bytes and audit agree.\n');
    }
    if (!report.ok) {
      throw new Fault('ARCHIVE_DAMAGED', 'Index, bytes or audit do not agree', {
        advice: 'See --json for each problem; what is missing or damaged can be restored from a backup.',
      });
    }
  },
};
