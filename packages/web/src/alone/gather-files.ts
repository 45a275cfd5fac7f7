/** What a person drops or chooses, as files with their paths. */

import type { Given, GivenFile } from './reading/messages.ts';

/** More are not gathered: the reading says then that there are too many. */
const MOST_FILES = 50_000;

/** The part of a dropped entry that is used (File and Directory Entries API). */
export interface DroppedEntry {
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  readonly fullPath: string;
  file?(receive: (file: File) => void, fail: (error: unknown) => void): void;
  createReader?(): {
    readEntries(receive: (entries: readonly DroppedEntry[]) => void, fail: (error: unknown) => void): void;
  };
}

export function filesOfInput(list: FileList): Given {
  const files = Array.from(list, (file) => ({ path: file.webkitRelativePath || file.name, file }));
  // A chosen folder is one thing that was named, whatever lies in it.
  const named = new Set(files.map(({ path }) => path.split('/')[0])).size;
  return { files, named };
}

/** Must be called while the drop is being handled: afterwards browsers have forgotten the entries. */
export function entriesOf(transfer: DataTransfer): readonly (DroppedEntry | File)[] {
  return Array.from(transfer.items).flatMap((item) => {
    const entry = item.kind === 'file' ? (item.webkitGetAsEntry() as DroppedEntry | null) : null;
    const each = entry ?? item.getAsFile();
    return each === null ? [] : [each];
  });
}

/** All files in what was dropped; one that cannot be opened is left out, for the others may be the study. */
export async function filesOfDrop(entries: readonly (DroppedEntry | File)[]): Promise<Given> {
  const files: GivenFile[] = [];
  const open = [...entries].reverse();
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    if (files.length > MOST_FILES) break;
    if (!('isDirectory' in each)) files.push({ path: each.name, file: each });
    else if (each.isDirectory) open.push(...(await entriesIn(each)));
    else {
      const file = await fileOf(each);
      if (file !== undefined) files.push({ path: each.fullPath, file });
    }
  }
  return { files, named: entries.length };
}

const fileOf = (entry: DroppedEntry): Promise<File | undefined> =>
  new Promise((resolve) => {
    if (entry.file === undefined) resolve(undefined);
    else entry.file(resolve, () => resolve(undefined));
  });

/** Browsers give at most a hundred at a time, and nothing at the end. */
async function entriesIn(folder: DroppedEntry): Promise<DroppedEntry[]> {
  const reader = folder.createReader?.();
  const all: DroppedEntry[] = [];
  while (reader !== undefined && all.length <= MOST_FILES) {
    const some = await new Promise<readonly DroppedEntry[]>((resolve) => {
      reader.readEntries(resolve, () => resolve([]));
    });
    if (some.length === 0) break;
    all.push(...some);
  }
  return all;
}
