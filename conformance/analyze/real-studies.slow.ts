/** Every real study beside the project is read end to end, by the command line. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Findings } from '@promontory/core/spine';
import { afterAll, describe, expect } from 'vitest';
import { dataFolder, testWith, withoutData } from '../oracle.ts';

const work = mkdtempSync(join(tmpdir(), 'promontory-analyze-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Studies that cannot be read, with the exit code and the error that say so. */
const REFUSED: Readonly<Record<string, string>> = { musclemap: 'NO_SAGITTAL_SERIES' };
const VOLUMES = ['VB1_12_img.nii.gz', 'VB2_08_img.nii.gz', 'VB3_13_img.nii.gz', 'IVD_20_img.nii.gz'];

function analyze(input: string, name: string) {
  const out = join(work, name);
  const args = ['packages/server/bin/promontory.mjs', 'analyze', input, '--out', out, '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  return { status, answer: JSON.parse(stdout) as unknown, stderr, out };
}

function expectReading(input: string, name: string): void {
  const { status, answer, out } = analyze(input, name);
  expect(status).toBe(0);
  const findings = Findings.parse(answer);
  expect(findings.discs.length).toBeGreaterThanOrEqual(4);
  expect(Findings.parse(JSON.parse(readFileSync(join(out, 'findings.json'), 'utf8')))).toEqual(findings);
  expect(readdirSync(out).sort()).toEqual([
    'findings.json',
    'key-images',
    'report.html',
    'segmentation.nii.gz',
  ]);
}

describe('real DICOM studies', () => {
  const studies =
    dataFolder === undefined || withoutData !== undefined ? ['any'] : readdirSync(join(dataFolder, 'dicom'));
  for (const study of studies) {
    testWith(withoutData, study, () => {
      const input = join(dataFolder as string, 'dicom', study);
      if (REFUSED[study] === undefined) return expectReading(input, study);
      const { status, answer } = analyze(input, study);
      expect(status).not.toBe(0);
      expect(answer).toMatchObject({ error: { code: REFUSED[study] } });
      expect(readdirSync(work)).not.toContain(study);
    });
  }
});

describe('real volumes', () => {
  for (const volume of VOLUMES) {
    testWith(withoutData, volume, () => expectReading(join(dataFolder as string, 'volumes', volume), volume));
  }
});
