import { randomUUID } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { flushFolder, isAbsent, isFull, isOfSystem, writeAll } from '../durable/index.ts';
import {
  BlobDamaged,
  type BlobFacts,
  BlobMissing,
  type Blobs,
  BlobsUnavailable,
  checkRange,
  isSha256,
  type Sha256,
  type Staged,
  StorageFull,
} from './blobs.ts';
import { FREE_SPACE_GUARD_BYTES, freeSpaceGuard } from './free-space.ts';

export interface FileBlobsOptions {
  /** Below this much free space nothing more is taken: the database needs room, too. Default 1 GiB. */
  readonly freeSpaceGuardBytes?: number;
  /** How long a look at the free space is believed. Default 1 s. */
  readonly freeSpaceAgeMs?: number;
}

/** Where blobs are written before they get their name; what a crash left there is removed at start. */
export const ASIDE = 'aside';
const CHUNK_BYTES = 1 << 18;
const FOLDER = /^[0-9a-f]{2}$/;

/**
 * Files below one folder: `ab/abcd…`. A blob is written aside and flushed, renamed, and its folder flushed: after a
 * power cut a name stands for all of its bytes or is not there.
 */
export function fileBlobs(folder: string, options: FileBlobsOptions = {}): Blobs {
  const guard = freeSpaceGuard(folder, {
    guardBytes: options.freeSpaceGuardBytes ?? FREE_SPACE_GUARD_BYTES,
    ...(options.freeSpaceAgeMs === undefined ? {} : { ageMs: options.freeSpaceAgeMs }),
  });
  /** Folders that exist and whose names are flushed. */
  const ready = new Set<string>();

  const placeOf = (sha256: Sha256) => {
    if (!isSha256(sha256)) throw new BlobMissing('That is no SHA-256.');
    return join(folder, sha256.slice(0, 2), sha256);
  };

  async function prepare(path: string): Promise<void> {
    if (ready.has(path)) return;
    await mkdir(path, { recursive: true, mode: 0o700 });
    await flushFolder(folder);
    await flushFolder(dirname(folder));
    ready.add(path);
  }

  return {
    keep: (staged) =>
      mapped(async () => {
        const place = placeOf(staged.sha256);
        const parent = dirname(place);
        if ((await factsOf(place))?.size === staged.size && (await touched(place))) {
          // Someone may have renamed it a moment ago, or been killed after it: it is acknowledged when it is flushed.
          await prepare(parent);
          await flushFolder(parent);
          return;
        }
        await guard(staged.size);
        await prepare(parent);
        await prepare(join(folder, ASIDE));
        const aside = join(folder, ASIDE, randomUUID());
        try {
          await fill(aside, staged);
          await rename(aside, place);
        } catch (error) {
          if (isAbsent(error)) ready.clear();
          throw error;
        } finally {
          await rm(aside, { force: true });
        }
        await flushFolder(parent);
      }),
    open: (sha256, range) =>
      mapped(async () => {
        checkRange(range);
        const place = placeOf(sha256);
        const facts = await factsOf(place);
        if (facts === undefined) throw new BlobMissing(MISSING);
        return chunksOf(place, range?.start ?? 0, Math.min(range?.end ?? facts.size, facts.size));
      }),
    has: (sha256) => mapped(async () => (await factsOf(placeOf(sha256))) !== undefined),
    stat: (sha256) =>
      mapped(async () => {
        const facts = await factsOf(placeOf(sha256));
        if (facts === undefined) throw new BlobMissing(MISSING);
        return facts;
      }),
    remove: (sha256) =>
      mapped(async () => {
        const place = placeOf(sha256);
        await rm(place, { force: true });
        // What was erased must not come back with a power cut.
        await flushFolder(dirname(place)).catch((error) => {
          if (!isAbsent(error)) throw error;
        });
      }),
    async *list(strange = () => {}) {
      for (const first of await mapped(() => entries(folder))) {
        if (first.name === ASIDE) continue;
        if (!FOLDER.test(first.name) || !first.isDirectory()) strange(first.name);
        else
          for (const { name } of await mapped(() => entries(join(folder, first.name))))
            if (isSha256(name) && name.startsWith(first.name)) yield name;
            else strange(`${first.name}/${name}`);
      }
    },
  };
}

const MISSING = 'The bytes are not where the index says.';

/** @throws BlobDamaged where less or more comes than was announced */
async function fill(path: string, staged: Staged): Promise<void> {
  const received = staged.sealed === true ? undefined : staged.path;
  if (received !== undefined) await linkOrCopy(received, path);
  const file = await open(path, received === undefined ? 'wx' : 'r+', 0o600);
  try {
    if (staged.bytes !== undefined) await writeAll(file, staged.bytes);
    else if (received === undefined) for await (const chunk of staged.read()) await writeAll(file, chunk);
    const { size } = await file.stat();
    if (size !== staged.size) throw new BlobDamaged('Not all of the bytes came that were announced.');
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** A received file on the same file system is not written a second time: nobody changes it any more. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (isAbsent(error) || isFull(error)) throw error;
    await copyFile(from, to);
  }
}

async function* chunksOf(path: string, start: number, end: number): AsyncGenerator<Uint8Array> {
  if (start >= end) return;
  const file = await mapped(() => open(path, 'r'), gone);
  try {
    for (let at = start; at < end; ) {
      const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, end - at));
      const from = at;
      const { bytesRead } = await mapped(() => file.read(buffer, 0, buffer.length, from));
      if (bytesRead === 0) throw new BlobDamaged('The file became shorter while it was read.');
      at += bytesRead;
      yield bytesRead === buffer.length ? buffer : buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function factsOf(path: string): Promise<BlobFacts | undefined> {
  try {
    const facts = await stat(path);
    return facts.isFile() ? { size: facts.size, keptAt: facts.mtime } : undefined;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

async function entries(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

/** Young again: not left over. @returns false where it was taken away since it was looked at */
async function touched(place: string): Promise<boolean> {
  try {
    await utimes(place, new Date(), new Date());
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

const gone = (error: unknown) => (isAbsent(error) ? new BlobMissing(MISSING, { cause: error }) : undefined);

/** The one place where errors of the system become ours. */
async function mapped<T>(
  work: () => Promise<T>,
  special: (error: unknown) => Error | undefined = () => undefined,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const own = special(error);
    if (own !== undefined) throw own;
    if (isFull(error)) throw new StorageFull('The disk is full.', { cause: error });
    if (isOfSystem(error)) throw new BlobsUnavailable('The storage does not work.', { cause: error });
    throw error;
  }
}
