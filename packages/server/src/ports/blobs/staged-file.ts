/** Files in which received bytes wait: plain, or a salt and sealed chunks. */
import { open, readFile, stat } from 'node:fs/promises';
import { BlobDamaged } from './blobs.ts';
import {
  type ChunkKey,
  chunkSealer,
  chunksIn,
  derive,
  KEY_BYTES,
  newSalt,
  openChunks,
  openedLength,
  SALT_BYTES,
} from './seal.ts';

const READ_BYTES = 1 << 18;

const chunkKey = (key: Uint8Array, salt: Uint8Array): ChunkKey => ({
  key: derive(key, salt, 'promontory/1 staged', KEY_BYTES),
  context: salt,
});

/** What stands at the beginning of a sealed file, and the sealer of what follows. */
export function stagedSealer(key: Uint8Array): { head: Uint8Array } & ReturnType<typeof chunkSealer> {
  const salt = newSalt();
  return { head: salt, ...chunkSealer(chunkKey(key, salt)) };
}

/**
 * All of a received file in memory; also for another thread, which gets the path and the key.
 * @throws BlobDamaged where a sealed file was altered
 */
export async function readStagedFile(path: string, key?: Uint8Array): Promise<Uint8Array> {
  if (key === undefined) return readFile(path);
  const { size: sealed } = await stat(path);
  const content = new Uint8Array(sealed < SALT_BYTES ? 0 : openedLength(sealed - SALT_BYTES));
  let at = 0;
  for await (const bytes of stagedChunks(path, key)) {
    content.set(bytes, at);
    at += bytes.length;
  }
  return content;
}

/** A received file as it was received. @throws BlobDamaged where a sealed file was altered */
export async function* stagedChunks(path: string, key?: Uint8Array): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r');
  const from = async function* (start: number) {
    for (let at = start; ; ) {
      const buffer = new Uint8Array(READ_BYTES);
      const { bytesRead } = await file.read(buffer, 0, READ_BYTES, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  };
  try {
    if (key === undefined) {
      yield* from(0);
      return;
    }
    const salt = new Uint8Array(SALT_BYTES);
    const { bytesRead } = await file.read(salt, 0, SALT_BYTES, 0);
    if (bytesRead < SALT_BYTES) throw new BlobDamaged('A received file was cut off.');
    const size = openedLength((await file.stat()).size - SALT_BYTES);
    yield* openChunks(from(SALT_BYTES), chunkKey(key, salt), { size, first: 0, wanted: chunksIn(size) });
  } finally {
    await file.close();
  }
}
