/** What a backup looks like: bytes by their hashes, and one manifest, written last, that names them. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../audit/index.ts';
import {
  BlobDamaged,
  BlobMissing,
  type Blobs,
  fileBlobs,
  type SealKey,
  type Sha256,
  type StageOptions,
  sealedBlobs,
  verified,
} from '../ports/blobs/index.ts';
import { flushFolder, isAbsent, writeDurably } from '../ports/durable/index.ts';
import { DataFolderInUse, lockFile } from '../ports/folder/index.ts';

/** The backup cannot be restored from; `files` says what is damaged. No retry helps: take another backup. */
export class BackupDamaged extends Error {
  override readonly name = 'BackupDamaged';
  /** Paths within the backup; the first hundred. */
  readonly files: readonly string[];
  constructor(message: string, files: readonly string[], options?: ErrorOptions) {
    super(message, options);
    this.files = files;
  }
}

/** The folder is not one for backups. Nothing was changed. */
export class BackupRefused extends Error {
  override readonly name = 'BackupRefused';
}

const SHA256 = z.string().regex(/^[0-9a-f]{64}$/);
const COUNT = z.number().int().nonnegative();
const FILE = z.object({ sha256: SHA256, size: COUNT });

const CONTENT = z.object({
  format: z.literal('promontory-backup'),
  version: z.literal(1),
  at: z.iso.datetime(),
  /** Migrations that the tables stand at. */
  schema: z.array(z.string()),
  tables: z.array(
    z.object({
      name: z.string(),
      columns: z.array(z.string()),
      rows: COUNT,
      /** gzip of one JSON object a line. */
      file: FILE,
    }),
  ),
  sequences: z.array(z.object({ name: z.string(), value: z.number().int() })),
  blobs: z.object({
    count: COUNT,
    bytes: COUNT,
    /** `sha256 size` a line, in the order of the names. */
    list: FILE,
    /** Bytes that rows name and that were missing or damaged already when the backup was taken. */
    missing: z.array(SHA256),
    /** How many images lie in a PACS; they stand neither in the list nor among the missing. */
    inPacs: COUNT.optional(),
  }),
});
const MANIFEST = CONTENT.extend({ check: SHA256 });

export type BackupContent = z.infer<typeof CONTENT>;

const MANIFEST_NAME = 'manifest.json';
/** Tells the folder from others, before its first backup is finished too. */
const MARK = 'promontory-backup.json';

const checkOf = (content: BackupContent): string =>
  createHash('sha256').update(canonicalJson(content)).digest('hex');

export interface BackupFolder {
  readonly blobs: Blobs;
  readonly staging: StageOptions;
  /** @throws BackupDamaged; absent where no backup was ever finished */
  manifest(): Promise<BackupContent | undefined>;
  /** The backup is what this says from here on: at once or not at all. */
  finish(content: BackupContent): Promise<void>;
  /** Where in the folder bytes lie, or should. */
  pathOf(sha256: Sha256): Promise<string>;
  /** @returns whether the bytes are there and what their name says */
  isWhole(sha256: Sha256): Promise<boolean>;
  close(): void;
}

/**
 * Opens a folder for backups, for this process alone.
 * @param purpose a folder that is only read may lie on a medium that cannot be written
 * @param keys seal what is written; needed for reading what was sealed
 * @throws DataFolderInUse, BackupRefused
 */
export async function openBackupFolder(
  folder: string,
  purpose: 'read' | 'write',
  keys?: readonly [SealKey, ...SealKey[]],
): Promise<BackupFolder> {
  if (purpose === 'write') await mkdir(folder, { recursive: true, mode: 0o700 });
  await checkMark(folder, purpose);
  const close = lock(folder, purpose);
  const [incoming, place] = [join(folder, 'incoming'), join(folder, 'blobs')];
  try {
    if (purpose === 'write') {
      await writeDurably(join(folder, MARK), '{"promontoryBackup":1}\n');
      // What a backup that was cut off left behind.
      for (const left of [incoming, join(place, 'aside')]) await rm(left, { recursive: true, force: true });
    }
  } catch (error) {
    close();
    throw error;
  }
  const files = fileBlobs(place, { freeSpaceGuardBytes: 0 });
  const blobs = keys === undefined ? files : sealedBlobs(files, keys);
  return {
    blobs,
    staging: {
      folder: incoming,
      freeSpaceGuardBytes: 0,
      ...(keys === undefined ? {} : { seal: randomBytes(32) }),
    },
    manifest: () => readManifest(folder),
    async finish(content) {
      // Bytes that an earlier run brought, which was killed before it flushed their names.
      for (const entry of await readdir(place, { withFileTypes: true }))
        if (entry.isDirectory()) await flushFolder(join(place, entry.name));
      const text = JSON.stringify({ ...content, check: checkOf(content) }, undefined, 1);
      await writeDurably(join(folder, MANIFEST_NAME), `${text}\n`);
    },
    async pathOf(sha256) {
      let [name = sha256] = keys?.map((key) => key.nameOf(sha256)) ?? [];
      for (const key of keys ?? []) if (await files.has(key.nameOf(sha256))) name = key.nameOf(sha256);
      return `blobs/${name.slice(0, 2)}/${name}`;
    },
    isWhole: (sha256) => isWhole(blobs, sha256),
    close,
  };
}

async function checkMark(folder: string, purpose: 'read' | 'write'): Promise<void> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    throw new BackupRefused('The folder of the backup cannot be read.', { cause });
  }
  if (names.includes(MARK)) return;
  if (purpose === 'read') throw new BackupRefused('The folder holds no backup.');
  if (names.some((name) => !name.startsWith('lock') && !name.startsWith(MARK)))
    throw new BackupRefused(
      'The folder holds something else. Choose an empty one, or one of an earlier backup.',
    );
}

function lock(folder: string, purpose: 'read' | 'write'): () => void {
  try {
    return lockFile(join(folder, 'lock'));
  } catch (cause) {
    if (cause instanceof DataFolderInUse)
      throw new DataFolderInUse('Another backup or restore works with this folder.', { cause });
    if (purpose === 'read') return () => {};
    throw new BackupRefused('The folder of the backup cannot be locked or written.', { cause });
  }
}

async function readManifest(folder: string): Promise<BackupContent | undefined> {
  let text: string;
  try {
    text = await readFile(join(folder, MANIFEST_NAME), 'utf8');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
  const damaged = (cause?: unknown) =>
    new BackupDamaged('The manifest of the backup is damaged.', [MANIFEST_NAME], { cause });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw damaged(cause);
  }
  const { version } = (parsed ?? {}) as { version?: unknown };
  if (typeof version === 'number' && version > 1)
    throw new BackupDamaged('The backup was made by a later version. Restore it with that version.', []);
  const manifest = MANIFEST.safeParse(parsed);
  if (!manifest.success) throw damaged(manifest.error);
  const { check, ...content } = manifest.data;
  if (checkOf(content) !== check) throw damaged();
  return content;
}

async function isWhole(blobs: Blobs, sha256: Sha256): Promise<boolean> {
  try {
    for await (const _ of verified(await blobs.open(sha256), sha256));
    return true;
  } catch (error) {
    if (error instanceof BlobMissing || error instanceof BlobDamaged) return false;
    throw error;
  }
}
