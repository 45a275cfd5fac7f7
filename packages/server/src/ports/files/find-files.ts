import { type Dirent, readdirSync, type Stats, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Fault } from '@promontory/core/fault';

/** A path as the file system has it: names need not be valid text. */
export type FilePath = Buffer;

export interface FoundFiles {
  /** Regular files in the order of their paths. */
  readonly files: readonly FilePath[];
  /** Folders that could not be listed. */
  readonly closedFolders: number;
}

const SLASH = Buffer.from('/');

/**
 * All regular files at and below the paths. Links to folders are not followed within a folder, and what is neither file
 * nor folder (pipes, devices) is left alone, for opening it could wait forever.
 *
 * @throws Fault `NOTHING_FOUND` for a path that is not there, `LIMIT_EXCEEDED` for too many files
 */
export function findFiles(paths: readonly string[], maxFiles: number): FoundFiles {
  const files: FilePath[] = [];
  let closedFolders = 0;
  for (const path of paths) {
    const start = Buffer.from(resolve(path));
    const stats = statOf(start);
    if (stats === undefined) {
      throw new Fault('NOTHING_FOUND', 'There is nothing at the path given.', {
        advice: 'Check the path and its permissions.',
      });
    }
    if (stats.isFile()) files.push(start);
    const folders = stats.isDirectory() ? [start] : [];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      const entries = list(folder);
      if (entries === undefined) closedFolders++;
      for (const entry of entries ?? []) {
        const inner = Buffer.concat([folder, SLASH, entry.name]);
        if (entry.isDirectory()) folders.push(inner);
        else if (entry.isFile() || (entry.isSymbolicLink() && statOf(inner)?.isFile())) files.push(inner);
        if (files.length > maxFiles) {
          throw new Fault('LIMIT_EXCEEDED', `The input holds more than ${maxFiles} files.`, {
            advice: 'Give the folder of one study.',
          });
        }
      }
    }
  }
  const seen = new Map(files.map((file) => [file.toString('latin1'), file]));
  return { files: [...seen.values()].sort(Buffer.compare), closedFolders };
}

function statOf(path: FilePath): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function list(folder: FilePath): Dirent<Buffer>[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true, encoding: 'buffer' });
  } catch {
    return undefined;
  }
}
