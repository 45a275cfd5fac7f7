/**
 * The command line against objects that have a patient in every place of a file. Made by pydicom, searched by a program of
 * its own: as text in several encodings, swapped, reversed, and in whatever can be inflated.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deidentify } from '@promontory/core/deid';
import {
  DataSetBuilder,
  encapsulatedFrames,
  parseDicom,
  Tag,
  withDataSet,
  writeDicom,
} from '@promontory/core/dicom';
import { phantomStudy } from '@promontory/core/phantom';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { hasCommand, pythonWith, testWith } from '../oracle.ts';

const PYTHON = pythonWith('pydicom') ?? 'python3';
const withoutPydicom = pythonWith('pydicom') === undefined ? 'pydicom is not installed' : undefined;
const BIN = join(import.meta.dirname, '../../packages/server/src/cli/main.ts');
const scratch = mkdtempSync(join(tmpdir(), 'promontory-hostile-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What stands in the objects of hostile_objects.py. */
const WORDS = ['Zyxwvütsky', 'Quentaro', 'QX4711998', 'Hiddenword', '1.2.826.0.1.3680043.8.498.4711'];
const DAYS = ['19550607', '7 Jun 1955', '7.6.1955', '2024-02-29', '29/02/2024', '29.02.2024'];

interface Scan {
  readonly files: number;
  readonly inflated: number;
  readonly hits: readonly (readonly [file: string, word: string, form: string])[];
}

function python(script: string, folder: string, input = ''): string {
  const done = spawnSync(PYTHON, [join(import.meta.dirname, script), folder], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (done.status !== 0) throw new Error(`${script} failed: ${done.stderr}`);
  return done.stdout;
}
const scan = (folder: string, words: readonly string[]): Scan =>
  JSON.parse(python('scan_for_words.py', folder, words.join('\n')));

/** In the order of their paths, by which the report counts. */
let names: string[] = [];
const input = join(scratch, 'input');
beforeAll(() => {
  if (withoutPydicom !== undefined) return;
  names = python('hostile_objects.py', input).trim().split('\n').sort();
});

let count = 0;
function deidentified(...options: string[]) {
  const out = join(scratch, `out-${count++}`);
  const args = [
    BIN,
    'deidentify',
    input,
    '--out',
    out,
    '--key-file',
    join(scratch, 'key'),
    '--quiet',
    ...options,
  ];
  const done = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const report = JSON.parse(readFileSync(join(out, 'deidentification-report.json'), 'utf8'));
  const said: Record<string, string> = {};
  for (const { input: index, outcome, reason } of report.objects) said[names[index]] = reason ?? outcome;
  // What the program said is searched with the rest.
  writeFileSync(join(out, 'said.txt'), done.stdout + done.stderr);
  return { out, said };
}

describe('a patient in every place', () => {
  const REFUSED = {
    burned: 'BURNED_IN_ANNOTATION',
    capture: 'SECONDARY_CAPTURE',
    pdf: 'ENCAPSULATED_DOCUMENT',
    tail: 'DAMAGED',
  };
  const CLEANED = ['big', 'deflated', 'enhanced', 'explicit', 'implicit', 'jpeg', 'jpeg2000', 'padded'];

  testWith(withoutPydicom, 'the scan finds what is there, in every form', () => {
    const { files, inflated, hits } = scan(input, [...WORDS, ...DAYS]);
    expect(files).toBe(names.length);
    expect(inflated).toBeGreaterThan(10);
    for (const word of WORDS.slice(0, 4))
      expect(hits.filter((hit) => hit[1] === word).length).toBeGreaterThan(10);
    const kinds = new Set(hits.map(([, , form]) => form));
    for (const form of ['utf-8', 'utf-16-le', 'inflated utf-8', 'element utf-8'])
      expect(kinds).toContain(form);
  });

  testWith(withoutPydicom, 'is in none of the results, by the basic profile', () => {
    const { out, said } = deidentified();
    expect(said).toMatchObject({ ...REFUSED, report: 'STRUCTURED_REPORT' });
    for (const name of [...CLEANED, 'everywhere']) expect([name, said[name]]).toEqual([name, 'deidentified']);
    const { files, hits } = scan(out, [...WORDS, ...DAYS]);
    expect(hits).toEqual([]);
    // With the report and what the program said.
    expect(files).toBe(CLEANED.length + 3);
  });

  testWith(withoutPydicom, 'nor with the options that keep the most', () => {
    const { out, said } = deidentified(
      ...['--retain', 'modified-dates,characteristics,device,safe-private'],
      ...['--clean-descriptors', '--clean-structured'],
    );
    expect(said).toMatchObject({ ...REFUSED, report: 'deidentified' });
    for (const name of CLEANED) expect([name, said[name]]).toEqual([name, 'deidentified']);
    expect(scan(out, [...WORDS, ...DAYS]).hits).toEqual([]);
  });
});

describe('comments in compressed pixels', () => {
  const missing = hasCommand('dcmcjpls') && hasCommand('dcmdjpeg') ? undefined : 'DCMTK is not installed';
  const NOTE = 'Hiddenword beside the pixels';
  const path = (name: string) => join(scratch, name);
  const tool = (name: string, ...args: string[]) => {
    const done = spawnSync(name, args, { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`${name}: ${done.stderr}`);
  };
  const pixelsOf = (bytes: Uint8Array) => [...parseDicom(bytes).dataSet.bytes(Tag.PixelData)!];

  for (const [encode, decode, ...options] of [
    ['dcmcjpeg', 'dcmdjpeg', '+e1'],
    ['dcmcjpeg', 'dcmdjpeg', '+el', '+sv', '4'],
    ['dcmcjpls', 'dcmdjpls', '+el'],
  ] as const) {
    testWith(missing, `go, and DCMTK decodes the same pixels (${encode} ${options.join(' ')})`, () => {
      const [image] = phantomStudy({ seed: 5, sagittalSlices: 1, series: ['sagittal-t2'] }).files;
      writeFileSync(path('plain.dcm'), image!.bytes);
      tool(encode, ...options, path('plain.dcm'), path('coded.dcm'));
      const coded = parseDicom(new Uint8Array(readFileSync(path('coded.dcm'))));
      const [frame] = encapsulatedFrames(coded.pixelData!, 1);
      const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, NOTE.length + 2]), Buffer.from(NOTE)]);
      const laden = Buffer.concat([frame!.subarray(0, 2), comment, frame!.subarray(2), Buffer.from(NOTE)]);
      const builder = new DataSetBuilder(coded.dataSet).setFrames([new Uint8Array(laden)]);
      const bytes = writeDicom(withDataSet(coded, builder.build()));
      expect(Buffer.from(bytes).includes(NOTE)).toBe(true);
      const outcome = deidentify(parseDicom(bytes), { keyedHash: () => new Uint8Array(32) });
      if (outcome.outcome === 'refused') throw new Error(outcome.reason);
      expect(Buffer.from(outcome.bytes).includes(NOTE)).toBe(false);
      writeFileSync(path('clean.dcm'), outcome.bytes);
      tool(decode, path('clean.dcm'), path('decoded.dcm'));
      expect(pixelsOf(new Uint8Array(readFileSync(path('decoded.dcm'))))).toEqual(pixelsOf(image!.bytes));
    });
  }
});
