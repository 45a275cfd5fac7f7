/**
 * Grey levels of rendered pictures against DCMTK, to within rounding: Modality LUT, rescale, windows and their functions,
 * VOI LUT, polarity, and how they go together.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { buildDataSet, type DataSet } from '../../packages/core/src/dicom/index.ts';
import { readPng } from '../../packages/core/src/formats/index.ts';
import { type ImageKind, imageFile } from '../../packages/server/src/ports/images/images.testing.ts';
import { createImageWork, type ImageWork } from '../../packages/server/src/ports/images/index.ts';
import { hasCommand, needs, testWith } from '../oracle.ts';
import { difference } from '../pixels/frames.ts';
import { pgmSamples } from './pgm.ts';

const missing = needs([!hasCommand('dcm2pnm') && 'DCMTK is not installed']);

let images: ImageWork;
let folder = '';
beforeAll(() => {
  images = createImageWork({ workers: 1 });
  folder = mkdtempSync(join(tmpdir(), 'promontory-grey-'));
});
afterAll(async () => {
  await images.close();
  rmSync(folder, { recursive: true });
});

/** A curve that no window could stand for. */
function tableOf(count: number, first: number, bits: 8 | 12 | 16): DataSet {
  const top = 2 ** bits - 1;
  const entry = (i: number) => Math.round(top * Math.sqrt(i / (count - 1)) * (0.8 + 0.2 * Math.cos(i / 40)));
  return buildDataSet({
    LUTDescriptor: Uint16Array.of(count === 65_536 ? 0 : count, first & 0xffff, bits),
    LUTData: Uint16Array.from({ length: count }, (_, i) => entry(i)),
  });
}

const WINDOW = { WindowCenter: '1500', WindowWidth: '2200' };
type Case = readonly [name: string, kind: ImageKind, options: readonly string[]];

const CASES: readonly Case[] = [
  ['the window of the object', { more: WINDOW }, ['+Wi', '1']],
  [
    'a window after rescale',
    { more: { ...WINDOW, RescaleSlope: '2', RescaleIntercept: '-1024' } },
    ['+Wi', '1'],
  ],
  ['a sigmoid', { more: { ...WINDOW, VOILUTFunction: 'SIGMOID' } }, ['+Wi', '1', '+Wfs']],
  ['a VOI LUT', { more: { VOILUTSequence: [tableOf(3000, 500, 12)] } }, ['+Wl', '1']],
  ['a VOI LUT of 8 bits', { more: { VOILUTSequence: [tableOf(4096, 0, 8)] } }, ['+Wl', '1']],
  [
    'a VOI LUT of 16 bits and 65,536 entries',
    { bits: 16, more: { VOILUTSequence: [tableOf(65_536, 0, 16)] } },
    ['+Wl', '1'],
  ],
  [
    'a VOI LUT over signed values',
    { bits: 12, signed: true, more: { VOILUTSequence: [tableOf(4000, -2000, 12)] } },
    ['+Wl', '1'],
  ],
  [
    'a VOI LUT after rescale',
    { more: { RescaleSlope: '1', RescaleIntercept: '-1024', VOILUTSequence: [tableOf(4000, -1000, 12)] } },
    ['+Wl', '1'],
  ],
  [
    'a Modality LUT under a window',
    { more: { ...WINDOW, ModalityLUTSequence: [tableOf(4096, 0, 12)] } },
    ['+Wi', '1'],
  ],
  [
    'a Modality LUT over signed values',
    { bits: 12, signed: true, more: { ...WINDOW, ModalityLUTSequence: [tableOf(3000, -1500, 12)] } },
    ['+Wi', '1'],
  ],
  [
    'a Modality LUT and a VOI LUT',
    { more: { ModalityLUTSequence: [tableOf(4096, 0, 12)], VOILUTSequence: [tableOf(3000, 200, 12)] } },
    ['+Wl', '1'],
  ],
  ['MONOCHROME1', { more: { ...WINDOW, PhotometricInterpretation: 'MONOCHROME1' } }, ['+Wi', '1']],
  [
    'MONOCHROME1 with its shape INVERSE',
    { more: { ...WINDOW, PhotometricInterpretation: 'MONOCHROME1', PresentationLUTShape: 'INVERSE' } },
    ['+Wi', '1'],
  ],
  [
    'MONOCHROME2 with its shape IDENTITY',
    { more: { ...WINDOW, PresentationLUTShape: 'IDENTITY' } },
    ['+Wi', '1'],
  ],
  [
    'MONOCHROME2 with the shape INVERSE',
    { more: { ...WINDOW, PresentationLUTShape: 'INVERSE' } },
    ['+Wi', '1'],
  ],
  [
    'MONOCHROME1 with the shape IDENTITY',
    { more: { ...WINDOW, PhotometricInterpretation: 'MONOCHROME1', PresentationLUTShape: 'IDENTITY' } },
    ['+Wi', '1'],
  ],
  [
    'a VOI LUT, turned round',
    { more: { VOILUTSequence: [tableOf(3000, 500, 12)], PresentationLUTShape: 'INVERSE' } },
    ['+Wl', '1'],
  ],
];

describe('grey levels', () => {
  for (const [i, [name, kind, options]] of CASES.entries())
    testWith(missing, name, async () => {
      const bytes = await imageFile({ rows: 61, columns: 83, ...kind });
      const [source, pgm] = [join(folder, `${i}.dcm`), join(folder, `${i}.pgm`)];
      writeFileSync(source, bytes);
      const run = spawnSync('dcm2pnm', ['+op', ...options, source, pgm]);
      expect(run.status, run.stderr.toString()).toBe(0);
      const file = {
        sizeBytes: bytes.length,
        open: async () =>
          (async function* () {
            yield bytes;
          })(),
      };
      const rendered = await images.render(file, { frame: 1, mediaType: 'image/png' });
      if (rendered.kind === 'outside') throw new Error('outside');
      const ours = Int32Array.from(readPng(rendered.bytes).data);
      const theirs = pgmSamples(readFileSync(pgm));
      expect(new Set(theirs).size).toBeGreaterThan(20);
      expect(difference(ours, theirs).largest).toBeLessThanOrEqual(1);
    });
});
