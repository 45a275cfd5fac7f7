export { ahead } from './ahead.ts';
export {
  BlobDamaged,
  type BlobFacts,
  BlobMissing,
  type Blobs,
  BlobsUnavailable,
  type ByteRange,
  checkRange,
  isSha256,
  readAll,
  type Sha256,
  type Staged,
  StorageFull,
} from './blobs.ts';
export { type FileBlobsOptions, fileBlobs } from './file-blobs.ts';
export { type Quota, withQuota } from './limited-blobs.ts';
export { type S3Settings, s3Blobs } from './s3-blobs.ts';
export { KeyFileRefused, readKeyFile, type SealKey, sealKey } from './seal-keys.ts';
export { checkKeys, type SealedBlobs, type Sealing, sealedBlobs } from './sealed-blobs.ts';
export { type StageOptions, stage } from './stage.ts';
export { readStagedFile } from './staged-file.ts';
export { StagingMemory } from './staging-memory.ts';
export { verified, verifiedBlobs } from './verified-blobs.ts';
