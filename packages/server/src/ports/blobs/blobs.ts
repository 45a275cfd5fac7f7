/**
 * Where the bytes of instances and results lie: written once under the SHA-256 of what they hold, never rewritten.
 * No string of a client reaches a name here (reliability row 7).
 */

/** 64 lower-case hexadecimal digits. */
export type Sha256 = string;

const SHA256 = /^[0-9a-f]{64}$/;
export const isSha256 = (text: string): text is Sha256 => SHA256.test(text);

/** Bytes that have been received and hashed but are not kept yet. */
export interface Staged {
  readonly sha256: Sha256;
  readonly size: number;
  /** Small contents stay in memory, which others write into once they are discarded. */
  readonly bytes?: Uint8Array;
  /** Large ones lie in a file that only the holder knows; sealed where a key is set. */
  readonly path?: string;
  /** Whether what lies at `path` is sealed: then only `read()` and `readStagedFile` with the key tell the bytes. */
  readonly sealed?: boolean;
  /** From the beginning, each time. */
  read(): AsyncIterable<Uint8Array>;
  /** Forgets them; harmless when they were kept already. */
  discard(): Promise<void>;
}

export interface ByteRange {
  /** First byte, from 0. */
  readonly start: number;
  /** One past the last byte; what lies beyond the blob's end is left out. */
  readonly end: number;
}

export interface BlobFacts {
  /** Bytes of the content, whatever the store adds to it. */
  readonly size: number;
  /** When it was last kept, also where it was there already. */
  readonly keptAt: Date;
}

/** Every method may throw `BlobsUnavailable`. */
export interface Blobs {
  /** Durable when this resolves. Keeping what is kept already does nothing. @throws StorageFull */
  keep(staged: Staged): Promise<void>;
  /**
   * Holds nothing open until the first chunk is asked for, so that an answer may be dropped.
   * @throws BlobMissing; a sealed blob that was altered fails while it is read (BlobDamaged)
   */
  open(sha256: Sha256, range?: ByteRange): Promise<AsyncIterable<Uint8Array>>;
  has(sha256: Sha256): Promise<boolean>;
  /** @throws BlobMissing */
  stat(sha256: Sha256): Promise<BlobFacts>;
  /** Removing what is not there does nothing. */
  remove(sha256: Sha256): Promise<void>;
  /** All of them, in no order; `strange` is told names in the store that stand for no blob of it. */
  list(strange?: (name: string) => void): AsyncIterable<Sha256>;
}

/** The index names bytes that are not there: `promontory fsck` tells what else is missing. No retry helps. */
export class BlobMissing extends Error {
  override readonly name = 'BlobMissing';
}

/** The bytes are not what their name says. No retry helps; restore them from the backup. */
export class BlobDamaged extends Error {
  override readonly name = 'BlobDamaged';
}

/** No room: disk full, below the guarded free space, or beyond the quota. A retry helps once there is room. */
export class StorageFull extends Error {
  override readonly name = 'StorageFull';
}

/** The store does not answer, or refuses the archive itself. A retry helps once it is back; nothing was half done. */
export class BlobsUnavailable extends Error {
  override readonly name = 'BlobsUnavailable';
}

/** @throws RangeError where the numbers are none of bytes: a defect of the caller */
export function checkRange(range: ByteRange | undefined): void {
  if (range === undefined) return;
  if (!Number.isSafeInteger(range.start) || range.start < 0 || !(range.end >= range.start))
    throw new RangeError('A byte range has a start from 0 and an end that is not before it.');
}

/** All of a blob in memory. */
export async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
}
