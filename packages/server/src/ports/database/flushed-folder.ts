import { closeSync, fsyncSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** What Emscripten's file system over Node's knows of an open file. */
interface Stream {
  /** Node's own descriptor; folders have none. */
  readonly nfd?: number;
  readonly node: object;
}

interface NodeFolders {
  readonly stream_ops: { fsync?: (stream: Stream) => number };
  realPath(node: object): string;
}

/**
 * A folder for PGlite that flushes where PostgreSQL asks for it. PGlite's own has no such call, and PGlite tells
 * PostgreSQL not to ask: a commit would be what the operating system has not written yet, and a power cut could take
 * it, or the order of what was written and with it the database.
 */
export class FlushedFolder extends NodeFS {
  override async init(...given: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(...given);
    const flushing = (module: object) => flushes((module as { readonly NODEFS: NodeFolders }).NODEFS);
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), flushing] } };
  }
}

/** In place of PGlite's `-F`, which is `fsync=off`. Emscripten has `fsync` only. */
export const FLUSHING = ['-c', 'wal_sync_method=fsync'];

function flushes(folders: NodeFolders): void {
  folders.stream_ops.fsync = ({ nfd, node }) => {
    if (nfd === undefined) flush(folders.realPath(node));
    else fsyncSync(nfd);
    return 0;
  };
}

function flush(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** All that a new database was made of: it is made without asking for flushes. */
export function flushAll(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile() || entry.isDirectory()) flush(join(entry.parentPath, entry.name));
  flush(folder);
}
