import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Fault } from '@promontory/core/fault';
import { removeEmpty, writeWhole } from './whole-files.ts';

/** A result to be written. */
export interface OutputFile {
  /** Relative, with `/`; made by us, never by an input. */
  readonly path: string;
  readonly bytes: Uint8Array | string;
}

export interface PublishOptions {
  /** Whether a folder that holds something may be written to; then files of our names are replaced, others left. */
  readonly force: boolean;
  /** Tells files of an earlier result that this one may lack: they are removed. */
  readonly isOurs?: (path: string) => boolean;
}

const STAGING = '.promontory-';

/**
 * Refuses a folder that results must not go to. Called before the work, so that nobody waits in vain.
 * @throws Fault `OUTPUT_REFUSED`
 */
export function checkOutputFolder(folder: string, force: boolean): void {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (!stats.isDirectory()) {
    throw new Fault('OUTPUT_REFUSED', 'The output path is not a folder.', {
      advice: 'Choose another with --out.',
    });
  }
  if (!force && readdirSync(folder).length > 0) {
    throw new Fault('OUTPUT_REFUSED', 'The output folder is not empty.', {
      advice: 'Choose another with --out, or replace earlier results in it with --force.',
    });
  }
}

/**
 * Writes all files or none. They are written into a folder of their own on the same file system and then moved; a move
 * that fails takes back those before it. It runs in one go, so that a signal finds either nothing or everything.
 *
 * @throws Fault `OUTPUT_REFUSED`
 */
export function publish(folder: string, files: readonly OutputFile[], options: PublishOptions): void {
  const target = resolve(folder);
  checkOutputFolder(target, options.force);
  // With a listener a signal waits for the event loop, that is, for the end of this function.
  for (const signal of SIGNALS) process.on(signal, wait);
  try {
    publishNow(target, files, options);
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new Fault('OUTPUT_REFUSED', `The output folder could not be written (${code}).`, {
      advice: 'Check its permissions and the free space.',
      cause,
    });
  } finally {
    for (const signal of SIGNALS) process.off(signal, wait);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const wait = (): void => {};

function publishNow(target: string, files: readonly OutputFile[], options: PublishOptions): void {
  const existed = existsSync(target);
  const parent = existed ? target : dirname(target);
  const created = mkdirSync(parent, { recursive: true });
  let staging: string | undefined;
  let done = false;
  try {
    // Inside an existing folder, which may be a file system of its own.
    staging = mkdtempSync(join(parent, STAGING));
    const fresh = join(staging, 'new');
    for (const file of files) writeWhole(join(fresh, file.path), file.bytes);
    if (existed) moveInto(target, fresh, join(staging, 'old'), files, options.isOurs ?? (() => false));
    else renameSync(fresh, target);
    done = true;
  } finally {
    if (staging !== undefined) rmSync(staging, { recursive: true, force: true });
    if (!done && created !== undefined) removeEmpty(parent, created);
  }
}

/** Moves file by file, the old ones aside first; on failure everything goes back. */
function moveInto(
  target: string,
  fresh: string,
  aside: string,
  files: readonly OutputFile[],
  isOurs: (path: string) => boolean,
): void {
  const undo: (() => void)[] = [];
  const move = (from: string, to: string): void => {
    mkdirSync(dirname(to), { recursive: true });
    renameSync(from, to);
    undo.push(() => renameSync(to, from));
  };
  const paths = new Set(files.map((file) => file.path));
  const folders = new Set([...paths].map((path) => dirname(path)));
  try {
    const earlier = [...folders].flatMap((f) => filesIn(target, f)).filter((p) => paths.has(p) || isOurs(p));
    for (const path of earlier) move(join(target, path), join(aside, path));
    for (const folder of folders) {
      const made = mkdirSync(join(target, folder), { recursive: true });
      if (made !== undefined) undo.push(() => rmSync(made, { recursive: true }));
    }
    for (const path of paths) {
      if (lstatSync(join(target, path), { throwIfNoEntry: false }) !== undefined) {
        throw new Fault(
          'OUTPUT_REFUSED',
          `A folder or link named ${basename(path)} is in the way of a result.`,
          {
            advice: 'Choose another folder with --out.',
          },
        );
      }
      move(join(fresh, path), join(target, path));
    }
  } catch (error) {
    for (const step of undo.reverse()) step();
    throw error;
  }
}

/** Regular files right in a folder of the target, by their paths from the target. */
function filesIn(target: string, folder: string): string[] {
  const path = join(target, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => (folder === '.' ? entry.name : `${folder}/${entry.name}`));
}
