/** The real studies that are read, and why they cannot be where they are not there. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DicomInput } from '@promontory/core/reading/series';

const PYTHON = process.env.PROMONTORY_PYTHON ?? '/usr/bin/python3';
export const dataFolder = process.env.PROMONTORY_DATA || undefined;

/** Why the suite cannot run here, or `undefined`. */
export function missing(): string | undefined {
  if (dataFolder === undefined)
    return 'PROMONTORY_DATA is not set: it must name the folder that holds dicom/ and spider/';
  if (spawnSync(PYTHON, ['-c', 'import pydicom, numpy']).status !== 0) {
    return `${PYTHON} has no pydicom (Debian package python3-pydicom); PROMONTORY_PYTHON names another`;
  }
  return undefined;
}

/** All files below a folder of the data, in the order of their names. */
export function readInputs(...folder: string[]): DicomInput[] {
  const root = join(dataFolder!, ...folder);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path, index) => ({ index, bytes: new Uint8Array(readFileSync(path)) }));
}

export interface PydicomSeries {
  readonly uid: string;
  readonly origins: readonly (readonly number[])[];
  readonly axes: readonly (readonly number[])[];
  readonly spacing: readonly number[];
  readonly size: readonly number[];
}

/** Every series of `dicom/`, its slices sorted along their normal, as pydicom and numpy have it. */
export function geometryByPydicom(): Map<string, PydicomSeries> {
  const script = join(import.meta.dirname, 'pydicom_geometry.py');
  const done = spawnSync(PYTHON, [script, join(dataFolder!, 'dicom')], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (done.status !== 0) throw new Error(`pydicom_geometry.py failed: ${done.stderr}`);
  const lines = done.stdout.trimEnd().split('\n');
  return new Map(
    lines.map((line) => JSON.parse(line) as PydicomSeries).map((series) => [series.uid, series]),
  );
}
