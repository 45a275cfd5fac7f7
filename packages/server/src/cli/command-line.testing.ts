/** Runs command lines inside the test, with everything outside replaced but the file system. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DataSetBuilder, parseDicom, withDataSet, writeDicom } from '@promontory/core/dicom';
import { type PhantomStudy, phantomStudy, type StudyOptions } from '@promontory/core/phantom';
import { createNodeCodecs } from '../ports/codecs/index.ts';
import type { ClosableRunner, Ports } from './ports.ts';
import { run } from './run.ts';

export const BIN = fileURLToPath(new URL('../../bin/promontory.mjs', import.meta.url));

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Stands for a picture where pictures are not what is tested. */
const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

const noModels: ClosableRunner = {
  identify: async (id) => ({ id, version: '0.0.0', sha256: '0'.repeat(64) }),
  constants: () => Promise.reject(new Error('no model is asked for in this test')),
  run: () => Promise.reject(new Error('no model is run in this test')),
  close: async () => {},
};

export async function promontory(args: readonly string[], replaced: Partial<Ports> = {}): Promise<Outcome> {
  let out = '';
  let err = '';
  const code = await run(args, {
    version: '0.0.0-test',
    now: () => new Date('2026-01-02T03:04:05Z'),
    configFolder: join(tmpdir(), 'promontory-test-without-configuration'),
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    errIsTerminal: false,
    codecs: async () => createNodeCodecs(),
    runner: async () => noModels,
    rasteriser: async () => ({ toPng: () => PNG_SIGNATURE }),
    show: () => false,
    ...replaced,
  });
  return { code, out, err };
}

const made: string[] = [];

/** An empty folder of its own; `removeFolders` removes all. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'promontory-test-'));
  made.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A folder with these files in it. */
export function folderWith(files: Readonly<Record<string, Uint8Array | string>>): string {
  const folder = newFolder();
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}

/** Everything below a folder, by relative path. */
export const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

const studies = new Map<string, PhantomStudy>();

/** A small simulated patient, drawn once. Three sagittal slices unless said otherwise. */
export function smallPhantom(options: Partial<StudyOptions> = {}): PhantomStudy {
  const key = JSON.stringify(options);
  const known =
    studies.get(key) ?? phantomStudy({ seed: 7, series: ['sagittal-t2'], sagittalSlices: 3, ...options });
  studies.set(key, known);
  return known;
}

export const asFiles = (study: PhantomStudy): Record<string, Uint8Array> =>
  Object.fromEntries(study.files.map(({ name, bytes }) => [name, bytes]));

type Change = (builder: DataSetBuilder, index: number) => DataSetBuilder;

/** The files of a study, each changed. */
export const changed = (study: PhantomStudy, change: Change): Record<string, Uint8Array> =>
  Object.fromEntries(
    study.files.map(({ name, bytes }, i) => {
      const file = parseDicom(bytes);
      return [name, writeDicom(withDataSet(file, change(new DataSetBuilder(file.dataSet), i).build()))];
    }),
  );
