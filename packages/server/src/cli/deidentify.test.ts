/** The command `deidentify`: files in, files out, and nothing of the patient beside them. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DataSetBuilder, parseDicom, Tag, withDataSet, writeDicom } from '@promontory/core/dicom';
import { zipSync } from 'fflate';
import { afterAll, describe, expect, test } from 'vitest';
import {
  changed,
  filesBelow,
  folderWith,
  newFolder,
  promontory,
  removeFolders,
  smallPhantom,
} from './command-line.testing.ts';

afterAll(removeFolders);

const NAME = 'Zyxwvutsky';
const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';
const study = smallPhantom();
const named = changed(study, (b) =>
  b.set(Tag.PatientName, `${NAME}^Quentin`).set(Tag.PatientID, `ID-${NAME}-1`).set(Tag.StudyDate, '20240229'),
);
/** The same objects as secondary captures. */
const captures = changed(study, (b) => b.set(Tag.SOPClassUID, SECONDARY_CAPTURE));

interface Wishes {
  readonly files?: Record<string, Uint8Array | string>;
  readonly key?: string;
  readonly out?: string;
  readonly more?: readonly string[];
}

async function deidentified({ files = named, key, out, more = [] }: Wishes) {
  const folder = out ?? join(newFolder(), 'out');
  const keyFile = key ?? join(newFolder(), 'key');
  const args = ['deidentify', folderWith(files), '--out', folder, '--key-file', keyFile, ...more];
  return { folder, keyFile, ...(await promontory(args)) };
}
const reportOf = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'deidentification-report.json'), 'utf8'));
const objectsIn = (folder: string) => filesBelow(folder).filter((path) => path.endsWith('.dcm'));

describe('a study', () => {
  test('comes out under new names, with a report and a summary, and nothing of the patient', async () => {
    const files = Object.fromEntries(
      Object.entries(named).map(([, bytes], i) => [`${NAME}/${NAME}-${i}.dcm`, bytes]),
    );
    const { folder, keyFile, code, out, err } = await deidentified({
      files: { ...files, [`${NAME}.txt`]: `notes on ${NAME}` },
    });
    expect(code).toBe(0);
    expect(out).toContain('De-identified 3 of 3 objects.');
    expect(out).toContain('Skipped 1 files');
    expect(err).toContain(keyFile);
    const paths = objectsIn(folder);
    expect(paths).toHaveLength(3);
    for (const path of paths) {
      expect(path).toMatch(/^2\.25\.\d+\/2\.25\.\d+\/2\.25\.\d+\.dcm$/);
      const { dataSet } = parseDicom(new Uint8Array(readFileSync(join(folder, path))));
      const uids = [Tag.StudyInstanceUID, Tag.SeriesInstanceUID, Tag.SOPInstanceUID].map((tag) =>
        dataSet.text(tag),
      );
      expect(path).toBe(`${uids.join('/')}.dcm`);
    }
    const everything = [...filesBelow(folder), out, err.replace(keyFile, '')];
    for (const path of filesBelow(folder)) everything.push(readFileSync(join(folder, path), 'latin1'));
    for (const text of everything) expect(text.toLowerCase()).not.toContain(NAME.toLowerCase());
    const report = reportOf(folder);
    expect(report.summary).toMatchObject({ deidentified: 3, refused: {}, skipped: 1 });
    // Slices of a series are treated alike: the report does not grow with them.
    expect(report.treatments).toHaveLength(1);
    expect(report.objects.map((o: { file: string }) => o.file).sort()).toEqual(paths);
    expect(JSON.stringify(report)).not.toContain(study.files[0].name);
  });

  test('the same key gives the same files, another key others', async () => {
    const one = await deidentified({});
    const two = await deidentified({ key: one.keyFile });
    expect(two.err).toBe('');
    expect(filesBelow(two.folder)).toEqual(filesBelow(one.folder));
    for (const path of objectsIn(one.folder)) {
      expect(readFileSync(join(two.folder, path)).equals(readFileSync(join(one.folder, path)))).toBe(true);
    }
    expect(filesBelow((await deidentified({})).folder)).not.toEqual(filesBelow(one.folder));
  });

  test('from a ZIP, with options, told as JSON', async () => {
    const { code, out, folder } = await deidentified({
      files: { 'study.zip': zipSync(named) },
      more: ['--retain', 'dates,characteristics', '--retain', 'uids', '--clean-descriptors', '--json'],
    });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ deidentified: 3, keyCreated: true });
    const [path] = objectsIn(folder);
    const { dataSet } = parseDicom(new Uint8Array(readFileSync(join(folder, path))));
    expect(dataSet.text(Tag.StudyDate)).toBe('20240229');
    expect(path).toContain(parseDicom(study.files[0].bytes).dataSet.text(Tag.StudyInstanceUID));
    const codes = dataSet.items(Tag.DeidentificationMethodCodeSequence).map((i) => i.text(Tag.CodeValue));
    expect(codes).toEqual(['113100', '113105', '113106', '113108', '113110']);
  });

  test('an object that comes twice is written once, another under the same UID is refused', async () => {
    const [[name, bytes]] = Object.entries(named);
    const file = parseDicom(bytes);
    const other = withDataSet(file, new DataSetBuilder(file.dataSet).set(Tag.EchoTime, 1).build());
    const { code, folder, out } = await deidentified({
      files: { [name]: bytes, 'z1.dcm': bytes, 'z2.dcm': writeDicom(other) },
    });
    expect(code).toBe(0);
    expect(reportOf(folder).summary).toMatchObject({
      deidentified: 1,
      duplicates: 1,
      refused: { SAME_UID: 1 },
    });
    expect(out).toContain('SAME_UID');
  });
});

describe('refused', () => {
  test('objects are counted with their reasons, and the others written', async () => {
    const { code, folder, out } = await deidentified({
      files: {
        ...named,
        'capture.dcm': Object.values(captures)[0],
        'half.dcm': Object.values(named)[0].slice(0, 3000),
      },
    });
    expect(code).toBe(0);
    expect(reportOf(folder).summary).toMatchObject({
      deidentified: 3,
      refused: { SECONDARY_CAPTURE: 1, DAMAGED: 1 },
    });
    expect(out).toContain('Refused 1 (SECONDARY_CAPTURE)');
  });

  test('where every object is, nothing but the report is written, and the exit code says so', async () => {
    const { code, folder, err } = await deidentified({ files: captures });
    expect(code).toBe(10);
    expect(err).toMatch(/All 3 objects were refused\. .*SECONDARY_CAPTURE/);
    expect(filesBelow(folder)).toEqual(['deidentification-report.json']);
  });

  test('rectangles to blank let them pass', async () => {
    const { code, folder } = await deidentified({ files: captures, more: ['--blank', '0,0,9999,8'] });
    expect(code).toBe(0);
    const { dataSet } = parseDicom(new Uint8Array(readFileSync(join(folder, objectsIn(folder)[0]))));
    const columns = dataSet.number(Tag.Columns)!;
    const pixels = dataSet.bytes(Tag.PixelData)!;
    expect(pixels.subarray(0, columns * 8 * 2).every((byte) => byte === 0)).toBe(true);
    expect(pixels.some((byte) => byte !== 0)).toBe(true);
    expect(dataSet.text(Tag.BurnedInAnnotation)).toBe('NO');
  });

  test('nothing to read, nothing made', async () => {
    const { code, folder } = await deidentified({ files: { 'notes.txt': NAME } });
    expect(code).toBe(3);
    expect(existsSync(folder)).toBe(false);
  });

  test('a folder that holds something, unless forced', async () => {
    const out = folderWith({ 'mine.txt': 'mine' });
    expect((await deidentified({ out })).code).toBe(7);
    expect(filesBelow(out)).toEqual(['mine.txt']);
    expect((await deidentified({ out, more: ['--force'] })).code).toBe(0);
    expect(objectsIn(out)).toHaveLength(3);
    expect(readdirSync(out).filter((name) => name.startsWith('.'))).toEqual([]);
    expect(readFileSync(join(out, 'mine.txt'), 'utf8')).toBe('mine');
  });

  test.each([
    [['--retain', NAME]],
    [['--retain', 'dates', '--retain', 'modified-dates']],
    [['--blank', NAME]],
    [['--blank', '1,2,0,4']],
  ])('%j', async (more) => {
    const { code, err, folder } = await deidentified({ more });
    expect(code).toBe(2);
    expect(err).not.toContain(NAME);
    expect(existsSync(folder)).toBe(false);
  });
});

describe('the key', () => {
  test('is made where it is not there, for its owner only', async () => {
    const key = join(newFolder(), 'deep', 'key');
    await deidentified({ key });
    expect(readFileSync(key, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    if (process.platform !== 'win32') expect(statSync(key).mode & 0o777).toBe(0o600);
  });

  test('has its place in the configuration folder', async () => {
    const configFolder = newFolder();
    const args = ['deidentify', folderWith(named), '--out', join(newFolder(), 'out'), '--quiet'];
    expect(await promontory(args, { configFolder })).toEqual({ code: 0, out: '', err: '' });
    expect(readdirSync(configFolder)).toEqual(['deidentify.key']);
  });

  test('is refused in the output folder, through a link too, and nothing is made', async () => {
    const parent = newFolder();
    const out = join(parent, 'out');
    const first = await deidentified({ out, key: join(out, 'sub', 'key') });
    expect(first).toMatchObject({ code: 11, out: '' });
    expect(readdirSync(parent)).toEqual([]);
    mkdirSync(out);
    symlinkSync(out, join(parent, 'link'));
    const second = await deidentified({ out, key: join(parent, 'link', 'key') });
    expect(second.code).toBe(11);
    expect(readdirSync(out)).toEqual([]);
  });

  test('is refused where others may read it, or where it is none', async () => {
    const key = join(newFolder(), 'key');
    writeFileSync(key, 'secret\n', { mode: 0o600 });
    expect((await deidentified({ key })).code).toBe(11);
    writeFileSync(key, `${'0'.repeat(64)}\n`);
    if (process.platform !== 'win32') {
      chmodSync(key, 0o644);
      expect((await deidentified({ key })).code).toBe(11);
    }
    chmodSync(key, 0o600);
    expect((await deidentified({ key })).code).toBe(0);
  });
});

test('an interruption leaves nothing', () => {
  const folder = newFolder();
  const module = new URL('../ports/files/staged-folder.ts', import.meta.url).href;
  const script = `import { openStagedFolder } from ${JSON.stringify(module)};
    const staged = openStagedFolder(${JSON.stringify(join(folder, 'a', 'out'))}, false);
    staged.write('1/2/3.dcm', new Uint8Array(1000));
    process.kill(process.pid, 'SIGINT');
    setTimeout(() => {}, 5000);`;
  const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(ended.stderr).toBe('');
  expect(ended.signal).toBe('SIGINT');
  expect(readdirSync(folder)).toEqual([]);
});
