/** The command line over real studies and volumes, from files to all results; black box. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { dataFolder, testWith, withoutData } from '../oracle.ts';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'packages/server/bin/promontory.mjs');

const names = (folder: string): string[] =>
  dataFolder === undefined || !existsSync(join(dataFolder, folder))
    ? []
    : readdirSync(join(dataFolder, folder)).sort();

const studies = names('dicom');
/** One of each source; reading all of them takes ten minutes. */
const volumes = ['IVD', 'VB1', 'VB2', 'VB3'].flatMap(
  (source) => names('volumes').find((n) => n.startsWith(source) && n.includes('_img')) ?? [],
);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'promontory-real-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function analyze(path: string, out: string): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [BIN, 'analyze', path, '--out', out, '--json']);
  let text = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out: text, err })));
}

const validate = new Ajv2020({ strict: true }).compile(
  JSON.parse(readFileSync(join(ROOT, 'docs/findings.schema.json'), 'utf8')),
);
const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');

/** What holds for every reading, whatever it found. */
function checkResults(out: string): Record<string, never> {
  const text = readFileSync(join(out, 'findings.json'), 'utf8');
  const findings = JSON.parse(text);
  validate(findings);
  expect(validate.errors).toBeNull();
  const discs: { label: string; segmentationValue: number }[] = findings.discs;
  expect(discs.length).toBeGreaterThanOrEqual(3);
  expect(new Set(discs.map((d) => d.label)).size).toBe(discs.length);
  const nifti = gunzipSync(readFileSync(join(out, 'segmentation.nii.gz')));
  const present = new Set(nifti.subarray(352));
  for (const { label, segmentationValue } of discs) expect(present, label).toContain(segmentationValue);
  const pictures = readdirSync(join(out, 'key-images'));
  expect(pictures).toContain('mid-sagittal.png');
  for (const { label } of discs) expect(pictures).toContain(`disc-${label.replace('/', '-')}.png`);
  const report = readFileSync(join(out, 'report.html'), 'utf8');
  for (const { label } of discs) expect(report).toContain(label);
  return findings;
}

describe('studies', () => {
  testWith(withoutData, 'there are studies', () => expect(studies.length).toBeGreaterThan(10));
  for (const name of studies) {
    testWith(withoutData, name, async () => {
      const path = join(dataFolder!, 'dicom', name);
      const out = join(folder, name);
      const ended = await analyze(path, out);
      if (name === 'musclemap') {
        expect(ended.code).toBe(4);
        expect(JSON.parse(ended.out).error.code).toBe('NO_SAGITTAL_SERIES');
        expect(existsSync(out)).toBe(false);
        return;
      }
      expect(ended).toMatchObject({ code: 0, err: '' });
      const findings = checkResults(out) as unknown as {
        provenance: { inputs: { sha256: string; files: number }[] };
      };
      // The hash can be made again from the files alone.
      const hashes = readdirSync(path).map((series) =>
        sha256(
          readdirSync(join(path, series))
            .map((file) => sha256(readFileSync(join(path, series, file))))
            .sort()
            .join('\n'),
        ),
      );
      for (const { sha256: stated } of findings.provenance.inputs) expect(hashes).toContain(stated);
    });
  }
});

describe('volumes', () => {
  testWith(withoutData, 'there is one of each source', () => expect(volumes).toHaveLength(4));
  for (const name of volumes) {
    testWith(withoutData, name, async () => {
      const out = join(folder, name);
      expect(await analyze(join(dataFolder!, 'volumes', name), out)).toMatchObject({ code: 0, err: '' });
      checkResults(out);
    });
  }
});
