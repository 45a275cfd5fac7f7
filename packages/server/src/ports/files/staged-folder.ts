import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Fault } from '@promontory/core/fault';
import { checkOutputFolder } from './publish.ts';
import { removeEmpty, writeWhole } from './whole-files.ts';

/** Results that are too many for memory: written one by one into a hidden folder, and moved when all are there. */
export interface StagedFolder {
  /**
   * @param path relative, with `/`; made by us, never by an input
   * @throws Fault `OUTPUT_REFUSED`
   */
  write(path: string, bytes: Uint8Array | string): void;
  /** Moves everything to its place. @throws Fault `OUTPUT_REFUSED` */
  publish(): void;
  /** Removes what was not published; harmless afterwards. */
  discard(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Opens a hidden folder beside the target's files (or beside the target, where that is new). An interruption removes it.
 * @throws Fault `OUTPUT_REFUSED` for a target that holds something (without `force`) or cannot be written
 */
export function openStagedFolder(folder: string, force: boolean): StagedFolder {
  const target = resolve(folder);
  checkOutputFolder(target, force);
  const existed = existsSync(target);
  const parent = existed ? target : dirname(target);
  const created = orRefuse(() => mkdirSync(parent, { recursive: true }));
  const staging = orRefuse(() => mkdtempSync(join(parent, '.promontory-')));
  const fresh = join(staging, 'new');
  let published = false;

  const discard = (): void => {
    for (const signal of SIGNALS) process.off(signal, interrupted);
    rmSync(staging, { recursive: true, force: true });
    if (!published && created !== undefined) removeEmpty(parent, created);
  };
  const interrupted = (signal: NodeJS.Signals): void => {
    discard();
    process.kill(process.pid, signal);
  };
  for (const signal of SIGNALS) process.on(signal, interrupted);

  return {
    write: (path, bytes) => orRefuse(() => writeWhole(join(fresh, path), bytes)),
    publish: () =>
      orRefuse(() => {
        mkdirSync(fresh, { recursive: true });
        if (existed) moveFiles(fresh, target);
        else renameSync(fresh, target);
        published = true;
        discard();
      }),
    discard,
  };
}

/** File by file into a folder that holds something: each is whole, files of the same name are replaced. */
function moveFiles(from: string, to: string): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    const target = join(to, path.slice(from.length + 1));
    mkdirSync(dirname(target), { recursive: true });
    renameSync(path, target);
  }
}

function orRefuse<T>(act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new Fault('OUTPUT_REFUSED', `The output folder could not be written (${code}).`, {
      advice: 'Check its permissions and the free space.',
      cause,
    });
  }
}
