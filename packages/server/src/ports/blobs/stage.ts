import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { isFull, isOfSystem, writeAll } from '../durable/index.ts';
import { BlobsUnavailable, type Staged, StorageFull } from './blobs.ts';
import { stagedChunks, stagedSealer } from './staged-file.ts';
import { type Block, StagingMemory } from './staging-memory.ts';

export interface StageOptions {
  /** Where what does not fit in memory waits; emptied at start. */
  readonly folder: string;
  /** Held in memory up to this size, as long as there is some. Default and most 8 MiB. */
  readonly memoryBytes?: number;
  /** Shared by all that is received at once; default one of its own. */
  readonly memory?: StagingMemory;
  /** 32 bytes: files in the folder are sealed with it. Best random at each start and never written down. */
  readonly seal?: Uint8Array;
  /** Below this much free space nothing more is written: the database needs room, too. Default 1 GiB. */
  readonly freeSpaceGuardBytes?: number;
}

const MEMORY_BYTES = 8 * 2 ** 20;
/** So much is written between two looks at the free space. */
const LOOK_EVERY_BYTES = 64 * 2 ** 20;

/**
 * Receives bytes: hashes them as they come, and spills to a file what is too large for memory, or comes when there is
 * none left. What breaks off leaves nothing behind.
 * @throws StorageFull, BlobsUnavailable; whatever the source throws
 */
export async function stage(source: AsyncIterable<Uint8Array>, options: StageOptions): Promise<Staged> {
  const { memoryBytes = MEMORY_BYTES, memory = new StagingMemory(2 * MEMORY_BYTES) } = options;
  const hash = createHash('sha256');
  let block: Block | undefined;
  let size = 0;
  let spill: Spill | undefined;
  const release = () => {
    if (block !== undefined) memory.give(block);
    block = undefined;
  };
  try {
    for await (const chunk of source) {
      hash.update(chunk);
      const before = size;
      size += chunk.length;
      if (spill === undefined) {
        const roomy = size <= memoryBytes ? grown(block, before, size, memory) : undefined;
        if (roomy !== undefined) {
          block = roomy;
          block.set(chunk, before);
          continue;
        }
        spill = await mapped(() => startSpill(options));
        const held = block?.subarray(0, before);
        if (held !== undefined) await mapped(() => (spill as Spill).write(held));
        release();
      }
      await mapped(() => (spill as Spill).write(chunk));
    }
    if (spill !== undefined) await mapped(spill.end);
  } catch (error) {
    release();
    await spill?.abandon();
    throw error;
  }
  const sha256 = hash.digest('hex');
  if (spill !== undefined) return onDisk(sha256, size, spill.path, options.seal);
  return inMemory(sha256, block?.subarray(0, size) ?? new Uint8Array(0), release);
}

/** A block for `size` bytes that begins with the `filled` ones of the given; undefined where there is none. */
function grown(
  block: Block | undefined,
  filled: number,
  size: number,
  memory: StagingMemory,
): Block | undefined {
  if (block !== undefined && size <= block.length) return block;
  const larger = memory.take(size);
  if (larger === undefined || block === undefined) return larger;
  larger.set(block.subarray(0, filled));
  memory.give(block);
  return larger;
}

const inMemory = (sha256: string, bytes: Uint8Array, release: () => void): Staged => ({
  sha256,
  size: bytes.length,
  bytes,
  async *read() {
    yield bytes;
  },
  discard: async () => release(),
});

const onDisk = (sha256: string, size: number, path: string, seal: Uint8Array | undefined): Staged => ({
  sha256,
  size,
  path,
  sealed: seal !== undefined,
  read: () => stagedChunks(path, seal),
  discard: () => rm(path, { force: true }),
});

interface Spill {
  readonly path: string;
  write(bytes: Uint8Array): Promise<void>;
  end(): Promise<void>;
  abandon(): Promise<void>;
}

async function startSpill({ folder, seal, freeSpaceGuardBytes = 2 ** 30 }: StageOptions): Promise<Spill> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, randomUUID());
  const file: FileHandle = await open(path, 'wx', 0o600);
  const sealer = seal === undefined ? undefined : stagedSealer(seal);
  let unlooked = LOOK_EVERY_BYTES;
  const put = async (bytes: Uint8Array) => {
    unlooked += bytes.length;
    if (unlooked >= LOOK_EVERY_BYTES) {
      unlooked = 0;
      const { bavail, bsize } = await statfs(folder);
      if (bavail * bsize < freeSpaceGuardBytes)
        throw new StorageFull('Too little free space is left for more images.');
    }
    await writeAll(file, bytes);
  };
  const abandon = async () => {
    await file.close().catch(() => {});
    await rm(path, { force: true });
  };
  try {
    if (sealer !== undefined) await put(sealer.head);
  } catch (error) {
    await abandon();
    throw error;
  }
  return {
    path,
    abandon,
    async write(bytes) {
      if (sealer === undefined) await put(bytes);
      else for (const sealed of sealer.push(bytes)) await put(sealed);
    },
    async end() {
      if (sealer !== undefined) await put(sealer.end());
      await file.close();
    },
  };
}

async function mapped<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isFull(error)) throw new StorageFull('The disk is full.', { cause: error });
    if (isOfSystem(error)) throw new BlobsUnavailable('The storage does not work.', { cause: error });
    throw error;
  }
}
