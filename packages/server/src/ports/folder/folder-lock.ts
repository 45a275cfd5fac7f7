import { DatabaseSync } from 'node:sqlite';

/** Another process works with the folder. A retry helps once it has ended. */
export class DataFolderInUse extends Error {
  override readonly name = 'DataFolderInUse';
}

const SQLITE_BUSY = 5;

/**
 * Holds a file locked until it is released or the process ends, however it ends: a lock of the operating system, which
 * leaves nothing stale behind and also counts between containers, whose process numbers say nothing to one another.
 * Node has no such lock of its own; SQLite takes one over its file while a transaction is open. The file stays empty.
 * @throws DataFolderInUse
 */
export function lockFile(path: string): () => void {
  const database = new DatabaseSync(path);
  try {
    database.exec('begin exclusive');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY)
      throw new DataFolderInUse('Another process works with the folder.', { cause: error });
    throw error;
  }
  let held = true;
  return () => {
    if (held) database.close();
    held = false;
  };
}
