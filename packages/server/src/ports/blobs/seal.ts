/**
 * Sealing of bytes at rest: AES-256-GCM over chunks of 64 KiB, each under a nonce of its number and of whether it is the
 * last (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015): chunks that are altered, left out,
 * put elsewhere or cut off at the end are refused. docs/storage.md has the format byte by byte.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { BlobDamaged } from './blobs.ts';

export const CHUNK_BYTES = 1 << 16;
export const TAG_BYTES = 16;
export const SALT_BYTES = 32;
export const KEY_BYTES = 32;
const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;
const CIPHER = 'aes-256-gcm';

export interface ChunkKey {
  /** 32 bytes that seal one content only: nonces count from 0. */
  readonly key: Uint8Array;
  /** What the chunks belong to. */
  readonly context: Uint8Array;
}

/** An empty content is one empty chunk. */
export const chunksIn = (size: number): number => Math.max(1, Math.ceil(size / CHUNK_BYTES));

/** Bytes that the chunks of a content take. */
export const sealedLength = (size: number): number => size + TAG_BYTES * chunksIn(size);

/** The content's bytes in sealed chunks of this length. @throws BlobDamaged where no content has such a length */
export function openedLength(sealed: number): number {
  const chunks = Math.ceil(sealed / SEALED_CHUNK_BYTES);
  const size = sealed - TAG_BYTES * chunks;
  if (size < 0 || chunks === 0 || sealedLength(size) !== sealed) throw new BlobDamaged(ALTERED);
  return size;
}

/** Where a chunk starts within the sealed chunks. */
export const chunkStart = (index: number): number => index * SEALED_CHUNK_BYTES;

export function derive(secret: Uint8Array, salt: Uint8Array, purpose: string, bytes: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt, purpose, bytes));
}

export const newSalt = (): Uint8Array => randomBytes(SALT_BYTES);

/** 7 zeros, the chunk's number, 1 for the last. */
function nonceOf(index: number, last: boolean): Uint8Array {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(index, 7);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

export function sealChunk(
  { key, context }: ChunkKey,
  index: number,
  last: boolean,
  plain: Uint8Array,
): Uint8Array {
  const cipher = createCipheriv(CIPHER, key, nonceOf(index, last));
  cipher.setAAD(context);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** @throws BlobDamaged */
export function openChunk(
  { key, context }: ChunkKey,
  index: number,
  last: boolean,
  sealed: Uint8Array,
): Uint8Array {
  if (sealed.length < TAG_BYTES) throw new BlobDamaged(ALTERED);
  const body = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, key, nonceOf(index, last), { authTagLength: TAG_BYTES });
  decipher.setAAD(context);
  decipher.setAuthTag(sealed.subarray(body));
  const plain = decipher.update(sealed.subarray(0, body));
  try {
    decipher.final();
  } catch (cause) {
    throw new BlobDamaged(ALTERED, { cause });
  }
  return plain;
}

const ALTERED = 'The sealed bytes were altered, cut off, or sealed with another key.';

/** Seals bytes as they come. What is known to be the last chunk only at the end is held back until then. */
export function chunkSealer(key: ChunkKey): {
  push(bytes: Uint8Array): Uint8Array[];
  end(): Uint8Array;
} {
  const waiting = new Uint8Array(CHUNK_BYTES);
  let filled = 0;
  let index = 0;
  return {
    push(bytes) {
      const sealed: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; ) {
        if (filled === CHUNK_BYTES) {
          sealed.push(sealChunk(key, index++, false, waiting));
          filled = 0;
        }
        const part = bytes.subarray(at, at + CHUNK_BYTES - filled);
        waiting.set(part, filled);
        filled += part.length;
        at += part.length;
      }
      return sealed;
    },
    end: () => sealChunk(key, index, true, waiting.subarray(0, filled)),
  };
}

/**
 * Opens chunks `first`, `first + 1`, … of `chunks` as far as the source goes; all of `wanted` must come.
 * @throws BlobDamaged
 */
export async function* openChunks(
  source: AsyncIterable<Uint8Array>,
  key: ChunkKey,
  place: { readonly size: number; readonly first: number; readonly wanted: number },
): AsyncGenerator<Uint8Array> {
  const last = chunksIn(place.size) - 1;
  const lengthOf = (index: number) =>
    (index === last ? place.size - last * CHUNK_BYTES : CHUNK_BYTES) + TAG_BYTES;
  let index = place.first;
  const end = place.first + place.wanted;
  let pending: Uint8Array = new Uint8Array(0);
  for await (const bytes of source) {
    pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
    while (index < end && pending.length >= lengthOf(index)) {
      const length = lengthOf(index);
      yield openChunk(key, index, index === last, pending.subarray(0, length));
      pending = pending.subarray(length);
      index += 1;
    }
    if (index === end && pending.length > 0) break;
  }
  if (index < end || pending.length > 0) throw new BlobDamaged(ALTERED);
}
