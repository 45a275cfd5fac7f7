/** Where the archive keeps things: one data folder, and the larger engines where they are set. */
import { randomBytes } from 'node:crypto';
import type { QueueDatabase } from '../../jobs/index.ts';
import {
  type Blobs,
  checkKeys,
  fileBlobs,
  readKeyFile,
  type SealKey,
  type StageOptions,
  s3Blobs,
  sealedBlobs,
  verifiedBlobs,
  withQuota,
} from '../../ports/blobs/index.ts';
import { openPglite, openPostgres } from '../../ports/database/index.ts';
import { type DataFolder, openDataFolder } from '../../ports/folder/index.ts';
import { migrate } from '../../schema/index.ts';
import type { ServeSettings } from './settings.ts';

/** Variables of the environment: secrets do not stand in the settings file. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Storage {
  readonly folder: DataFolder;
  readonly database: QueueDatabase;
  readonly blobs: Blobs;
  readonly staging: StageOptions;
  /** Of the encryption at rest, the one for new blobs first; empty where none is set. */
  readonly keys: readonly SealKey[];
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
    const { keyFiles, quotaBytes, s3 } = settings.storage;
    const keys: SealKey[] = [];
    for (const file of keyFiles) keys.push(...(await readKeyFile(file, folder.path)));
    const plain = s3 === undefined ? filesIn(folder, settings) : s3In(s3, environment, closing);
    await checkKeys(plain, keys);
    const [first, ...older] = keys;
    const sealed = first === undefined ? verifiedBlobs(plain) : sealedBlobs(plain, [first, ...older]);
    const blobs =
      quotaBytes === undefined
        ? sealed
        : withQuota(sealed, { maxBytes: quotaBytes, used: () => bytesHeld(database) });
    return {
      folder,
      database,
      blobs,
      keys,
      staging: {
        folder: folder.incoming,
        freeSpaceGuardBytes: settings.storage.freeSpaceGuardBytes,
        // Forgotten with the process: what a crash leaves behind can be read by nobody.
        ...(first === undefined ? {} : { seal: randomBytes(32) }),
      },
      close,
    };
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
