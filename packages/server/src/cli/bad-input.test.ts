/** Every kind of bad input gets its own clear error or warning, a non-zero exit where nothing was read, and no output. */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildDataSet, createDicomFile, Tag, TransferSyntax, writeDicom } from '@promontory/core/dicom';
import { type PhantomStudy, phantomStudy } from '@promontory/core/phantom';
import { GRADER } from '@promontory/core/reading';
import { zipSync } from 'fflate';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { OnnxRunner } from '../ports/models/onnx-runner.ts';
import { codes, noise, read, refused } from './bad-input.testing.ts';
import {
  asFiles,
  changed,
  folderWith,
  newFolder,
  removeFolders,
  smallPhantom,
} from './command-line.testing.ts';
import type { ClosableRunner } from './ports.ts';

afterEach(removeFolders);

const models = fileURLToPath(new URL('../../../../models', import.meta.url));
const onnx = new OnnxRunner(models);
afterAll(() => onnx.close());
/** The real segmenter; no disc is ever graded in these tests. */
const realSegmenter: ClosableRunner = {
  identify: async (id) =>
    id === GRADER ? { id, version: '0.0.0', sha256: '0'.repeat(64) } : onnx.identify(id),
  constants: (id) => onnx.constants(id),
  run: (id, inputs) => onnx.run(id, inputs),
  close: async () => {},
};

describe('nothing to read', () => {
  test('a path that is not there', async () => {
    expect(await refused(join(newFolder(), 'DOE^JANE'))).toMatchObject({
      code: 3,
      error: { code: 'NOTHING_FOUND' },
      err: expect.not.stringContaining('DOE'),
    });
  });

  test('an empty folder', async () => {
    expect(await refused(newFolder())).toMatchObject({ code: 3, error: { code: 'NOTHING_FOUND' } });
  });

  test('a folder without DICOM', async () => {
    const folder = folderWith({ 'notes.txt': 'hello', 'a/b.bin': noise(5000), empty: '' });
    const { code, error } = await refused(folder);
    expect(code).toBe(3);
    expect(error).toMatchObject({ code: 'NOTHING_FOUND', message: expect.stringContaining('3 files') });
  });

  test('a single file of another kind', async () => {
    const folder = folderWith({ 'letter.doc': noise(5000) });
    expect((await refused(join(folder, 'letter.doc'))).error.code).toBe('NOT_RECOGNISED');
  });

  test('one gigabyte of noise is refused by its head', async () => {
    const file = join(newFolder(), 'noise');
    const handle = openSync(file, 'w');
    writeSync(handle, noise(1 << 20, 3));
    ftruncateSync(handle, 2 ** 30);
    closeSync(handle);
    const before = process.memoryUsage().rss;
    const start = performance.now();
    expect((await refused(file)).error.code).toBe('NOT_RECOGNISED');
    expect(performance.now() - start).toBeLessThan(1000);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
  });

  test('a gigabyte that starts like DICOM is not read', async () => {
    const file = join(newFolder(), 'noise');
    const handle = openSync(file, 'w');
    writeSync(handle, Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), noise(1 << 16)]));
    ftruncateSync(handle, 2 ** 30);
    closeSync(handle);
    expect(await refused(file)).toMatchObject({ code: 5, error: { code: 'LIMIT_EXCEEDED' } });
  });
});

describe('images of another kind', () => {
  test('not MR', async () => {
    const ct = changed(smallPhantom(), (builder) =>
      builder.set(Tag.Modality, 'CT').set(Tag.SOPClassUID, '1.2.840.10008.5.1.4.1.1.2'),
    );
    expect(await refused(folderWith(ct))).toMatchObject({ code: 4, error: { code: 'NOT_MR' } });
  });

  test('only axial slices', async () => {
    const axial = phantomStudy({ seed: 3, series: ['axial-t2'] });
    expect(await refused(folderWith(asFiles(axial)))).toMatchObject({
      code: 4,
      error: { code: 'NO_SAGITTAL_SERIES' },
    });
  });

  test('no lumbar spine: noise with an oval in it, as a head has', async () => {
    const [rows, columns] = [448, 448];
    const head = changed(smallPhantom(), (builder, k) => {
      const random = noise(rows * columns, k + 1);
      const pixels = Uint16Array.from(random, (v, i) => {
        const inside =
          ((i % columns) - 224) ** 2 / 150 ** 2 + (Math.floor(i / columns) - 200) ** 2 / 180 ** 2 < 1;
        return (inside ? 700 : 20) + v / 4;
      });
      return builder.set(Tag.PixelData, pixels);
    });
    expect(await refused(folderWith(head), [], realSegmenter)).toMatchObject({
      code: 4,
      error: { code: 'NOT_LUMBAR' },
    });
  });

  test('constant pixels', async () => {
    const flat = changed(smallPhantom(), (builder) =>
      builder.set(Tag.PixelData, new Uint16Array(448 * 448).fill(300)),
    );
    expect(await refused(folderWith(flat), [], realSegmenter)).toMatchObject({
      code: 5,
      error: { code: 'PIXELS_CONSTANT' },
    });
  });
});

describe('damage', () => {
  test('a truncated file alone', async () => {
    const [{ bytes }] = smallPhantom().files;
    const folder = folderWith({ 'IM1.dcm': bytes.slice(0, bytes.length >> 1) });
    const { code, error } = await refused(join(folder, 'IM1.dcm'));
    expect(code).toBe(5);
    expect(['TRUNCATED', 'PIXELS_INCONSISTENT']).toContain(error.code);
  });

  test('one corrupt slice among good ones: the rest is read, with a warning', async () => {
    const study = smallPhantom({ sagittalSlices: 5 });
    const files = asFiles(study);
    const first = Object.keys(files)[0];
    files[first] = files[first].slice(0, 1200);
    const findings = await read(folderWith(files), { ...study, labels: withoutSlice(study, 0) });
    expect(codes(findings)).toContain('SLICE_UNREADABLE');
    expect(findings.discs.length).toBeGreaterThanOrEqual(5);
  });

  test.for([
    ['of one grey value', new Uint16Array(448 * 448).fill(300)],
    ['cut off', new Uint16Array(8)],
  ] as const)('a series %s beside a good one: the good one is read, with a warning', async ([, pixels]) => {
    const study = smallPhantom({ series: ['sagittal-t1', 'sagittal-t2'] });
    for (const [spoilt, rest] of [
      ['T1_', 'sagittal-t2'],
      ['T2_', 'sagittal-t1'],
    ] as const) {
      const whole = asFiles(study);
      const flat = changed(study, (builder) => builder.set(Tag.PixelData, pixels));
      const files = Object.fromEntries(
        Object.entries(whole).map(([name, bytes]) => [name, name.startsWith(spoilt) ? flat[name] : bytes]),
      );
      const findings = await read(folderWith(files), study);
      expect(codes(findings)).toContain('SERIES_UNREADABLE');
      expect(findings.study.series.filter((s) => s.used).map((s) => s.role)).toEqual([rest]);
      expect(findings.discs.length).toBeGreaterThanOrEqual(5);
    }
  });

  test('zero-size pixels', async () => {
    const none = changed(smallPhantom(), (builder) => builder.set(Tag.Rows, 0).set(Tag.Columns, 0));
    expect((await refused(folderWith(none))).code).toBe(3);
    const short = changed(smallPhantom(), (builder) => builder.set(Tag.PixelData, new Uint16Array(0)));
    expect((await refused(folderWith(short))).code).toBeGreaterThan(2);
  });

  test('a ZIP bomb', async () => {
    const bomb = zipSync({ 'IM1.dcm': new Uint8Array(200 << 20) }, { level: 9 });
    expect(bomb.length).toBeLessThan(1 << 20);
    const start = performance.now();
    const folder = folderWith({ 'study.zip': bomb });
    expect(await refused(join(folder, 'study.zip'))).toMatchObject({
      code: 5,
      error: { code: 'LIMIT_EXCEEDED' },
    });
    expect(performance.now() - start).toBeLessThan(3000);
  });

  test('a deflated DICOM bomb', async () => {
    const bomb = writeDicom(
      createDicomFile(
        buildDataSet({
          SOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
          SOPInstanceUID: '1.2.3.4',
          Modality: 'MR',
          Rows: 8192,
          Columns: 8192,
          PixelData: new Uint16Array(64 << 20),
        }),
        { transferSyntaxUid: TransferSyntax.DeflatedExplicitVRLittleEndian },
      ),
    );
    expect(bomb.length).toBeLessThan(1 << 20);
    const folder = folderWith({ bomb });
    expect(await refused(join(folder, 'bomb'))).toMatchObject({ code: 5, error: { code: 'LIMIT_EXCEEDED' } });
  });
});

describe('wrong spacing', () => {
  test('leaves a warning and ratios, but no millimetres', async () => {
    const study = smallPhantom();
    const tiny = changed(study, (builder) => builder.set(Tag.PixelSpacing, [0.02, 0.02]));
    const findings = await read(folderWith(tiny), study);
    expect(codes(findings)).toContain('SPACING_IMPLAUSIBLE');
    const disc = findings.discs.find((d) => d.label === 'L3/L4')!;
    expect(disc.heights.middle).toBeUndefined();
    expect(disc.heightIndex?.unit).toBe('ratio');
    expect(JSON.stringify(findings)).not.toMatch(/"unit":"mm2?"/);
  });
});

/** The label map of a study that lost one slice at its edge. */
function withoutSlice(study: PhantomStudy, slice: number): NonNullable<PhantomStudy['labels']> {
  const labels = study.labels!;
  const [columns, rows, slices] = labels.grid.size;
  const n = columns * rows;
  return {
    grid: { ...labels.grid, size: [columns, rows, slices - 1] },
    labels: labels.labels.filter((_, i) => Math.floor(i / n) !== slice),
  };
}
