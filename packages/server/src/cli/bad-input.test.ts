/** Every kind of bad input gets its own clear error or warning, a non-zero exit where nothing was read, and no output. */
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildDataSet, createDicomFile, Tag, TransferSyntax, writeDicom } from '@promontory/core/dicom';
import { type PhantomStudy, phantomStudy } from '@promontory/core/phantom';
import { GRADER } from '@promontory/core/reading';
import type { Findings } from '@promontory/core/spine';
import { zipSync } from 'fflate';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { OnnxRunner } from '../ports/models/onnx-runner.ts';
import {
  asFiles,
  changed,
  filesBelow,
  folderWith,
  newFolder,
  type Outcome,
  promontory,
  removeFolders,
  smallPhantom,
} from './command-line.testing.ts';
import type { ClosableRunner } from './ports.ts';
import { truthRunner } from './truth-runner.testing.ts';

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

interface Refusal extends Outcome {
  readonly error: { code: string; message: string; advice?: string; choices?: string[] };
}

/** Analyses what must be refused: twice, for the line and for the JSON; and sees that nothing was written. */
async function refused(
  input: string,
  args: readonly string[] = [],
  runner?: ClosableRunner,
): Promise<Refusal> {
  const out = join(newFolder(), 'deep', 'results');
  const ports = runner === undefined ? {} : { runner: async () => runner };
  const asJson = await promontory(['analyze', input, '--out', out, '--json', ...args], ports);
  const asLine = await promontory(['analyze', input, '--out', out, ...args], ports);
  expect(asJson.code).toBe(asLine.code);
  expect(asJson.code).not.toBe(0);
  expect(asJson.err).toBe('');
  expect(asLine.out).toBe('');
  expect(asLine.err).toMatch(/^promontory: [^\n]+\n$/);
  expect(existsSync(join(out, '..'))).toBe(false);
  return { ...asLine, error: JSON.parse(asJson.out).error };
}

async function read(
  input: string,
  study: Pick<PhantomStudy, 'labels'>,
  args: readonly string[] = [],
): Promise<Findings> {
  const out = join(newFolder(), 'results');
  const outcome = await promontory(['analyze', input, '--out', out, ...args], {
    runner: async () => truthRunner(study),
  });
  expect(outcome).toMatchObject({ code: 0, err: '' });
  return JSON.parse(readFileSync(join(out, 'findings.json'), 'utf8'));
}

const codes = (findings: Findings): string[] => findings.quality.warnings.map((w) => w.code);

/** Bytes without order, the same each time. */
function noise(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

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

describe('more than one', () => {
  test('two patients in one folder are listed, and --study chooses', async () => {
    const [one, two] = [smallPhantom(), smallPhantom({ seed: 11 })];
    const prefixed = (name: string, study: PhantomStudy) =>
      Object.fromEntries(study.files.map((file) => [`${name}/${file.name}`, file.bytes]));
    const folder = folderWith({ ...prefixed('a', one), ...prefixed('b', two) });
    const uids = [uidIn(one), uidIn(two)].sort();
    const { code, error, err } = await refused(folder);
    expect(code).toBe(6);
    expect(error).toMatchObject({ code: 'AMBIGUOUS_STUDY', choices: uids });
    for (const uid of uids) expect(err).toContain(uid);
    const findings = await read(folder, two, ['--study', uidIn(two)]);
    expect(findings.study.studyInstanceUid).toBe(uidIn(two));
    expect(await refused(folder, ['--study', '1.2.3'])).toMatchObject({
      code: 3,
      error: { code: 'NOTHING_FOUND' },
    });
    const listed = await promontory(['inspect', folder]);
    expect(listed.code).toBe(0);
    for (const uid of uids) expect(listed.out).toContain(uid);
  });

  test('a study UID that is none is never printed', async () => {
    const [one, two] = [smallPhantom(), smallPhantom()].map((study) => study.files[0].bytes);
    const uid = uidIn(smallPhantom());
    const evil = '\u001b[2JDOE^JANE'.padEnd(uid.length, 'x');
    const text = Buffer.from(two).toString('latin1').replace(uid, evil);
    const files = { one, two: Buffer.from(text, 'latin1') };
    const { err, error } = await refused(folderWith(files));
    expect(error).toMatchObject({ code: 'AMBIGUOUS_STUDY', choices: expect.arrayContaining([uid]) });
    expect(err + JSON.stringify(error)).not.toContain('DOE');
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

describe('hostile names', () => {
  test('of files: read as any other, and none reaches an output or a path', async () => {
    const study = smallPhantom();
    const folder = newFolder();
    const names = ['..%2f..%2fetc', 'DOE^JANE\n\u001b[31m', `${'x'.repeat(200)}`];
    const files = study.files.map(({ bytes }, i) => [names[i], bytes] as const);
    const input = folderWith(Object.fromEntries(files));
    const out = join(folder, 'results');
    const outcome = await promontory(['analyze', input, '--out', out], {
      runner: async () => truthRunner(study),
    });
    expect(outcome.code).toBe(0);
    expect(outcome.out).not.toContain('DOE');
    expect(filesBelow(folder).filter((path) => !path.startsWith('results/'))).toEqual([]);
  });

  test('of ZIP entries', async () => {
    const study = smallPhantom();
    const names = ['../../../evil', '/etc/evil', 'DOE^JANE\0.dcm'];
    const zip = zipSync(Object.fromEntries(study.files.map(({ bytes }, i) => [names[i], bytes])));
    const folder = folderWith({ 'in/study.zip': zip });
    const findings = await read(join(folder, 'in'), study);
    expect(findings.discs.length).toBeGreaterThanOrEqual(5);
    expect(filesBelow(folder)).toEqual(['in/study.zip']);
  });

  test('of patients: in no output and no error', async () => {
    const study = smallPhantom();
    const canary = 'CANARY^PATIENT';
    const named = changed(study, (builder) =>
      builder
        .set(Tag.PatientName, canary)
        .set(Tag.PatientID, 'CANARY-1')
        .set(Tag.SeriesDescription, '<img src=x onerror=alert(1)> CANARY'),
    );
    const out = join(newFolder(), 'results');
    const input = folderWith(named);
    const outcome = await promontory(['analyze', input, '--out', out], {
      runner: async () => truthRunner(study),
    });
    const written = filesBelow(out).map((path) => readFileSync(join(out, path), 'latin1'));
    expect(written.length).toBeGreaterThan(5);
    expect(outcome.out + outcome.err + written.join('')).not.toContain('CANARY');
    const broken = await promontory(['analyze', input, '--out', join(out, 'again')], {
      runner: async () => ({
        ...truthRunner(study),
        run: () => Promise.reject(new TypeError(`${canary} /home/x`)),
      }),
    });
    expect(broken.code).toBe(1);
    expect(broken.err).toBe(
      'promontory: An unexpected error (TypeError). Nothing was written. Please report it with the version and, where you may, the input.\n',
    );
  });
});

describe('junk beside a study', () => {
  test('a DICOMDIR, a link in a circle, pictures and text are skipped and counted', async () => {
    const study = smallPhantom();
    const directory = writeDicom(
      createDicomFile(buildDataSet({ SOPClassUID: '1.2.840.10008.1.3.10', SOPInstanceUID: '1.2.3' })),
    );
    const folder = folderWith({
      ...asFiles(study),
      DICOMDIR: directory,
      'README.TXT': 'x',
      'autorun.inf': 'y',
    });
    mkdirSync(join(folder, 'deep/er'), { recursive: true });
    symlinkSync('..', join(folder, 'deep/er/up'));
    const findings = await read(folder, study);
    const skipped = findings.quality.warnings.filter((w) => w.code === 'FILE_SKIPPED').map((w) => w.message);
    expect(skipped).toEqual([
      expect.stringMatching(/^Skipped 2: /),
      expect.stringMatching(/^Skipped 1: DICOMDIR/),
    ]);
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

function uidIn(study: PhantomStudy): string {
  const text = Buffer.from(study.files[0].bytes).toString('latin1');
  // (0020,000D) UI, explicit little endian.
  const at = text.indexOf('\x20\x00\x0d\x00UI');
  const length = text.charCodeAt(at + 6) + 256 * text.charCodeAt(at + 7);
  return text.slice(at + 8, at + 8 + length).replace(/\0$/, '');
}
