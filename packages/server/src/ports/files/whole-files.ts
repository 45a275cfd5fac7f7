import { closeSync, fsyncSync, mkdirSync, openSync, rmdirSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** A new file with its folders, flushed. */
export function writeWhole(path: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(path), { recursive: true });
  const data = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  const file = openSync(path, 'wx');
  try {
    for (let at = 0; at < data.length; ) at += writeSync(file, data, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Folders made for the target, from the innermost to the first one; one in which something lies by now stays. */
export function removeEmpty(from: string, last: string): void {
  for (let folder = from; ; folder = dirname(folder)) {
    try {
      rmdirSync(folder);
    } catch {
      return;
    }
    if (folder === last) return;
  }
}
