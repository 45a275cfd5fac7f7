/** Files of what was dropped or chosen, with all below folders and inside ZIPs, one after the other. */
import { skippedByName } from './dicom-header.ts';
import type { FileState } from './file-state.ts';
import type { Unzip } from './unzip.ts';
import { type ZipEntry, ZipRefused } from './zip-directory.ts';

export interface FoundFile {
  /** From the dropped folder on, as the computer or the ZIP names it: shown, never used as a path. */
  readonly path: string;
  readonly bytes: number;
  readonly lastModified: number;
  /** Known without opening it. */
  readonly skip?: Extract<FileState, { kind: 'skipped' }>['why'];
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

/** What browsers give for a dropped or chosen thing. Handles can be kept over a reload; files and entries cannot. */
export type Source =
  | { readonly kind: 'handle'; readonly handle: FileSystemHandle }
  | { readonly kind: 'entry'; readonly entry: FileSystemEntry }
  | { readonly kind: 'file'; readonly file: File };

/** Not in the browsers' common part yet (WICG File System Access). */
interface HandleItem {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}

/** Must be called within the drop event: items are gone after it. */
export function sourcesOfDrop(transfer: DataTransfer): Promise<Source[]> {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file');
  return Promise.all(
    items.map((item) => {
      const handle = (item as HandleItem).getAsFileSystemHandle?.().catch(() => null) ?? null;
      const entry = item.webkitGetAsEntry();
      const file = item.getAsFile();
      return sourceOf(handle, entry, file);
    }),
  ).then((sources) => sources.filter((source) => source !== undefined));
}

async function sourceOf(
  pending: Promise<FileSystemHandle | null> | null,
  entry: FileSystemEntry | null,
  file: File | null,
): Promise<Source | undefined> {
  const handle = await pending;
  if (handle instanceof FileSystemDirectoryHandle) return { kind: 'handle', handle };
  // A handle that gives nothing (a picture dragged from a page) is no better than none.
  if (handle instanceof FileSystemFileHandle && (await handle.getFile().catch(() => null)) !== null)
    return { kind: 'handle', handle };
  if (file !== null && (entry === null || entry.isFile)) return { kind: 'file', file };
  if (entry !== null) return { kind: 'entry', entry };
  return file === null ? undefined : { kind: 'file', file };
}

/** What cannot be looked through stands in the list as one file that cannot be read. */
export async function* foundFiles(sources: readonly Source[], unzip: Unzip): AsyncGenerator<FoundFile> {
  for (const source of sources)
    try {
      for await (const { path, file } of filesOf(source)) yield* foundIn(path, file, unzip);
    } catch (error) {
      yield { path: nameOf(source), bytes: 0, lastModified: 0, read: () => Promise.reject(error) };
    }
}

const nameOf = (source: Source): string =>
  source.kind === 'file'
    ? source.file.name
    : source.kind === 'handle'
      ? source.handle.name
      : source.entry.name;

interface AtPath {
  readonly path: string;
  readonly file: File;
}

async function* filesOf(source: Source): AsyncGenerator<AtPath> {
  if (source.kind === 'file')
    yield { path: source.file.webkitRelativePath || source.file.name, file: source.file };
  else if (source.kind === 'handle') yield* ofHandle(source.handle, '');
  else yield* ofEntry(source.entry, '');
}

async function* ofHandle(handle: FileSystemHandle, folder: string): AsyncGenerator<AtPath> {
  const path = folder + handle.name;
  if (handle instanceof FileSystemFileHandle) yield { path, file: await handle.getFile() };
  else if (handle instanceof FileSystemDirectoryHandle) {
    const children = handle as unknown as { values(): AsyncIterable<FileSystemHandle> };
    for await (const child of children.values()) yield* ofHandle(child, `${path}/`);
  }
}

async function* ofEntry(entry: FileSystemEntry, folder: string): AsyncGenerator<AtPath> {
  const path = folder + entry.name;
  if (entry.isFile) {
    const { promise, resolve, reject } = Promise.withResolvers<File>();
    (entry as FileSystemFileEntry).file(resolve, reject);
    yield { path, file: await promise };
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const { promise, resolve, reject } = Promise.withResolvers<FileSystemEntry[]>();
    reader.readEntries(resolve, reject);
    const children = await promise;
    if (children.length === 0) return;
    for (const child of children) yield* ofEntry(child, `${path}/`);
  }
}

async function* foundIn(path: string, file: File, unzip: Unzip): AsyncGenerator<FoundFile> {
  const about = { path, bytes: file.size, lastModified: file.lastModified };
  const plain = { ...about, read: async () => new Uint8Array(await file.arrayBuffer()) };
  const skip = skippedByName(path);
  if (skip !== undefined) yield { ...plain, skip };
  else if (!/\.zip$/i.test(path)) yield plain;
  else {
    let entries: ZipEntry[];
    try {
      entries = await unzip.entries(file);
    } catch (error) {
      yield { ...plain, skip: error instanceof ZipRefused ? error.problem : 'zip-damaged' };
      return;
    }
    for (const entry of entries) {
      const inside = `${path}/${entry.name}`;
      const why = entry.problem ?? skippedByName(inside);
      yield {
        path: inside,
        bytes: entry.bytes,
        lastModified: file.lastModified,
        ...(why !== undefined && { skip: why }),
        read: () => unzip.read(file, entry),
      };
    }
  }
}
