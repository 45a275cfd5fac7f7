/** Blobs in any store that speaks S3. */
import { createHash } from 'node:crypto';
import {
  BlobDamaged,
  BlobMissing,
  type Blobs,
  BlobsUnavailable,
  checkRange,
  isSha256,
  type Sha256,
  type Staged,
} from './blobs.ts';
import { partsOf } from './parts.ts';
import { BrokenOff, connectS3, type S3Connection, type S3Settings } from './s3-connection.ts';
import { statusOf, translated } from './s3-errors.ts';

export type { S3Settings };

/**
 * Up to this size a blob is sent in one request, larger ones in parts of it. A part stands in memory while it is sent,
 * so that it can be sent again; S3's least part is 5 MiB, and it takes 10,000 of them: 160 GB.
 */
const PART_BYTES = 16 * 2 ** 20;
/** What is read in one request; a reader that pauses holds no connection. */
const WINDOW_BYTES = 4 * 2 ** 20;
/** The SDK repeats a request that fails; this is for answers that break off. */
const READ_ATTEMPTS = 3;

/** Objects `prefix` + SHA-256 in one bucket. S3 acknowledges a PUT when the object is durable. */
export function s3Blobs(settings: S3Settings): Blobs & { close(): Promise<void> } {
  let connection: Promise<S3Connection> | undefined;
  const s3 = () => {
    // The SDK is large: it is loaded when it is needed, and not by every thread that knows this room.
    connection ??= connectS3(settings);
    return connection;
  };
  const { prefix = '' } = settings;
  const keyOf = (sha256: Sha256): string => {
    if (!isSha256(sha256)) throw new BlobMissing('That is no SHA-256.');
    return prefix + sha256;
  };

  return {
    keep: async (staged) => {
      const key = keyOf(staged.sha256);
      const on = await s3();
      await translated(async () => {
        if (staged.size <= PART_BYTES) await putWhole(on, key, staged);
        else if ((await headOf(on, key))?.size !== staged.size) await putParts(on, key, staged);
      });
    },
    open: async (sha256, range) => {
      checkRange(range);
      const key = keyOf(sha256);
      const on = await s3();
      const start = range?.start ?? 0;
      const end = range?.end ?? Number.POSITIVE_INFINITY;
      if (start === end) {
        if ((await translated(() => headOf(on, key))) === undefined) throw new BlobMissing(MISSING);
        return windows(on, key, end, undefined);
      }
      const first = await translated(() => readWindow(on, key, start, end));
      return windows(on, key, end, first);
    },
    has: async (sha256) => {
      const key = keyOf(sha256);
      const on = await s3();
      return (await translated(() => headOf(on, key))) !== undefined;
    },
    stat: async (sha256) => {
      const key = keyOf(sha256);
      const on = await s3();
      const facts = await translated(() => headOf(on, key));
      if (facts === undefined) throw new BlobMissing(MISSING);
      return facts;
    },
    remove: async (sha256) => {
      const key = keyOf(sha256);
      const on = await s3();
      await translated(() => on.s3.deleteObject({ Bucket: on.bucket, Key: key }, on.limits()));
    },
    async *list(strange = () => {}) {
      const on = await s3();
      let token: string | undefined;
      do {
        const after = token === undefined ? {} : { ContinuationToken: token };
        const page = await translated(() =>
          on.s3.listObjectsV2({ Bucket: on.bucket, Prefix: prefix, ...after }, on.limits()),
        );
        for (const { Key = '' } of page.Contents ?? []) {
          const name = Key.slice(prefix.length);
          if (isSha256(name)) yield name;
          else strange(Key);
        }
        token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      } while (token !== undefined);
    },
    close: async () => {
      if (connection !== undefined) (await connection).close();
    },
  };
}

const MISSING = 'The bytes are not where the index says.';

const checksum = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64');

async function putWhole(on: S3Connection, key: string, staged: Staged): Promise<void> {
  let body = staged.bytes;
  if (body === undefined) {
    const parts = [];
    for await (const part of partsOf(staged.read(), PART_BYTES)) parts.push(part);
    body = parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
  }
  if (body.length !== staged.size) throw new BlobDamaged(CUT);
  await on.s3.putObject(
    {
      Bucket: on.bucket,
      Key: key,
      Body: body,
      ContentLength: body.length,
      ChecksumSHA256: checksum(body),
    },
    on.limits(),
  );
}

const CUT = 'Not all of the bytes came that were announced.';

/** @throws BlobDamaged; what was begun is taken back then, as far as the store can be reached */
async function putParts(on: S3Connection, key: string, staged: Staged): Promise<void> {
  const target = { Bucket: on.bucket, Key: key };
  const { UploadId } = await on.s3.createMultipartUpload(
    { ...target, ChecksumAlgorithm: 'SHA256' },
    on.limits(),
  );
  if (UploadId === undefined) throw new BlobsUnavailable('The object store began no upload.');
  const upload = { ...target, UploadId };
  try {
    const sent: { PartNumber: number; ETag: string | undefined; ChecksumSHA256: string }[] = [];
    let size = 0;
    for await (const Body of partsOf(staged.read(), PART_BYTES)) {
      size += Body.length;
      if (size > staged.size) throw new BlobDamaged(CUT);
      const part = { PartNumber: sent.length + 1, ChecksumSHA256: checksum(Body) };
      const { ETag } = await on.s3.uploadPart(
        { ...upload, ...part, Body, ContentLength: Body.length },
        on.limits(),
      );
      sent.push({ ...part, ETag });
    }
    if (size !== staged.size) throw new BlobDamaged(CUT);
    await on.s3.completeMultipartUpload({ ...upload, MultipartUpload: { Parts: sent } }, on.limits());
  } catch (error) {
    // Parts of an upload that is never ended cost room, though nobody sees them.
    await on.s3.abortMultipartUpload(upload, on.limits()).catch(() => {});
    throw error;
  }
}

async function headOf(on: S3Connection, key: string): Promise<{ size: number; keptAt: Date } | undefined> {
  try {
    const { ContentLength, LastModified } = await on.s3.headObject(
      { Bucket: on.bucket, Key: key },
      on.limits(),
    );
    return { size: ContentLength ?? 0, keptAt: LastModified ?? new Date(0) };
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

interface Window {
  readonly bytes: Uint8Array;
  /** Where the next one begins. */
  readonly next: number;
  /** Size of the object. */
  readonly total: number;
  readonly etag: string | undefined;
}

/** One request's worth of an object, whole in memory. */
async function readWindow(
  on: S3Connection,
  key: string,
  start: number,
  end: number,
  etag?: string,
): Promise<Window> {
  const last = Math.min(start + WINDOW_BYTES, end) - 1;
  const condition = etag === undefined ? {} : { IfMatch: etag };
  const wanted = { Bucket: on.bucket, Key: key, Range: `bytes=${start}-${last}`, ...condition };
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await on.s3.getObject(wanted, on.limits());
      const body = await on.collect(answer);
      const total = Number(/\/(\d+)$/.exec(answer.ContentRange ?? '')?.[1] ?? Number.NaN);
      // A store that knows no ranges answers with all of the object.
      const ranged = !Number.isNaN(total);
      const size = ranged ? total : body.length;
      const bytes = ranged ? body : body.subarray(start, last + 1);
      if (bytes.length !== Math.max(0, Math.min(last + 1, size) - start)) throw new BrokenOff(BROKEN);
      return { bytes, next: start + bytes.length, total: size, etag: answer.ETag };
    } catch (error) {
      // The range begins at or beyond the end; an empty object has no range at all.
      if (statusOf(error) === 416)
        return { bytes: new Uint8Array(0), next: start, total: start, etag: undefined };
      if (!(error instanceof BrokenOff) || attempt >= READ_ATTEMPTS) throw error;
    }
  }
}

const BROKEN = 'The object store gave less than it announced.';

async function* windows(
  on: S3Connection,
  key: string,
  end: number,
  first: Window | undefined,
): AsyncGenerator<Uint8Array> {
  for (let at = first; at !== undefined; ) {
    if (at.bytes.length > 0) yield at.bytes;
    const { next, total, etag } = at;
    if (next >= Math.min(end, total)) return;
    at = await translated(() => readWindow(on, key, next, end, etag));
  }
}
