/** Every instance of a phantom study, judged by dciodvfy (dicom3tools): no errors. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { phantomStudy } from '@promontory/core/phantom';
import { afterAll, describe, expect, test } from 'vitest';

const absent =
  spawnSync('dciodvfy', ['-version']).error === undefined ? undefined : 'dciodvfy is not installed';

if (absent !== undefined) {
  test('phantom instances can be judged', (context) => {
    if (process.env.CI === 'true') throw new Error(absent);
    context.skip(`skipped: ${absent}`);
  });
}

describe.skipIf(absent !== undefined)('phantom instances', () => {
  const folder = mkdtempSync(join(tmpdir(), 'phantom-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('have no errors', { timeout: 120_000 }, () => {
    const study = phantomStudy({
      seed: 3,
      sagittalSlices: 2,
      series: ['sagittal-t1', 'sagittal-t2', 'sagittal-stir', 'axial-t2'],
    });
    expect(study.files.length).toBe(3 * 2 + 20);
    const complaints: string[] = [];
    study.files.forEach(({ bytes }, i) => {
      const path = join(folder, `${i}.dcm`);
      writeFileSync(path, bytes);
      const { status, stderr, stdout } = spawnSync('dciodvfy', [path], { encoding: 'utf8' });
      const errors = `${stdout}${stderr}`.split('\n').filter((line) => /^Error/.test(line));
      if (status !== 0 || errors.length > 0)
        complaints.push(`${study.files[i].name}: ${status} ${errors.join('; ')}`);
    });
    expect(complaints).toEqual([]);
  });
});
