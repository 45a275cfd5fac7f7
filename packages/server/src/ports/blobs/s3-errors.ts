import { BlobDamaged, BlobMissing, BlobsUnavailable, StorageFull } from './blobs.ts';

/** HTTP status of the store's answer; absent where none came. */
export const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode;

/** Codes of AWS, Ceph, MinIO, Garage and others for a store or bucket that is full. */
const FULL = /Quota|StorageFull|InsufficientStorage|InsufficientCapacity|NoSpace/i;
const REFUSED =
  /^(AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken|AllAccessDisabled|CredentialsProviderError)$/;
const OURS = [BlobDamaged, BlobMissing, BlobsUnavailable, StorageFull];

/** The one place where errors of the SDK become ours; the names in them are ours, never a client's. */
export async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw OURS.some((own) => cause instanceof own) ? cause : translate(cause);
  }
}

function translate(cause: unknown): unknown {
  const name = cause instanceof Error ? cause.name : '';
  const status = statusOf(cause);
  const options = { cause };
  if (name === 'NoSuchKey') return new BlobMissing('The bytes are not where the index says.', options);
  if (name === 'NoSuchBucket') return new BlobsUnavailable('The bucket does not exist.', options);
  if (FULL.test(name) || status === 507) return new StorageFull('The object store is full.', options);
  if (REFUSED.test(name) || status === 401 || status === 403)
    return new BlobsUnavailable('The object store refuses the credentials.', options);
  if (status !== undefined && status < 500 && status >= 400 && ![408, 409, 412, 429].includes(status))
    return new BlobsUnavailable(`The object store refuses the request (${status}).`, options);
  return new BlobsUnavailable('The object store does not answer as it should.', options);
}
