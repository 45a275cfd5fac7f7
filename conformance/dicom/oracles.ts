/** The independent readers that ours is compared with, and the files to compare on. */
import { execFile, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const PYTHON = process.env.PROMONTORY_PYTHON ?? '/usr/bin/python3';

export const corpusFolder =
  process.env.PROMONTORY_DATA === undefined ? undefined : join(process.env.PROMONTORY_DATA, 'dicom-corpus');

/** Why the comparison cannot run here, or `undefined`. */
export function missing(): string | undefined {
  if (corpusFolder === undefined)
    return 'PROMONTORY_DATA is not set: it must name the folder that holds dicom-corpus/';
  for (const [tool, source] of Object.entries({
    dcm2json: 'dcmtk',
    dcmdump: 'dcmtk',
    dciodvfy: 'dicom3tools',
  })) {
    if (spawnSync(tool, ['--version']).error !== undefined)
      return `${tool} (Debian package ${source}) is not installed`;
  }
  if (spawnSync(PYTHON, ['-c', 'import pydicom']).status !== 0) {
    return `${PYTHON} has no pydicom (Debian package python3-pydicom); PROMONTORY_PYTHON names another`;
  }
  return undefined;
}

/** All files of the corpus, relative to its folder. */
export function corpusFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** Element as pydicom_dump.py prints it: tag, VR, SHA-1 of the bytes, value. */
export type PydicomElement = readonly [
  tag: string,
  vr: string | null,
  sha1: string | null,
  value: readonly unknown[] | { readonly error: string } | null,
];

export interface PydicomFile {
  readonly path: string;
  readonly error?: string;
  readonly meta: readonly PydicomElement[];
  readonly dataset: readonly PydicomElement[];
}

export function readWithPydicom(paths: readonly string[]): PydicomFile[] {
  const done = spawnSync(PYTHON, [join(import.meta.dirname, 'pydicom_dump.py')], {
    input: paths.join('\n'),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (done.status !== 0) throw new Error(`pydicom_dump.py failed: ${done.stderr}`);
  return done.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as PydicomFile);
}

/** Output of a program, or `undefined` when it exits with an error. */
export function output(program: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, args, { encoding: 'utf8', maxBuffer: 2 ** 28 }, (error, stdout) =>
      resolve(error === null ? stdout : undefined),
    );
  });
}

/** Everything a program says on both streams, whatever its exit code. */
export function messages(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, args, { encoding: 'utf8' }, (_, stdout, stderr) => resolve(stdout + stderr));
  });
}

/** Results of `work` for every input, a few at a time. */
export async function mapSome<T, R>(inputs: readonly T[], work: (input: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < inputs.length; i += 4)
    results.push(...(await Promise.all(inputs.slice(i, i + 4).map(work))));
  return results;
}
