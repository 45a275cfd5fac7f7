/**
 * What the server under test stands on: the embedded index and files, or, where `PROMONTORY_TEST_POSTGRES` (URL of an
 * administrator) and `PROMONTORY_TEST_S3` (endpoint; any credentials, or those of `AWS_…`) name them, PostgreSQL and an
 * object store, with a database and a bucket of its own for each server.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import pg from 'pg';
import type { StartOptions } from './peers/promontory.ts';

/** Settings of the server; of `storage`, what the engine does not set. */
export type Settings = Readonly<Record<string, unknown>> & { readonly storage?: object };

export interface Engine {
  readonly name: string;
  readonly embedded: boolean;
  /** Where the server's own folder lies, kept over restarts. */
  readonly folder: string;
  /** What to start the server, or a command over the same archive, with. */
  start(settings?: Settings): StartOptions & { readonly folder: string };
  /** Takes all of it away. */
  release(): Promise<void>;
}

export interface Engines {
  /** URL of an administrator. */
  readonly postgres: string;
  readonly s3: string;
}

const { PROMONTORY_TEST_POSTGRES: postgres, PROMONTORY_TEST_S3: s3 } = process.env;
export const testEngines: Engines | undefined =
  postgres === undefined || s3 === undefined ? undefined : { postgres, s3 };

const KEYS = {
  AWS_ACCESS_KEY_ID: process.env.AWS_ACCESS_KEY_ID ?? 'testing',
  AWS_SECRET_ACCESS_KEY: process.env.AWS_SECRET_ACCESS_KEY ?? 'testing',
};
const REGION = 'us-east-1';

/**
 * @param through where the server reaches them, if by another way than this test: a proxy that can be cut
 * @param folder a disk of its own for the data
 */
export async function openEngine(
  given: {
    readonly engines?: Engines | undefined;
    readonly through?: Partial<Engines>;
    readonly folder?: string;
  } = {},
): Promise<Engine> {
  const folder = given.folder ?? mkdtempSync(join(tmpdir(), 'promontory-suite-'));
  const removeFolder = () => {
    if (given.folder === undefined) rmSync(folder, { recursive: true, force: true });
  };
  const engines = 'engines' in given ? given.engines : testEngines;
  if (engines === undefined) {
    return {
      name: 'embedded',
      embedded: true,
      folder,
      start: (settings = {}) => ({ folder, settings }),
      release: async () => removeFolder(),
    };
  }
  const name = `promontory_${randomBytes(8).toString('hex')}`;
  const bucket = name.replace('_', '-');
  await asAdministrator(engines.postgres, `create database ${name}`);
  const store = new S3({
    endpoint: engines.s3,
    region: REGION,
    forcePathStyle: true,
    credentials: { accessKeyId: KEYS.AWS_ACCESS_KEY_ID, secretAccessKey: KEYS.AWS_SECRET_ACCESS_KEY },
  });
  await store.createBucket({ Bucket: bucket });
  const url = new URL(given.through?.postgres ?? engines.postgres);
  url.pathname = `/${name}`;
  return {
    name: 'PostgreSQL + S3',
    embedded: false,
    folder,
    start: (settings = {}) => ({
      folder,
      settings: {
        ...settings,
        storage: {
          ...settings.storage,
          s3: { endpoint: given.through?.s3 ?? engines.s3, region: REGION, bucket, pathStyle: true },
        },
      },
      environment: { DATABASE_URL: url.href, ...KEYS },
    }),
    async release() {
      removeFolder();
      await asAdministrator(engines.postgres, `drop database ${name} with (force)`);
      await removeBucket(store, bucket);
      store.destroy();
    },
  };
}

async function asAdministrator(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function removeBucket(store: S3, bucket: string): Promise<void> {
  for (;;) {
    const { Contents = [] } = await store.listObjectsV2({ Bucket: bucket });
    if (Contents.length === 0) break;
    await store.deleteObjects({
      Bucket: bucket,
      Delete: { Objects: Contents.map(({ Key }) => ({ Key: Key as string })) },
    });
  }
  await store.deleteBucket({ Bucket: bucket });
}
