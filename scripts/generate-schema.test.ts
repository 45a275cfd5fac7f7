import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { schemaText } from './generate-schema.ts';

test('the committed schema is what the generator makes', () => {
  const committed = join(import.meta.dirname, '../docs/findings.schema.json');
  expect(readFileSync(committed, 'utf8')).toBe(schemaText());
});
