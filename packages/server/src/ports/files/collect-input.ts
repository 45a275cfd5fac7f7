import { createHash } from 'node:crypto';
import type { Warning } from '@promontory/core/fault';
import { sniff } from '@promontory/core/formats';
import {
  DEFAULT_INPUT_LIMITS,
  type InputLimits,
  Intake,
  type ItemOptions,
  type SeriesInput,
  type TakenIn,
} from '@promontory/core/reading';
import { findFiles } from './find-files.ts';
import { readFileOfUse } from './read-file.ts';

export interface CollectOptions extends ItemOptions {
  readonly limits?: InputLimits;
  readonly progress?: (done: number, total: number) => void;
}

/** The images of an input, numbered by their place among all files in the order of their paths. */
export interface CollectedInput {
  readonly inputs: readonly SeriesInput[];
  /** About files that were left out: counts, never names. */
  readonly warnings: readonly Warning[];
  /** Hex SHA-256 over the sorted SHA-256 of the files of these numbers, as they were stored. */
  hashOf(indices: readonly number[]): string;
}

/**
 * Reads what can be read of files, folders (with all below them) and ZIP archives. What a file is, its content says and
 * never its name. A file that is no image, or is damaged, leaves a warning; where DICOM images are, volumes of other
 * formats that merely lie in the same folder or archive are left out.
 *
 * @throws Fault `NOTHING_FOUND` where no file is, or none that is read; the file's own fault where there is one only;
 * `LIMIT_EXCEEDED` for an input beyond the caps
 */
export async function collectInput(
  paths: readonly string[],
  options: CollectOptions = {},
): Promise<CollectedInput> {
  const limits = options.limits ?? DEFAULT_INPUT_LIMITS;
  const { files, closedFolders } = findFiles(paths, limits.maxFiles);
  const intake = new Intake(limits, options);
  for (const [i, path] of files.entries()) {
    options.progress?.(i, files.length);
    await intake.attempt(async () => {
      const { kind, bytes } = await readFileOfUse(path, limits.maxFileBytes);
      if (bytes !== undefined && kind === 'zip') await intake.addArchive(bytes);
      else intake.add(kind, bytes);
    });
  }
  return withHash(intake.finish(paths.length, closedFolders));
}

/**
 * The same for files that are in memory already.
 * @throws as `collectInput`
 */
export async function collectBytes(files: readonly Uint8Array[]): Promise<CollectedInput> {
  const intake = new Intake();
  for (const bytes of files) await intake.attempt(() => intake.add(sniff(bytes), bytes));
  return withHash(intake.finish(files.length));
}

const withHash = ({ inputs, warnings, bytesOf }: TakenIn): CollectedInput => ({
  inputs,
  warnings,
  hashOf: (indices) => hashOver(bytesOf(indices)),
});

function hashOver(files: readonly Uint8Array[]): string {
  const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');
  return sha256(files.map(sha256).sort().join('\n'));
}
