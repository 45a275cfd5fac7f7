import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commandLinePage } from './generate-command-line.ts';

it('docs/command-line.md is what the help says (node scripts/generate-command-line.ts)', () => {
  expect(readFileSync('docs/command-line.md', 'utf8')).toBe(commandLinePage());
});
