/** What `analyze` and `demo` leave behind. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readNifti, readPng } from '@promontory/core/formats';
import { type Findings, measureSpine, readSpineOutline } from '@promontory/core/spine';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resvgRasteriser } from '../ports/raster/index.ts';
import {
  asFiles,
  filesBelow,
  folderWith,
  newFolder,
  promontory,
  removeFolders,
  smallPhantom,
} from './command-line.testing.ts';
import { truthRunner } from './truth-runner.testing.ts';

afterAll(removeFolders);

const study = smallPhantom({ series: ['sagittal-t1', 'sagittal-t2'] });
const schema = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../../../docs/findings.schema.json', import.meta.url)), 'utf8'),
);

describe('analyze', () => {
  let out: string;
  let printed: string;
  let input: string;
  let findings: Findings;
  beforeAll(async () => {
    out = join(newFolder(), 'new', 'results');
    input = folderWith(asFiles(study));
    const outcome = await promontory(['analyze', input, '--out', out], {
      runner: async () => truthRunner(study),
      rasteriser: async () => resvgRasteriser(),
    });
    expect(outcome).toMatchObject({ code: 0, err: '' });
    printed = outcome.out;
    findings = JSON.parse(readFileSync(join(out, 'findings.json'), 'utf8'));
  });

  test('writes findings, outlines, segmentation, pictures and report, and nothing else', () => {
    const discs = findings.discs.map((d) => `key-images/disc-${d.label.replace('/', '-')}.png`);
    expect(filesBelow(join(out, '..'))).toEqual(
      [
        'findings.json',
        ...discs,
        'key-images/mid-sagittal.png',
        'outline.json',
        'report.html',
        'segmentation.nii.gz',
      ]
        .map((path) => `results/${path}`)
        .sort(),
    );
    expect(discs.length).toBeGreaterThanOrEqual(6);
  });

  test('the findings are valid against the schema that is shipped', () => {
    const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);
    validate(findings);
    expect(validate.errors).toBeNull();
    const wrong = { ...findings, discs: [{ label: 'L5/S1' }] };
    expect(validate(wrong)).toBe(false);
  });

  test('the findings are those of the patient that was drawn', () => {
    expect(findings.numbering.lowestDisc).toBe(study.truth.numbering.lowestDisc);
    const labels = findings.discs.map((d) => d.label);
    expect(labels).toEqual(expect.arrayContaining(['L5/S1', 'L4/L5', 'L3/L4', 'L2/L3', 'L1/L2']));
    expect(findings.provenance).toMatchObject({
      software: { name: 'Promontory', version: '0.0.0-test' },
      inputs: [{ files: 3 }, { files: 3 }],
    });
    expect(findings.study.series.map((s) => s.used)).toEqual([true, true]);
  });

  test('the outlines, measured again, give the lengths and angles of the findings', () => {
    const outline = readSpineOutline(JSON.parse(readFileSync(join(out, 'outline.json'), 'utf8')));
    const again = measureSpine(outline);
    expect(again.discs.map((d) => d.heights)).toEqual(findings.discs.map((d) => d.heights));
    expect(again.vertebrae.map((v) => v.heights)).toEqual(findings.vertebrae.map((v) => v.heights));
    expect(again.alignment.segmental).toEqual(findings.alignment.segmental);
  });

  test('the segmentation lies on the lattice of the T2 series and names every level found', () => {
    const { volume } = readNifti(readFileSync(join(out, 'segmentation.nii.gz')));
    const truth = study.labels!;
    expect([...volume.grid.size].sort()).toEqual([...truth.grid.size].sort());
    const values = new Set(volume.data);
    for (const item of [...findings.vertebrae, ...findings.discs]) {
      expect(values, item.label).toContain(item.segmentationValue);
    }
  });

  test('pictures are PNG, and the report loads nothing', () => {
    for (const path of filesBelow(out).filter((p) => p.endsWith('.png'))) {
      expect(readPng(readFileSync(join(out, path))).width, path).toBeGreaterThan(400);
    }
    const html = readFileSync(join(out, 'report.html'), 'utf8');
    expect(html).not.toMatch(/<script|src="http|href="http|url\(http/i);
    expect(html).toContain('unreviewed');
  });

  test('prints the table and where the results are', () => {
    for (const { label } of findings.discs) expect(printed).toContain(label);
    expect(printed).toContain(out);
  });

  test('refuses to write there again, before reading, and replaces with --force', async () => {
    const again = await promontory(['analyze', input, '--out', out]);
    expect(again.code).toBe(7);
    expect(again.err).toContain('--force');
    const before = filesBelow(out);
    const forced = await promontory(['analyze', input, '--out', out, '--force', '--json'], {
      runner: async () => truthRunner(study),
    });
    expect(forced.code).toBe(0);
    expect(JSON.parse(forced.out).discs).toHaveLength(findings.discs.length);
    expect(filesBelow(out)).toEqual(before);
  });

  test('--quiet prints nothing, and a terminal sees progress that is erased again', async () => {
    const runner = async () => truthRunner(study);
    const quiet = await promontory(['analyze', input, '--out', join(newFolder(), 'a'), '--quiet'], {
      runner,
    });
    expect(quiet).toEqual({ code: 0, out: '', err: '' });
    const seen = await promontory(['analyze', input, '--out', join(newFolder(), 'b')], {
      runner,
      errIsTerminal: true,
    });
    expect(seen.err).toContain('Finding the spine');
    expect(seen.err.endsWith('\u001b[2K')).toBe(true);
  });
});

test('a report that cannot be made leaves nothing behind', async () => {
  const parent = newFolder();
  const outcome = await promontory(['analyze', folderWith(asFiles(study)), '--out', join(parent, 'out')], {
    runner: async () => truthRunner(study),
    rasteriser: async () => ({
      toPng: () => {
        throw new Error('no picture today');
      },
    }),
  });
  expect(outcome.code).toBe(1);
  expect(existsSync(join(parent, 'out'))).toBe(false);
});

test('findings that do not fit their schema are never written', async () => {
  const parent = newFolder();
  const good = truthRunner(study);
  const outcome = await promontory(['analyze', folderWith(asFiles(study)), '--out', join(parent, 'out')], {
    runner: async () => ({ ...good, identify: async (id) => ({ id, version: '1', sha256: 'none' }) }),
  });
  expect(outcome.code).toBe(1);
  expect(filesBelow(parent)).toEqual([]);
});

test('a missing model is named, before any work', async () => {
  const { OnnxRunner } = await import('../ports/models/onnx-runner.ts');
  const outcome = await promontory(['analyze', folderWith(asFiles(study)), '--out', join(newFolder(), 'o')], {
    runner: async () => new OnnxRunner(newFolder()),
  });
  expect(outcome).toMatchObject({ code: 8, err: expect.stringContaining('sagittal-segmenter') });
});

test('inspect lists roles and what a reading would use, as text and JSON', async () => {
  const input = folderWith(asFiles(study));
  const text = await promontory(['inspect', input]);
  expect(text.out).toMatch(/▸ sagittal-t2/);
  const json = await promontory(['inspect', input, '--json']);
  const { studies } = JSON.parse(json.out);
  expect(studies).toHaveLength(1);
  expect(studies[0]).toMatchObject({
    readable: true,
    series: [
      { role: 'sagittal-t1', used: true },
      { role: 'sagittal-t2', used: true },
    ],
  });
  expect(text.out + json.out).not.toContain('PHANTOM^LUMBAR');
});

test('demo: the committed models read the demonstration patient, and the report is shown', async () => {
  const { OnnxRunner } = await import('../ports/models/onnx-runner.ts');
  const models = fileURLToPath(new URL('../../../../models', import.meta.url));
  const folder = newFolder();
  const shown: string[] = [];
  const { code, out, err } = await promontory(['demo', '--out', folder], {
    runner: async () => new OnnxRunner(models),
    show: (path) => shown.push(path) > 0,
  });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(shown).toEqual([join(folder, 'report.html')]);
  const truth = JSON.parse(readFileSync(join(folder, 'study/truth.json'), 'utf8'));
  const findings: Findings = JSON.parse(readFileSync(join(folder, 'findings.json'), 'utf8'));
  expect(findings.numbering.lowestDisc).toBe(truth.numbering.lowestDisc);
  for (const label of ['L1/L2', 'L2/L3', 'L3/L4', 'L4/L5', 'L5/S1']) {
    const found = findings.discs.find((d) => d.label === label)!;
    const drawn = truth.discs.find((d: { label: string }) => d.label === label);
    expect(Math.hypot(...found.centroidMm.map((c, a) => c - drawn.centroidMm[a])), label).toBeLessThan(5);
    expect(out).toContain(label);
  }
});
