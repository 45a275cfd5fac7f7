/** Images that DCMTK compresses come back as DCMTK itself decompresses them: lossless ones as they were. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { buildDataSet, createDicomFile, writeDicom } from '../../packages/core/src/dicom/index.ts';
import { hasCommand, needs, pythonWith, testWith } from '../oracle.ts';
import { difference, oracleFrames, ourFrames } from './frames.ts';

const python = pythonWith('pydicom', 'numpy');
const missing = needs([
  python === undefined && 'no Python with pydicom and numpy',
  !hasCommand('dcmcjpeg') && 'DCMTK is not installed',
]);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'promontory-encoders-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Kind {
  readonly bits: 8 | 12 | 16;
  readonly signed?: boolean;
  readonly colour?: boolean;
  readonly frames?: number;
}

/** Smooth waves with noise, odd in size, so that blocks and runs end within the image. */
function writeImage({ bits, signed = false, colour = false, frames = 1 }: Kind): string {
  const [rows, columns] = [61, 83];
  const count = rows * columns * frames * (colour ? 3 : 1);
  const top = 2 ** bits - 1;
  const pixels = new (bits === 8 ? Uint8Array : Uint16Array)(count);
  let state = 1;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const value =
      ((Math.sin(i / 29) * Math.cos(i / 997) + 1) / 2) * top * 0.95 + (state / 2 ** 32) * top * 0.05;
    pixels[i] = Math.floor(value) - (signed ? 2 ** (bits - 1) : 0);
  }
  const dataSet = buildDataSet({
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.7',
    SOPInstanceUID: '1.2.3.4',
    StudyInstanceUID: '1.2.3.5',
    SeriesInstanceUID: '1.2.3.6',
    Modality: 'OT',
    SamplesPerPixel: colour ? 3 : 1,
    PhotometricInterpretation: colour ? 'RGB' : 'MONOCHROME2',
    ...(colour ? { PlanarConfiguration: 0 } : {}),
    ...(frames > 1 ? { NumberOfFrames: String(frames) } : {}),
    Rows: rows,
    Columns: columns,
    BitsAllocated: bits === 8 ? 8 : 16,
    BitsStored: bits,
    HighBit: bits - 1,
    PixelRepresentation: signed ? 1 : 0,
    PixelData: pixels,
  });
  const path = join(folder, `${bits}${signed ? 's' : 'u'}${colour ? 'c' : 'g'}${frames}.dcm`);
  writeFileSync(path, writeDicom(createDicomFile(dataSet)));
  return path;
}

function encode(tool: string, options: readonly string[], source: string): string {
  const path = join(folder, 'coded.dcm');
  const run = spawnSync(tool, [...options, source, path], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`${tool} ${options.join(' ')}: ${run.stderr}`);
  return path;
}

const GREY: readonly Kind[] = [
  { bits: 8 },
  { bits: 12 },
  { bits: 16 },
  { bits: 16, signed: true },
  { bits: 8, frames: 3 },
];
const LOSSLESS: readonly (readonly [string, readonly string[]])[] = [
  ['dcmcjpeg', ['+e1']],
  ...[1, 2, 3, 4, 5, 6, 7].map((sv) => ['dcmcjpeg', ['+el', '+sv', String(sv)]] as const),
  ['dcmcjpls', ['+el']],
  ['dcmcrle', []],
];

describe('lossless', () => {
  for (const [tool, options] of LOSSLESS) {
    testWith(missing, [tool, ...options].join(' '), async () => {
      for (const kind of [...GREY, { bits: 8, colour: true } as const]) {
        const source = writeImage(kind);
        expect(
          difference(await ourFrames(encode(tool, options, source)), await ourFrames(source)),
          JSON.stringify(kind),
        ).toEqual({
          largest: 0,
          share: 0,
        });
      }
    });
  }

  testWith(missing, 'frames in fragments of 1 kB, told apart by the offset table', async () => {
    const source = writeImage({ bits: 12, frames: 3 });
    const coded = encode('dcmcjpeg', ['+e1', '+fs', '1'], source);
    expect(difference(await ourFrames(coded), await ourFrames(source)).largest).toBe(0);
  });
});

describe('lossy, as DCMTK decodes it', () => {
  const cases: readonly (readonly [string, readonly string[], Kind, { largest: number; share: number }])[] = [
    ['dcmcjpls', ['+en', '+md', '3'], { bits: 12 }, { largest: 0, share: 0 }],
    ['dcmcjpls', ['+en', '+md', '2'], { bits: 8, colour: true }, { largest: 0, share: 0 }],
    ['dcmcjpeg', ['+eb', '+q', '80'], { bits: 8 }, { largest: 1, share: 0.02 }],
    ['dcmcjpeg', ['+eb', '+q', '80'], { bits: 8, colour: true }, { largest: 2, share: 0.02 }],
    ['dcmcjpeg', ['+ee', '+q', '80'], { bits: 8 }, { largest: 1, share: 0.02 }],
    // Twelve bits are ours: the exact transform differs from DCMTK's integer one in the last place.
    ['dcmcjpeg', ['+ee', '+q', '95'], { bits: 12 }, { largest: 1, share: 0.1 }],
    ['dcmcjpeg', ['+ee', '+q', '40'], { bits: 12, frames: 2 }, { largest: 1, share: 0.1 }],
  ];
  for (const [tool, options, kind, allowed] of cases) {
    testWith(missing, `${tool} ${options.join(' ')} of ${JSON.stringify(kind)}`, async () => {
      const coded = encode(tool, options, writeImage(kind));
      const [{ samples, error }] = oracleFrames(python!, [coded]);
      expect(error).toBeUndefined();
      const found = difference(await ourFrames(coded), samples!);
      expect(found.largest).toBeLessThanOrEqual(allowed.largest);
      expect(found.share).toBeLessThanOrEqual(allowed.share);
    });
  }
});
