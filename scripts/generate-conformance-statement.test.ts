import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { statementText } from './generate-conformance-statement.ts';

test('the committed conformance statement is what the generator makes', async () => {
  const committed = join(import.meta.dirname, '../docs/conformance-statement.md');
  expect(readFileSync(committed, 'utf8')).toBe(await statementText());
});
