import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type * as Sdk from '@aws-sdk/client-s3';
import { BlobsUnavailable } from './blobs.ts';

export interface S3Settings {
  readonly bucket: string;
  readonly region: string;
  /** `https://host:port`; absent for AWS itself. */
  readonly endpoint?: string;
  /** Before every name in the bucket; with its `/`, where one is wanted. Default none. */
  readonly prefix?: string;
  /** Absent: as the SDK finds them (environment, files, role of the machine). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** `https://host/bucket/name` in place of `https://bucket.host/name`: most stores but AWS need it. */
  readonly pathStyle?: boolean;
  /** Certificates (PEM) of an authority of the house, for TLS. */
  readonly ca?: string;
  /** For one request, answer included. Default 60 s. */
  readonly timeoutMs?: number;
}

const CONNECT_MS = 5_000;
const REQUEST_MS = 60_000;
/** Of each request, with growing pauses: then the caller is told. */
const ATTEMPTS = 3;
const CONNECTIONS = 64;

/** A client of one bucket. */
export interface S3Connection {
  readonly bucket: string;
  readonly s3: Sdk.S3;
  /** Goes with every request: bounds all of its attempts and pauses together. */
  limits(): { abortSignal: AbortSignal };
  /** The bytes of an answer, whole. @throws BrokenOff */
  collect(answer: Sdk.GetObjectCommandOutput): Promise<Uint8Array>;
  close(): void;
}

export async function connectS3(settings: S3Settings): Promise<S3Connection> {
  const sdk = await import('@aws-sdk/client-s3');
  const timeoutMs = settings.timeoutMs ?? REQUEST_MS;
  const pooled = { keepAlive: true, maxSockets: CONNECTIONS };
  const s3 = new sdk.S3({
    region: settings.region,
    forcePathStyle: settings.pathStyle ?? false,
    maxAttempts: ATTEMPTS,
    // Checksums are given where they matter; stores other than AWS's stumble over those of the SDK's own.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: timeoutMs,
      throwOnRequestTimeout: true,
      httpAgent: new HttpAgent(pooled),
      httpsAgent: new HttpsAgent({ ...pooled, ...(settings.ca === undefined ? {} : { ca: settings.ca }) }),
    },
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
    ...(settings.credentials === undefined ? {} : { credentials: settings.credentials }),
  });

  return {
    bucket: settings.bucket,
    s3,
    limits: () => ({ abortSignal: AbortSignal.timeout(timeoutMs * ATTEMPTS) }),
    collect: ({ Body }) => inTime(Body as unknown as AsyncIterable<Uint8Array> & Destroyable, timeoutMs),
    close: () => s3.destroy(),
  };
}

interface Destroyable {
  destroy(error?: Error): void;
}

/** An answer ended before its end: asking again helps often. */
export class BrokenOff extends BlobsUnavailable {}

/** The SDK's limits end with the answer's head; this one is for its body. @throws BrokenOff */
async function inTime(body: AsyncIterable<Uint8Array> & Destroyable, timeoutMs: number): Promise<Uint8Array> {
  const timer = setTimeout(() => body.destroy(new Error('too slow')), timeoutMs);
  try {
    const parts: Uint8Array[] = [];
    for await (const part of body) parts.push(part);
    return Buffer.concat(parts);
  } catch (cause) {
    throw new BrokenOff('The object store stopped in the middle of an answer.', { cause });
  } finally {
    clearTimeout(timer);
  }
}
