import { anchorLine, keepAnchor, anchor as take } from '../../audit/index.ts';
import type { Command } from '../command.ts';
import { text } from '../option-values.ts';
import { overStorage, UPKEEP_OPTIONS } from './upkeep-command.ts';

export const anchor: Command = {
  options: { ...UPKEEP_OPTIONS, out: { type: 'string' } },
  paths: 'none',
  async run({ values }, ports) {
    const file = text(values, 'out');
    const taken = await overStorage(values, ports, async ({ database, folder }) => {
      const now = await take(database, ports.now());
      if (file !== undefined) await keepAnchor(now, file, folder.path);
      return now;
    });
    if (values.quiet !== true) ports.out(anchorLine(taken));
  },
};
