/**
 * What DICOMweb makes of instances, against independent readers: instances transcoded to explicit VR little endian hold
 * the pixels that they held (pydicom reads them), and rendered pictures are DCMTK's to within rounding.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { parseDicom, TransferSyntax } from '../../packages/core/src/dicom/index.ts';
import { isFault } from '../../packages/core/src/fault/index.ts';
import { readPng } from '../../packages/core/src/formats/index.ts';
import {
  createImageWork,
  type ImageWork,
  type KeptFile,
} from '../../packages/server/src/ports/images/index.ts';
import { dataFolder, hasCommand, needs, pythonWith, testWith, withoutData } from '../oracle.ts';
import { difference, filesUnder, oracleFrames, ourFrames } from '../pixels/frames.ts';
import { pgmSamples } from './pgm.ts';

const python = pythonWith('pydicom', 'numpy');
const missing = needs([
  withoutData,
  python === undefined && 'no Python with pydicom and numpy',
  !hasCommand('dcm2pnm') && 'DCMTK is not installed',
]);

let images: ImageWork;
let folder = '';
beforeAll(() => {
  images = createImageWork({ workers: 1 });
  folder = mkdtempSync(join(tmpdir(), 'promontory-dicomweb-'));
});
afterAll(async () => {
  await images.close();
  rmSync(folder, { recursive: true });
});

const kept = (path: string): KeptFile => {
  const bytes = readFileSync(path);
  return {
    sizeBytes: bytes.length,
    open: async () =>
      (async function* () {
        yield bytes;
      })(),
  };
};
/** What pydicom does not read, before as after. */
const UNREAD: Readonly<Record<string, string>> = { 'badVR.dcm': 'a VR that pydicom does not know' };
const corpus = () => filesUnder(join(dataFolder!, 'dicom-corpus', 'test_files'));

/** Of those that can be parsed: the pixels as we decode them, which the pixel corpus compares with other decoders. */
async function decodable(path: string): Promise<Int32Array | undefined> {
  try {
    return await ourFrames(path);
  } catch (error) {
    if (isFault(error)) return undefined;
    throw error;
  }
}

testWith(missing, 'transcoded instances hold the same pixels, as pydicom reads them', async () => {
  const wrong: string[] = [];
  const before = new Map<string, Int32Array>();
  for (const path of corpus()) {
    const samples = await decodable(path);
    if (samples === undefined) continue;
    const out = await images.transcode(kept(path), TransferSyntax.ExplicitVRLittleEndian);
    const file = parseDicom(out);
    if (file.transferSyntaxUid !== TransferSyntax.ExplicitVRLittleEndian) {
      wrong.push(`${basename(path)}: not transcoded`);
    }
    // Float pixels: pydicom gives them elsewhere.
    if (file.pixelData!.tag !== 0x7fe00010) continue;
    const target = join(folder, basename(path));
    writeFileSync(target, out);
    before.set(target, samples);
  }
  for (const { path, samples, error } of oracleFrames(python!, [...before.keys()])) {
    const name = basename(path);
    if (samples === undefined) {
      if (UNREAD[name] === undefined) wrong.push(`${name}: pydicom failed: ${error}`);
    } else if (difference(before.get(path)!, samples).largest !== 0) wrong.push(`${name}: other pixels`);
  }
  expect(wrong).toEqual([]);
  expect(before.size).toBeGreaterThan(50);
});

testWith(missing, 'windowed pictures are those of DCMTK', async () => {
  const window = { centre: 600, width: 1600, shape: 'linear' } as const;
  for (const name of ['MR_small.dcm', 'MR_small_RLE.dcm', 'MR_small_jpeg_ls_lossless.dcm', 'CT_small.dcm']) {
    const path = join(dataFolder!, 'dicom-corpus', 'test_files', name);
    const pgm = join(folder, `${name}.pgm`);
    const source = join(folder, `plain-${name}`);
    writeFileSync(source, await images.transcode(kept(path), TransferSyntax.ExplicitVRLittleEndian));
    const run = spawnSync('dcm2pnm', [
      '+op',
      '+Ww',
      String(window.centre),
      String(window.width),
      source,
      pgm,
    ]);
    expect(run.status, run.stderr.toString()).toBe(0);
    const rendered = await images.render(kept(path), { frame: 1, mediaType: 'image/png', window });
    if (rendered.kind === 'outside') throw new Error('outside');
    const ours = Int32Array.from(readPng(rendered.bytes).data);
    expect(difference(ours, pgmSamples(readFileSync(pgm))).largest, name).toBeLessThanOrEqual(1);
  }
});
