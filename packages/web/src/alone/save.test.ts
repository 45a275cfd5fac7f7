import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import type { Result } from './reading/messages.ts';
import { archiveName, archiveOf } from './save.ts';

test('the archive holds all outputs, byte for byte, under our own names', async () => {
  const files = ['findings.json', 'segmentation.nii.gz', 'report.html'].map((path, i) => ({
    path,
    bytes: new Uint8Array(500).fill(i + 1),
  }));
  const pictures = [{ name: 'mid-sagittal' }, { name: 'disc-L4-L5' }];
  const result = { files, pictures } as unknown as Result;
  const content = unzipSync(await archiveOf(result, async ({ name }) => new TextEncoder().encode(name)));
  expect(Object.keys(content).sort()).toEqual([
    'findings.json',
    'key-images/disc-L4-L5.png',
    'key-images/mid-sagittal.png',
    'report.html',
    'segmentation.nii.gz',
  ]);
  for (const { path, bytes } of files) expect(content[path]).toEqual(bytes);
  expect(new TextDecoder().decode(content['key-images/disc-L4-L5.png'])).toBe('disc-L4-L5');
});

test('its name tells the day and nothing of the patient', () => {
  expect(archiveName(new Date(2026, 2, 1))).toBe('promontory-reading-2026-03-01.zip');
});
