import { createCipheriv, createDecipheriv } from 'node:crypto';
import { ahead } from './ahead.ts';
import {
  BlobDamaged,
  BlobMissing,
  type Blobs,
  type ByteRange,
  checkRange,
  readAll,
  type Sha256,
  type Staged,
} from './blobs.ts';
import {
  CHUNK_BYTES,
  type ChunkKey,
  chunkSealer,
  chunkStart,
  chunksIn,
  derive,
  KEY_BYTES,
  newSalt,
  openChunks,
  openedLength,
  sealedLength,
  TAG_BYTES,
} from './seal.ts';
import { KeyFileRefused, type SealKey } from './seal-keys.ts';

/** `PMTSEAL` and the version of the format. */
const MAGIC = Buffer.from('PMTSEAL\u0001', 'latin1');
const ID_AT = 8;
const SALT_AT = 16;
/** From here on the head is sealed: SHA-256 and size of the content, and their tag. */
const FACTS_AT = 48;
const FACTS_BYTES = 40;
export const HEAD_BYTES = FACTS_AT + FACTS_BYTES + TAG_BYTES;
/** Heads that are read at a time while the blobs are listed. */
const AHEAD = 16;

export interface SealedBlobs extends Blobs {
  /**
   * Every sealing in the store, in no order; one content has two where a process ended between keeping it with the first
   * key and taking the older sealing away.
   */
  sealings(): AsyncIterable<Sealing>;
  /**
   * Seals with the first key what an older one sealed, and takes the older sealings away. Nothing is lost at whatever
   * moment it ends, and it may be asked again. What is not there stays so.
   * @returns whether there was anything to do
   * @throws BlobDamaged, StorageFull; the older sealing stays then
   */
  reseal(sha256: Sha256): Promise<boolean>;
}

/** `unknown`: none of these keys sealed it, or its head was altered. */
export type Sealing =
  | { readonly by: 'first' | 'older'; readonly sha256: Sha256 }
  | { readonly by: 'unknown'; readonly name: string };

/**
 * Blobs sealed with the first of the keys; the others open what was sealed before. A plain SHA-256 as name would tell
 * who knows a file that it is here: the names in the store are HMACs of it.
 */
export function sealedBlobs(blobs: Blobs, keys: readonly [SealKey, ...SealKey[]]): SealedBlobs {
  const [first, ...older] = keys;

  /** The key under whose name a blob lies. */
  async function holderOf(sha256: Sha256): Promise<SealKey | undefined> {
    for (const key of keys) if (await blobs.has(key.nameOf(sha256))) return key;
    return undefined;
  }

  async function holding(sha256: Sha256): Promise<SealKey> {
    // One key is the usual case: then the store is asked once only, by what is wanted of it.
    const holder = older.length === 0 ? first : await holderOf(sha256);
    if (holder === undefined) throw new BlobMissing('The bytes are not where the index says.');
    return holder;
  }

  async function keep(staged: Staged): Promise<void> {
    await blobs.keep(sealedStage(staged, first));
    for (const key of older) await blobs.remove(key.nameOf(staged.sha256));
  }

  async function open(sha256: Sha256, range?: ByteRange): Promise<AsyncIterable<Uint8Array>> {
    checkRange(range);
    const key = await holding(sha256);
    const name = key.nameOf(sha256);
    return range === undefined
      ? openWhole(await blobs.open(name), key, sha256)
      : openRange(blobs, name, await blobs.open(name, { start: 0, end: HEAD_BYTES }), key, sha256, range);
  }

  /** What lies under a name in the store; `undefined` where it went since it was listed. */
  async function sealingAt(name: string): Promise<Sealing | undefined> {
    try {
      const head = await readAll(await blobs.open(name, { start: 0, end: HEAD_BYTES }));
      const key = keys.find(({ id }) => Buffer.from(id).equals(head.subarray(ID_AT, SALT_AT)));
      if (key === undefined) return { by: 'unknown', name };
      const { sha256 } = openHead(head, key);
      if (key.nameOf(sha256) !== name) return { by: 'unknown', name };
      return { by: key === first ? 'first' : 'older', sha256 };
    } catch (error) {
      if (error instanceof BlobDamaged) return { by: 'unknown', name };
      if (error instanceof BlobMissing) return undefined;
      throw error;
    }
  }

  async function* sealings(): AsyncGenerator<Sealing> {
    const strange: string[] = [];
    const found = ahead(
      blobs.list((name) => strange.push(name)),
      AHEAD,
      sealingAt,
    );
    for await (const sealing of found) if (sealing !== undefined) yield sealing;
    for (const name of strange) yield { by: 'unknown', name };
  }

  /** A content is told once, whether an older sealing of it was left beside the first key's or not. */
  async function* list(strange: (name: string) => void = () => {}): AsyncGenerator<Sha256> {
    for await (const sealing of sealings())
      if (sealing.by === 'unknown') strange(sealing.name);
      else if (sealing.by === 'first' || !(await blobs.has(first.nameOf(sealing.sha256))))
        yield sealing.sha256;
  }

  return {
    keep,
    open,
    list,
    has: async (sha256) => (await holderOf(sha256)) !== undefined,
    async stat(sha256) {
      const { size, keptAt } = await blobs.stat((await holding(sha256)).nameOf(sha256));
      return { size: openedLength(size - HEAD_BYTES), keptAt };
    },
    async remove(sha256) {
      for (const key of keys) await blobs.remove(key.nameOf(sha256));
    },
    sealings,
    async reseal(sha256) {
      let from: SealKey | undefined;
      for (const key of older) if (await blobs.has(key.nameOf(sha256))) from ??= key;
      if (from === undefined) return false;
      const name = from.nameOf(sha256);
      const { size } = headOf(
        await readAll(await blobs.open(name, { start: 0, end: HEAD_BYTES })),
        from,
        sha256,
      );
      const read = () => later(async () => openWhole(await blobs.open(name), from, sha256));
      // Also where the first key's sealing is there: the store then only flushes its name again.
      await keep({ sha256, size, read, discard: async () => {} });
      return true;
    },
  };
}

/**
 * Asked at start: a store that is read with other keys than it was written with looks as if all its bytes were missing.
 * @param blobs the store as it is, not sealed
 * @throws KeyFileRefused where what lies there first cannot be opened with these keys, or without any
 */
export async function checkKeys(blobs: Blobs, keys: readonly SealKey[]): Promise<void> {
  for await (const name of blobs.list()) {
    const head = Buffer.from(await readAll(await blobs.open(name, { start: 0, end: SALT_AT })));
    const sealed = head.subarray(0, ID_AT).equals(MAGIC);
    if (sealed && !keys.some(({ id }) => head.subarray(ID_AT).equals(id)))
      throw new KeyFileRefused(
        keys.length === 0
          ? 'The store is sealed. Give its key file.'
          : 'The store is sealed with a key that is not in the key file.',
      );
    if (!sealed && keys.length > 0)
      throw new KeyFileRefused(
        'The store holds bytes in the open. To seal them take a backup, and restore it with the key into a new store.',
      );
    return;
  }
}

async function* later(open: () => Promise<AsyncIterable<Uint8Array>>): AsyncGenerator<Uint8Array> {
  yield* await open();
}

/** What is to be kept, as the store gets it. Each reading seals anew, under a salt of its own. */
function sealedStage(staged: Staged, key: SealKey): Staged {
  return {
    sha256: key.nameOf(staged.sha256),
    size: HEAD_BYTES + sealedLength(staged.size),
    async *read() {
      const { head, chunks } = newHead(staged, key);
      yield head;
      const sealer = chunkSealer(chunks);
      for await (const bytes of staged.bytes === undefined ? staged.read() : [staged.bytes])
        yield* sealer.push(bytes);
      yield sealer.end();
    },
    discard: async () => {},
  };
}

/** Keys of one blob: one for its head, one for its chunks. */
function keysOf(key: SealKey, salt: Uint8Array): { forHead: Uint8Array; forChunks: Uint8Array } {
  const both = derive(key.secret, salt, 'promontory/1 blob', 2 * KEY_BYTES);
  return { forHead: both.subarray(0, KEY_BYTES), forChunks: both.subarray(KEY_BYTES) };
}

/** The head in the open, and the content's name: what a chunk belongs to. */
const contextOf = (open: Uint8Array, sha256: Sha256): Uint8Array =>
  Buffer.concat([open, Buffer.from(sha256, 'hex')]);

function newHead(
  staged: Pick<Staged, 'sha256' | 'size'>,
  key: SealKey,
): { head: Uint8Array; chunks: ChunkKey } {
  const salt = newSalt();
  const open = Buffer.concat([MAGIC, key.id, salt]);
  const { forHead, forChunks } = keysOf(key, salt);
  const facts = Buffer.alloc(FACTS_BYTES);
  facts.write(staged.sha256, 'hex');
  facts.writeBigUInt64BE(BigInt(staged.size), 32);
  const cipher = createCipheriv('aes-256-gcm', forHead, Buffer.alloc(12));
  cipher.setAAD(open);
  const head = Buffer.concat([open, cipher.update(facts), cipher.final(), cipher.getAuthTag()]);
  return { head, chunks: { key: forChunks, context: contextOf(open, staged.sha256) } };
}

interface Head {
  readonly sha256: Sha256;
  readonly size: number;
  readonly chunks: ChunkKey;
}

/** @throws BlobDamaged */
function openHead(head: Uint8Array, key: SealKey): Head {
  const open = head.subarray(0, FACTS_AT);
  if (head.length !== HEAD_BYTES || !MAGIC.equals(open.subarray(0, ID_AT)))
    throw new BlobDamaged('The bytes are not sealed.');
  if (!Buffer.from(key.id).equals(open.subarray(ID_AT, SALT_AT)))
    throw new BlobDamaged('The bytes were sealed with another key.');
  const { forHead, forChunks } = keysOf(key, open.subarray(SALT_AT));
  const decipher = createDecipheriv('aes-256-gcm', forHead, Buffer.alloc(12), { authTagLength: TAG_BYTES });
  decipher.setAAD(open);
  decipher.setAuthTag(head.subarray(HEAD_BYTES - TAG_BYTES));
  const facts = decipher.update(head.subarray(FACTS_AT, HEAD_BYTES - TAG_BYTES));
  try {
    decipher.final();
  } catch (cause) {
    throw new BlobDamaged('The head of the sealed bytes was altered.', { cause });
  }
  const sha256 = facts.toString('hex', 0, 32);
  const size = Number(facts.readBigUInt64BE(32));
  return { sha256, size, chunks: { key: forChunks, context: contextOf(open, sha256) } };
}

/** @throws BlobDamaged where another blob lies under the name */
function headOf(head: Uint8Array, key: SealKey, sha256: Sha256): Head {
  const opened = openHead(head, key);
  if (opened.sha256 !== sha256) throw new BlobDamaged('Another blob lies under this name.');
  return opened;
}

async function* openWhole(
  sealed: AsyncIterable<Uint8Array>,
  key: SealKey,
  sha256: Sha256,
): AsyncGenerator<Uint8Array> {
  const source = sealed[Symbol.asyncIterator]();
  try {
    let start: Uint8Array = new Uint8Array(0);
    while (start.length < HEAD_BYTES) {
      const next = await source.next();
      if (next.done === true) break;
      start = start.length === 0 ? next.value : Buffer.concat([start, next.value]);
    }
    const { size, chunks } = headOf(start.subarray(0, HEAD_BYTES), key, sha256);
    const rest = async function* () {
      yield start.subarray(HEAD_BYTES);
      for (;;) {
        const next = await source.next();
        if (next.done === true) return;
        yield next.value;
      }
    };
    yield* openChunks(rest(), chunks, { size, first: 0, wanted: chunksIn(size) });
  } finally {
    await source.return?.();
  }
}

/** Only the chunks that the range touches are fetched and opened. */
async function* openRange(
  blobs: Blobs,
  name: string,
  headBytes: AsyncIterable<Uint8Array>,
  key: SealKey,
  sha256: Sha256,
  range: ByteRange,
): AsyncGenerator<Uint8Array> {
  const { size, chunks } = headOf(await readAll(headBytes), key, sha256);
  const end = Math.min(range.end, size);
  if (range.start >= end) return;
  const first = Math.floor(range.start / CHUNK_BYTES);
  const wanted = Math.ceil(end / CHUNK_BYTES) - first;
  const sealed = await blobs.open(name, {
    start: HEAD_BYTES + chunkStart(first),
    end: Math.min(HEAD_BYTES + chunkStart(first + wanted), HEAD_BYTES + sealedLength(size)),
  });
  let at = first * CHUNK_BYTES;
  for await (const plain of openChunks(sealed, chunks, { size, first, wanted })) {
    yield plain.subarray(Math.max(0, range.start - at), Math.min(plain.length, end - at));
    at += plain.length;
  }
}
