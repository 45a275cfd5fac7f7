import { isFault } from '@promontory/core/fault';
import { DEFAULT_ZIP_LIMITS, type FileKind, listZip, readZipEntry, sniff } from '@promontory/core/formats';
import { DEFAULT_INPUT_LIMITS, type InputLimits } from '@promontory/core/reading';
import { findFiles } from './find-files.ts';
import { readFileOfUse } from './read-file.ts';

/** One file of an input. Its name is not told: nothing that is made of it may hold it. */
export interface StreamedFile {
  /** Place in the order of paths; entries of an archive count one by one. */
  readonly index: number;
  /** `unreadable`: too large, without permission, or damaged in its archive. */
  readonly kind: FileKind | 'unreadable';
  /** Absent where the kind already says that the file is of no use. */
  readonly bytes?: Uint8Array;
  /** Files on the disk gone through so far, and all of them. */
  readonly done: number;
  readonly total: number;
}

/**
 * The files of an input one after the other: no more than one of them (and the archive it comes from) is in memory.
 * @throws Fault `NOTHING_FOUND` for a path that is not there, `LIMIT_EXCEEDED` for too many files
 */
export async function* streamFiles(
  paths: readonly string[],
  limits: InputLimits = DEFAULT_INPUT_LIMITS,
): AsyncGenerator<StreamedFile> {
  const { files } = findFiles(paths, limits.maxFiles);
  let index = 0;
  for (const [done, path] of files.entries()) {
    for (const file of await contentOf(() => readFileOfUse(path, limits.maxFileBytes))) {
      const entries = file.kind === 'zip' && file.bytes !== undefined ? unpack(file.bytes, limits) : [file];
      for (const entry of entries) yield { ...entry, index: index++, done, total: files.length };
    }
  }
}

type Content = Pick<StreamedFile, 'kind' | 'bytes'>;

const UNREADABLE: Content = { kind: 'unreadable' };

/** A fault of one file is no fault of the input. */
async function contentOf(read: () => Promise<Content>): Promise<Content[]> {
  try {
    return [await read()];
  } catch (error) {
    if (!isFault(error)) throw error;
    return [UNREADABLE];
  }
}

function* unpack(archive: Uint8Array, limits: InputLimits): Generator<Content> {
  const zip = {
    ...DEFAULT_ZIP_LIMITS,
    maxEntries: limits.maxFiles,
    maxBytes: limits.maxFileBytes,
    maxTotalBytes: limits.maxTotalBytes,
  };
  const entries = attempt(() => listZip(archive, zip));
  if (entries === undefined) yield UNREADABLE;
  for (const entry of entries ?? []) {
    const bytes = attempt(() => readZipEntry(archive, entry, zip));
    yield bytes === undefined ? UNREADABLE : { kind: sniff(bytes), bytes };
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!isFault(error)) throw error;
    return undefined;
  }
}
