/** Several patients, hostile names and junk: what is meant is read or asked for, and no name gets out. */
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { buildDataSet, createDicomFile, Tag, writeDicom } from '@promontory/core/dicom';
import type { PhantomStudy } from '@promontory/core/phantom';
import { zipSync } from 'fflate';
import { afterEach, describe, expect, test } from 'vitest';
import { read, refused } from './bad-input.testing.ts';
import {
  asFiles,
  changed,
  filesBelow,
  folderWith,
  newFolder,
  promontory,
  removeFolders,
  smallPhantom,
} from './command-line.testing.ts';
import { truthRunner } from './truth-runner.testing.ts';

afterEach(removeFolders);

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

function uidIn(study: PhantomStudy): string {
  const text = Buffer.from(study.files[0].bytes).toString('latin1');
  // (0020,000D) UI, explicit little endian.
  const at = text.indexOf('\x20\x00\x0d\x00UI');
  const length = text.charCodeAt(at + 6) + 256 * text.charCodeAt(at + 7);
  return text.slice(at + 8, at + 8 + length).replace(/\0$/, '');
}
