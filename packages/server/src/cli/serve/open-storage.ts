/** Where the archive keeps things: one data folder, and the larger engines where they are set. */
import { randomBytes } from 'node:crypto';
import type { QueueDatabase } from '../../jobs/index.ts';
import {
  type Blobs,
  checkKeys,
  fileBlobs,
  readKeyFile,
  type SealedBlobs,
  type SealKey,
  type StageOptions,
  StagingMemory,
  s3Blobs,
  sealedBlobs,
  verifiedBlobs,
  withQuota,
} from '../../ports/blobs/index.ts';
import { openPglite, openPostgres } from '../../ports/database/index.ts';
import { type DataFolder, openDataFolder } from '../../ports/folder/index.ts';
import { migrate } from '../../schema/index.ts';
import type { Environment } from './environment.ts';
import { openPacs, type PacsStorage } from './open-pacs.ts';
import type { ServeSettings } from './settings.ts';

/** Of all connections together; what comes beyond waits in files. */
const RECEIVED_IN_MEMORY_BYTES = 96 * 2 ** 20;

export interface Storage {
  readonly folder: DataFolder;
  readonly database: QueueDatabase;
  readonly blobs: Blobs;
  /** Where instances lie in a PACS: `blobs` stands on it. */
  readonly pacs?: PacsStorage;
  readonly staging: StageOptions;
  /** Of the encryption at rest, the one for new blobs first; empty where none is set. */
  readonly keys: readonly SealKey[];
  /** Of our own bytes, where a key is set: what `blobs` stands on. */
  readonly sealed?: SealedBlobs;
  close(): Promise<void>;
}

export async function openStorage(
  path: string,
  settings: ServeSettings,
  environment: Environment,
  now: () => Date,
  /** A restore brings tables of its own age, and the migrations with them. */
  schema: 'migrate' | 'leave' = 'migrate',
): Promise<Storage> {
  const folder = await openDataFolder(path, now);
  const closing: (() => unknown)[] = [() => folder.close()];
  const close = async () => {
    for (const end of closing.toReversed()) await end();
  };
  try {
    const url = environment.DATABASE_URL;
    const database = url === undefined ? await openPglite(folder.index) : openPostgres(url);
    closing.push(() => database.close());
    if (schema === 'migrate') await migrate(database);
    const { keyFiles, quotaBytes, s3, pacs: pacsSettings } = settings.storage;
    const keys: SealKey[] = [];
    for (const file of keyFiles) keys.push(...(await readKeyFile(file, folder.path)));
    const plain = s3 === undefined ? filesIn(folder, settings) : s3In(s3, environment, closing);
    await checkKeys(plain, keys);
    const [first, ...older] = keys;
    const atRest = (blobs: Blobs) =>
      first === undefined ? verifiedBlobs(blobs) : sealedBlobs(blobs, [first, ...older]);
    const sealed = first === undefined ? undefined : sealedBlobs(plain, [first, ...older]);
    const kept = sealed ?? verifiedBlobs(plain);
    const blobs =
      quotaBytes === undefined
        ? kept
        : withQuota(kept, { maxBytes: quotaBytes, used: () => bytesHeld(database) });
    const staging: StageOptions = {
      folder: folder.incoming,
      memory: new StagingMemory(RECEIVED_IN_MEMORY_BYTES),
      freeSpaceGuardBytes: settings.storage.freeSpaceGuardBytes,
      // Forgotten with the process: what a crash leaves behind can be read by nobody.
      ...(first === undefined ? {} : { seal: randomBytes(32) }),
    };
    const opened = { folder, database, keys, staging, close, ...(sealed === undefined ? {} : { sealed }) };
    if (pacsSettings === undefined) return { ...opened, blobs };
    const { maxInstanceBytes } = settings.storage;
    const ground = { folder, database, local: blobs, atRest, staging, maxInstanceBytes, environment, now };
    const pacs = await openPacs(pacsSettings, ground);
    closing.push(() => pacs.close());
    return { ...opened, blobs: pacs.blobs, pacs };
  } catch (error) {
    await close();
    throw error;
  }
}

const filesIn = (folder: DataFolder, { storage }: ServeSettings): Blobs =>
  fileBlobs(folder.blobs, { freeSpaceGuardBytes: storage.freeSpaceGuardBytes });

function s3In(
  settings: NonNullable<ServeSettings['storage']['s3']>,
  environment: Environment,
  closing: (() => unknown)[],
): Blobs {
  const { endpoint, region, bucket, prefix, pathStyle } = settings;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  const blobs = s3Blobs({
    ...(endpoint === undefined ? {} : { endpoint }),
    region,
    bucket,
    prefix,
    pathStyle,
    ...(accessKeyId === undefined || secretAccessKey === undefined
      ? {}
      : { credentials: { accessKeyId, secretAccessKey } }),
  });
  closing.push(() => blobs.close());
  return blobs;
}

async function bytesHeld(database: QueueDatabase): Promise<number> {
  const [row] = await database.query<{ bytes: number }>(
    'select coalesce(sum(byte_count), 0)::bigint as bytes from study',
  );
  return Number(row?.bytes ?? 0);
}
