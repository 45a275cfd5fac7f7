/** The instances that both archives are given: our own, and real ones where there are any. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '../oracle.ts';
import { variedFiles } from './varied.ts';

const MOST = 150;

const filesBelow = (folder: string, wanted: RegExp): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => wanted.test(path))
    .sort();

/** DICOM files of the data folder; none without it. */
export function realFiles(): Buffer[] {
  if (dataFolder === undefined) return [];
  return [
    ...filesBelow(join(dataFolder, 'dicom-corpus'), /\.dcm$|\/\d+$/),
    ...filesBelow(join(dataFolder, 'dicom'), /spider-\d+\/|(musclemap|ivd_20|vb1_02)\/.*IM000[12]\.dcm$/),
  ].map((path) => readFileSync(path));
}

/** In the order in which they are to be sent: of two under one UID the first is kept. */
export function corpus(): Buffer[] {
  const own = variedFiles().map(({ bytes }) => bytes);
  return [...own, ...realFiles().slice(0, MOST - own.length)];
}
