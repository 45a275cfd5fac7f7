/**
 * What of an upload is written down in the browser, so that it goes on after a reload: names, sizes and outcomes of
 * files, and handles of the dropped folders where the browser has them. Never the images: copying them would take as
 * long as sending them and would leave patients' images in the browser's storage.
 *
 * Forgotten when the upload has ended, and when another account signs in.
 */
import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb';
import type { FileState } from './file-state.ts';

export interface KeptFile {
  readonly id: string;
  readonly place: number;
  readonly path: string;
  readonly bytes: number;
  readonly lastModified: number;
  readonly state: FileState;
}

export interface KeptQueue {
  /** Nothing of another account. */
  load(accountId: string): Promise<{ readonly files: KeptFile[]; readonly handles: FileSystemHandle[] }>;
  write(files: readonly KeptFile[]): Promise<void>;
  writeHandles(handles: readonly FileSystemHandle[]): Promise<void>;
  clear(): Promise<void>;
}

const NAME = 'promontory-upload';

interface Schema extends DBSchema {
  files: { key: string; value: KeptFile };
  about: { key: string; value: string | FileSystemHandle[] };
}

export function openKeptQueue(): KeptQueue {
  let opening: Promise<IDBPDatabase<Schema>> | undefined;
  const database = () => {
    opening ??= openDB<Schema>(NAME, 1, {
      upgrade(fresh) {
        fresh.createObjectStore('files', { keyPath: 'id' });
        fresh.createObjectStore('about');
      },
    });
    return opening;
  };
  const clear = async () => {
    const db = await database();
    const all = db.transaction(['files', 'about'], 'readwrite');
    await Promise.all([
      all.objectStore('files').clear(),
      all.objectStore('about').delete('handles'),
      all.done,
    ]);
  };
  return {
    async load(accountId) {
      const db = await database();
      if ((await db.get('about', 'account')) !== accountId) {
        await clear();
        await db.put('about', accountId, 'account');
        return { files: [], handles: [] };
      }
      const files = await db.getAll('files');
      const handles = await db.get('about', 'handles');
      return {
        files: files.sort((a, b) => a.place - b.place),
        handles: Array.isArray(handles) ? handles : [],
      };
    },
    async write(files) {
      const { store, done } = (await database()).transaction('files', 'readwrite');
      await Promise.all([...files.map((file) => store.put(file)), done]);
    },
    async writeHandles(handles) {
      await (await database()).put('about', [...handles], 'handles');
    },
    clear,
  };
}

export const forgetKeptQueue = (): Promise<void> => deleteDB(NAME);
