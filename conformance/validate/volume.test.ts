/** `promontory validate` on a real labelled volume, black box: the five discs of an IVD volume under our own layout. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readNifti, writeNiftiGz } from '@promontory/core/formats';
import { toPatient, type Volume } from '@promontory/core/geometry';
import type { Validation } from '@promontory/core/validation';
import { afterAll, expect } from 'vitest';
import { dataFolder, testWith, withoutData } from '../oracle.ts';

const BIN = join(import.meta.dirname, '../../packages/server/bin/promontory.mjs');
const NAME = 'IVD_20';
/** L5/S1, L4/L5, … as in `segmentation.nii.gz`. */
const LOWEST_FIRST = [124, 123, 122, 121, 120];

const folder = mkdtempSync(join(tmpdir(), 'promontory-validate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

testWith(withoutData, 'finds and scores the discs of a real volume', () => {
  const file = (kind: string) => join(dataFolder!, 'volumes', `${NAME}_${kind}.nii.gz`);
  mkdirSync(join(folder, 'set/studies'), { recursive: true });
  mkdirSync(join(folder, 'set/masks'));
  copyFileSync(file('img'), join(folder, `set/studies/${NAME}.nii.gz`));
  const { volume } = readNifti(new Uint8Array(readFileSync(file('seg'))));
  writeFileSync(join(folder, `set/masks/${NAME}.nii.gz`), writeNiftiGz(inOurValues(volume)));
  const rows = LOWEST_FIRST.map((_, i) => `${NAME},${i + 1}`);
  writeFileSync(join(folder, 'set/labels.csv'), `study,disc\n${rows.join('\n')}\n`);
  const out = join(folder, 'out');
  const ended = spawnSync(process.execPath, [BIN, 'validate', join(folder, 'set'), '--out', out], {
    encoding: 'utf8',
  });
  expect(ended.stderr).toBe('');
  expect(ended.status).toBe(0);
  const { figures } = JSON.parse(readFileSync(join(out, 'validation.json'), 'utf8')) as Validation;
  expect(figures.numbering?.allRight.value).toBe(1);
  expect(figures.segmentation?.disc?.structures).toBe(LOWEST_FIRST.length);
  expect(figures.segmentation?.disc?.overlap.value).toBeGreaterThan(0.7);
  expect(figures.segmentation?.disc?.hd95Mm?.median).toBeLessThan(6);
  expect(figures.pfirrmann).toBeUndefined();
});

/** Labels are instances without an order: the lowest in the patient is L5/S1. */
function inOurValues({
  grid,
  data,
}: Volume<Uint8Array | Int16Array | Uint16Array | Float32Array>): Volume<Uint8Array> {
  const heights = new Map<number, { sum: number; n: number }>();
  const [columns, rows] = grid.size;
  data.forEach((v: number, at: number) => {
    if (v === 0) return;
    const index = [at % columns, Math.floor(at / columns) % rows, Math.floor(at / (columns * rows))] as const;
    const known = heights.get(v) ?? { sum: 0, n: 0 };
    heights.set(v, { sum: known.sum + toPatient(grid, index)[2], n: known.n + 1 });
  });
  const order = [...heights].sort((a, b) => a[1].sum / a[1].n - b[1].sum / b[1].n).map(([v]) => v);
  return { grid, data: Uint8Array.from(data, (v: number) => (v === 0 ? 0 : LOWEST_FIRST[order.indexOf(v)])) };
}
