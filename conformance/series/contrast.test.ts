/** How often T1 and T2 are told apart by pixels alone, on all sagittal slices of SPIDER. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { luminanceOf, readPng } from '@promontory/core/formats';
import { guessContrast } from '@promontory/core/reading/series';
import { expect, test } from 'vitest';
import { dataFolder, missing } from './studies.ts';

const absent = missing();

test('T1 and T2 are told apart by the look of the image in more than 95 of 100', {
  timeout: 120_000,
}, async (context) => {
  if (absent !== undefined) {
    if (process.env.CI === 'true') throw new Error(absent);
    context.skip(`skipped: ${absent}`);
  }
  const folder = join(dataFolder!, 'spider');
  const lines = readFileSync(join(folder, 'series.csv'), 'utf8').trim().split('\n').slice(1);
  const wrong: string[] = [];
  for (const line of lines) {
    const [file, , contrast] = line.split(',');
    const image = readPng(new Uint8Array(readFileSync(join(folder, 'images', file))));
    const grid = { columns: image.width, rows: image.height, spacingMm: [1, 1], originMm: [0, 0] } as const;
    const guess = guessContrast(Float32Array.from(luminanceOf(image)), grid);
    if (guess?.contrast !== (contrast === 't1' ? 't1' : 't2')) wrong.push(file);
  }
  const share = 1 - wrong.length / lines.length;
  await context.annotate(
    `${lines.length} slices, ${(100 * share).toFixed(1)} % right; wrong: ${wrong.join(' ')}`,
  );
  expect(lines.length).toBe(360);
  expect(share).toBeGreaterThan(0.95);
});
