/**
 * Generates docs/findings.schema.json, the JSON Schema of findings.json, from its definition in core/spine.
 *
 *   node scripts/generate-schema.ts          writes the file
 *   node scripts/generate-schema.ts --check  exits 1 if the committed file differs
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findingsJsonSchema } from '@promontory/core/spine';

const TARGET = join(import.meta.dirname, '../docs/findings.schema.json');

export const schemaText = (): string => `${JSON.stringify(findingsJsonSchema(), null, 2)}\n`;

if (import.meta.main) {
  if (!process.argv.includes('--check')) writeFileSync(TARGET, schemaText());
  else if (readFileSync(TARGET, 'utf8') !== schemaText()) {
    process.stderr.write(`${TARGET} is not what the generator makes: run it again\n`);
    process.exit(1);
  }
}
