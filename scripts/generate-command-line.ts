/**
 * docs/command-line.md from the help texts and the table of exit codes.
 *
 *   node scripts/generate-command-line.ts
 */
import { writeFileSync } from 'node:fs';
import { exitTable } from '../packages/server/src/cli/exit-codes.ts';
import { HELP } from '../packages/server/src/cli/help.ts';

export function commandLinePage(): string {
  const commands = Object.entries(HELP).map(
    ([name, text]) => `## ${name || 'promontory'}\n\n\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`,
  );
  const exits = exitTable().map((row) => `| ${row.join(' | ')} |`);
  return [
    '# Command line\n',
    'Results appear whole or not at all: they are written beside the folder and moved into place.\n',
    ...commands,
    '## Exit codes\n',
    '| code | errors | meaning |\n|---|---|---|',
    ...exits,
    '| 130 | | interrupted (Ctrl-C); nothing is half-written |\n',
    'With `--json` an error is printed as `{"error": {"code", "message", "advice", "choices"}}`.\n',
  ].join('\n');
}

if (import.meta.main) writeFileSync('docs/command-line.md', commandLinePage());
