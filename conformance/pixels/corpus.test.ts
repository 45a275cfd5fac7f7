/**
 * Every image in the data decodes to what an independent decoder gives, or stands here with its reason.
 * Compressed frames: DCMTK (JPEG family, JPEG-LS), Pillow (JPEG 2000); native and RLE: pydicom.
 */
import { join, relative } from 'node:path';
import { describe, expect } from 'vitest';
import { isFault } from '../../packages/core/src/fault/index.ts';
import { dataFolder, hasCommand, needs, pythonWith, testWith, withoutData } from '../oracle.ts';
import { difference, filesUnder, oracleFrames, ourFrames } from './frames.ts';

const python = pythonWith('pydicom', 'numpy', 'PIL');
const missing = needs([
  withoutData,
  python === undefined && 'no Python with pydicom, numpy and PIL',
  !hasCommand('dcmdjpeg') && 'DCMTK is not installed',
]);

/** What neither we nor the oracle read, and why we do not. */
const REFUSED: Readonly<Record<string, { code: string; reason: string }>> = {
  'test_files/JPEG2000-embedded-sequence-delimiter.dcm': {
    code: 'LIMIT_EXCEEDED',
    reason: 'the bytes of a sequence delimiter stand in the size of the image: 3,811,783,737,344 pixels',
  },
  'test_files/MR_truncated.dcm': { code: 'PIXELS_INCONSISTENT', reason: '62 pixel bytes are missing' },
  'test_files/meta_missing_tsyntax.dcm': { code: 'PIXELS_INCONSISTENT', reason: 'no Rows, no Columns' },
  'test_files/nested_priv_SQ.dcm': { code: 'PIXELS_INCONSISTENT', reason: 'no Rows, no Columns' },
};

/** What we read and the oracle does not. */
const UNCHECKED: Readonly<Record<string, string>> = {
  'test_files/GDCMJ2K_TextGBR.dcm': 'old versions of Pillow call the stream broken; newer ones read it',
  'test_files/SC_rgb_jpeg.dcm': 'a broken element before the pixels, over which DCMTK stumbles',
  'test_files/badVR.dcm': 'a VR that pydicom does not know',
};

/** Decoders may round the inverse cosine transform differently. */
const TOLERANCE: Readonly<Record<string, { largest: number; share: number }>> = {
  'test_files/JPEG-lossy.dcm': { largest: 1, share: 0.01 },
  'test_files/JPGExtended.dcm': { largest: 1, share: 0.01 },
};

describe.each(['dicom-corpus', 'dicom'])('%s', (folder) => {
  testWith(missing, 'every image equals the independent decoder’s', async () => {
    const root = join(dataFolder!, folder);
    const answers = oracleFrames(python!, filesUnder(root));
    const wrong: string[] = [];
    let images = 0;
    for (const { path, samples, error } of answers) {
      if (samples === undefined && error === undefined) continue; // no pixels in it
      const name = relative(root, path);
      const refusal = REFUSED[name];
      const ours = await ourFrames(path).catch((fault: unknown) => {
        if (isFault(fault)) return fault;
        throw fault;
      });
      if (isFault(ours)) {
        // Files that pydicom takes by force although they are no DICOM end here too: it then has no pixels either.
        if (
          samples !== undefined ||
          (refusal ? ours.code !== refusal.code : ours.code !== 'NOT_RECOGNISED')
        ) {
          wrong.push(`${name}: ${ours.code} ${ours.message}`);
        }
        continue;
      }
      images++;
      if (samples === undefined) {
        if (UNCHECKED[name] === undefined) wrong.push(`${name}: the oracle failed: ${error}`);
        continue;
      }
      const allowed = TOLERANCE[name] ?? { largest: 0, share: 0 };
      const found = difference(ours, samples);
      if (found.largest > allowed.largest || found.share > allowed.share) {
        wrong.push(
          `${name}: differs by up to ${found.largest} in ${(100 * found.share).toFixed(2)} % of samples`,
        );
      }
    }
    expect(wrong).toEqual([]);
    expect(images).toBeGreaterThan(80);
  });
});
