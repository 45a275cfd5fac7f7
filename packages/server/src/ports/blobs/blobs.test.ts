import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { blobsSuite } from './blobs-suite.testing.ts';
import { fileBlobs } from './file-blobs.ts';
import { withQuota } from './limited-blobs.ts';
import { TEST_S3, testBucket } from './s3.testing.ts';
import { sealKey } from './seal-keys.ts';
import { sealedBlobs } from './sealed-blobs.ts';
import { verifiedBlobs } from './verified-blobs.ts';

const files = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'blobs-'));
  return { blobs: fileBlobs(folder), close: () => rm(folder, { recursive: true }) };
};
const key = () => sealKey(randomBytes(32));

blobsSuite('files', files);
blobsSuite('files, verified, within a quota', async () => {
  const under = await files();
  const quota = { maxBytes: 2 ** 40, used: async () => 0 };
  return { ...under, blobs: withQuota(verifiedBlobs(under.blobs), quota) };
});
blobsSuite('sealed files', async () => {
  const under = await files();
  return { ...under, blobs: sealedBlobs(under.blobs, [key()]) };
});
blobsSuite('sealed files with older keys', async () => {
  const under = await files();
  return { ...under, blobs: sealedBlobs(under.blobs, [key(), key(), key()]) };
});

describe.skipIf(TEST_S3 === undefined)('S3', () => {
  blobsSuite('objects', testBucket, 30);
  blobsSuite(
    'sealed objects',
    async () => {
      const under = await testBucket();
      return { ...under, blobs: sealedBlobs(under.blobs, [key()]) };
    },
    30,
  );
});
