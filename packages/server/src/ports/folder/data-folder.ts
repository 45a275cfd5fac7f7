import { chmod, mkdir, readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { flushFolder, isAbsent, writeDurably } from '../durable/index.ts';
import { DataFolderInUse, lockFile } from './folder-lock.ts';
import { type Secrets, secretsIn } from './secrets.ts';

/** The folder is not fit to hold patients' data, or holds something else; the message says what to do. */
export class DataFolderRefused extends Error {
  override readonly name = 'DataFolderRefused';
}

/** One folder that this process alone works with, until `close` or its end. */
export interface DataFolder extends Secrets {
  readonly path: string;
  /** Of the embedded database. */
  readonly index: string;
  readonly blobs: string;
  /** Of bytes that lie elsewhere: may be emptied while nobody works here. */
  readonly copies: string;
  /** Received bytes that are not kept yet; was emptied. */
  readonly incoming: string;
  close(): void;
}

const MARK = 'promontory.json';
const FORMAT = 1;
const LOCK = 'lock';
/** Beside the lock while it is held. */
const HOLDER = 'lock-holder.json';
const LOCK_FILES = [LOCK, `${LOCK}-journal`, HOLDER];

/**
 * Opens a data folder, or makes one. PGlite does not notice a second opener of its files and both would destroy them:
 * nothing in the folder is touched before its lock is held.
 * @throws DataFolderInUse, DataFolderRefused
 */
export async function openDataFolder(folder: string, now: () => Date): Promise<DataFolder> {
  const path = await place(resolve(folder));
  await checkOwner(path);
  const marked = await checkMark(path);
  const release = await lock(path);
  try {
    // Another may have made it its own between the look and the lock.
    if (!marked && !(await checkMark(path)))
      await writeDurably(join(path, MARK), `${JSON.stringify({ promontoryDataFolder: FORMAT })}\n`);
    const inside = (name: string) => join(path, name);
    for (const name of ['blobs', 'incoming', 'secrets'])
      await mkdir(inside(name), { recursive: true, mode: 0o700 });
    // What a crash left unfinished.
    for (const name of [inside('incoming'), join(inside('blobs'), 'aside'), join(inside('copies'), 'aside')])
      await empty(name);
    await flushFolder(path);
    const since = { pid: process.pid, since: now().toISOString() };
    await writeDurably(join(path, HOLDER), `${JSON.stringify(since)}\n`);
    return {
      path,
      index: inside('index'),
      blobs: inside('blobs'),
      copies: inside('copies'),
      incoming: inside('incoming'),
      ...secretsIn(inside('secrets')),
      close: release,
    };
  } catch (error) {
    release();
    throw error;
  }
}

/** The folder, made where there is none. Its parent must exist: a slip of the pen makes no tree of folders. */
async function place(path: string): Promise<string> {
  try {
    await mkdir(path, { mode: 0o700 });
    await flushFolder(dirname(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new DataFolderRefused('The folder above the data folder does not exist.');
    if (code !== 'EEXIST')
      throw new DataFolderRefused(`The data folder cannot be made (${code}).`, { cause: error });
  }
  const real = await realpath(path);
  if (!(await stat(real)).isDirectory()) throw new DataFolderRefused('The data folder is no folder.');
  return real;
}

async function checkOwner(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const { uid, mode } = await stat(path);
  const own = process.geteuid?.();
  if (uid !== own)
    throw new DataFolderRefused(
      `The data folder belongs to another user (${uid}); this process runs as ${own}. Run it as that user, or give the folder away with chown.`,
    );
  if ((mode & 0o077) === 0) return;
  // What is empty gives nothing away yet.
  if ((await readdir(path)).length === 0) await chmod(path, 0o700);
  else
    throw new DataFolderRefused(
      'Other users may look into the data folder. See what they may have seen, then run: chmod 700 on it.',
    );
}

/** @returns whether it is a data folder already; false where it is empty */
async function checkMark(path: string): Promise<boolean> {
  try {
    const mark: unknown = JSON.parse(await readFile(join(path, MARK), 'utf8'));
    const format = (mark as { promontoryDataFolder?: unknown } | null)?.promontoryDataFolder;
    if (typeof format === 'number' && format > FORMAT)
      throw new DataFolderRefused('The data folder was made by a later version. Start that version.');
    if (format === FORMAT) return true;
  } catch (error) {
    if (error instanceof DataFolderRefused) throw error;
    if (!isAbsent(error) && !(error instanceof SyntaxError)) throw error;
    const others = (await readdir(path)).filter(
      (name) => !LOCK_FILES.includes(name) && !name.startsWith(MARK),
    );
    if (isAbsent(error) && others.length === 0) return false;
  }
  throw new DataFolderRefused('The folder holds something else. Choose an empty one or a new name.');
}

async function lock(path: string): Promise<() => void> {
  try {
    return lockFile(join(path, LOCK));
  } catch (error) {
    if (error instanceof DataFolderInUse) throw new DataFolderInUse(await whoHolds(path), { cause: error });
    throw new DataFolderRefused(
      'The data folder cannot be locked. Put it on a disk of this machine: not every network drive knows locks.',
      { cause: error },
    );
  }
}

async function whoHolds(path: string): Promise<string> {
  const general = 'Another process works with the data folder';
  try {
    const { pid, since } = JSON.parse(await readFile(join(path, HOLDER), 'utf8'));
    return `${general}: process ${Number(pid)}, since ${new Date(since).toISOString()}. End it first.`;
  } catch {
    return `${general}. End it first.`;
  }
}

async function empty(folder: string): Promise<void> {
  let names: string[] = [];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
  for (const name of names) await rm(join(folder, name), { recursive: true, force: true });
}
