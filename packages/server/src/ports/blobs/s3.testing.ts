import { randomUUID } from 'node:crypto';
import type { Blobs } from './blobs.ts';
import { s3Blobs } from './s3-blobs.ts';

/**
 * URL of an S3 server for the tests, e.g. moto's (`pip install 'moto[server]'`, `moto_server -p 5000`); without it they
 * are skipped. Any access key will do there.
 */
export const TEST_S3 = process.env.PROMONTORY_TEST_S3;

export const testCredentials = {
  accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? 'testing',
  secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? 'testing',
};

export async function testBucket(): Promise<{
  bucket: string;
  blobs: Blobs;
  sdk: import('@aws-sdk/client-s3').S3;
  close(): Promise<void>;
}> {
  const { S3 } = await import('@aws-sdk/client-s3');
  const shared = { endpoint: TEST_S3 as string, region: 'us-east-1', credentials: testCredentials };
  const bucket = `promontory-${randomUUID()}`;
  const sdk = new S3({ ...shared, forcePathStyle: true });
  await sdk.createBucket({ Bucket: bucket });
  const blobs = s3Blobs({ ...shared, bucket, prefix: 'archive/', pathStyle: true });
  return {
    bucket,
    blobs,
    sdk,
    async close() {
      await blobs.close();
      for (;;) {
        const { Contents = [] } = await sdk.listObjectsV2({ Bucket: bucket });
        if (Contents.length === 0) break;
        await sdk.deleteObjects({
          Bucket: bucket,
          Delete: { Objects: Contents.map(({ Key }) => ({ Key: Key as string })) },
        });
      }
      await sdk.deleteBucket({ Bucket: bucket });
      sdk.destroy();
    },
  };
}
