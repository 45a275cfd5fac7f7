import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { BlobDamaged, BlobMissing, BlobsUnavailable, readAll, StorageFull } from './blobs.ts';
import { allOf, sha256Of, stagedFrom } from './blobs-suite.testing.ts';
import { TEST_S3, testBucket, testCredentials } from './s3.testing.ts';
import { s3Blobs } from './s3-blobs.ts';

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
});

/** A store that answers as the test wants. */
async function answering(
  answer: (request: IncomingMessage, reply: ServerResponse) => void,
  timeoutMs = 2_000,
) {
  const listening = createServer((request, reply) => {
    request.resume();
    request.on('end', () => answer(request, reply));
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  const blobs = s3Blobs({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    bucket: 'images',
    credentials: testCredentials,
    pathStyle: true,
    timeoutMs,
  });
  onTestFinished(() => blobs.close());
  return blobs;
}

const refusing = (status: number, code: string) =>
  answering((request, reply) => {
    reply.writeHead(status, { 'content-type': 'application/xml' });
    reply.end(request.method === 'HEAD' ? '' : `<Error><Code>${code}</Code><Message>m</Message></Error>`);
  });

const small = stagedFrom(randomBytes(100));

describe('s3Blobs, when the store fails', () => {
  it.each([
    [403, 'QuotaExceeded', StorageFull],
    [507, 'XMinioStorageFull', StorageFull],
    [507, 'Whatever', StorageFull],
    [403, 'AccessDenied', BlobsUnavailable],
    [403, 'SignatureDoesNotMatch', BlobsUnavailable],
    [404, 'NoSuchBucket', BlobsUnavailable],
    [400, 'InvalidRequest', BlobsUnavailable],
    [500, 'InternalError', BlobsUnavailable],
    [503, 'SlowDown', BlobsUnavailable],
  ])('maps %d %s', async (status, code, expected) => {
    const blobs = await refusing(status, code);
    await expect(blobs.keep(small)).rejects.toThrow(expected);
    if (code === 'NoSuchBucket') await expect(blobs.open(small.sha256)).rejects.toThrow(expected);
  });

  it('tells a missing blob', async () => {
    const blobs = await refusing(404, 'NoSuchKey');
    await expect(blobs.open(small.sha256)).rejects.toThrow(BlobMissing);
    expect(await blobs.has(small.sha256)).toBe(false);
  });

  it('does not take a store that refuses for one that has nothing', async () => {
    const blobs = await refusing(403, 'AccessDenied');
    await expect(blobs.has(small.sha256)).rejects.toThrow(BlobsUnavailable);
  });

  it('tries three times, then says so', async () => {
    let asked = 0;
    const blobs = await answering((_, reply) => {
      asked += 1;
      reply.writeHead(503).end('<Error><Code>SlowDown</Code></Error>');
    });
    await expect(blobs.keep(small)).rejects.toThrow(BlobsUnavailable);
    expect(asked).toBe(3);
  });

  it('gets over an error that passes', async () => {
    let asked = 0;
    const blobs = await answering((_, reply) => {
      asked += 1;
      if (asked === 1) reply.destroy();
      else if (asked === 2) reply.writeHead(500).end();
      else reply.writeHead(200).end();
    });
    await blobs.keep(small);
    expect(asked).toBe(3);
  });

  it('does not wait for ever for a store that does not answer', async () => {
    const blobs = await answering(() => {}, 200);
    const began = performance.now();
    await expect(blobs.has(small.sha256)).rejects.toThrow(BlobsUnavailable);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('says so when nobody listens', async () => {
    const blobs = await answering(() => {});
    server?.close();
    await expect(blobs.keep(small)).rejects.toThrow(BlobsUnavailable);
  });

  it('asks again when an answer breaks off or stalls, and gives up in the end', async () => {
    const bytes = randomBytes(1000);
    let asked = 0;
    let good = 3;
    const blobs = await answering((_, reply) => {
      asked += 1;
      reply.writeHead(206, { 'content-range': 'bytes 0-999/1000', 'content-length': 1000, etag: '"a"' });
      if (asked >= good) reply.end(bytes);
      else {
        reply.write(bytes.subarray(0, 500));
        if (asked === 1) setTimeout(() => reply.destroy(), 20);
      }
    }, 200);
    expect(sha256Of(await readAll(await blobs.open(small.sha256)))).toBe(sha256Of(bytes));
    expect(asked).toBe(3);
    asked = 0;
    good = Number.POSITIVE_INFINITY;
    await expect(blobs.open(small.sha256)).rejects.toThrow(BlobsUnavailable);
    expect(asked).toBe(3);
  });

  it('reads from a store that knows no ranges', async () => {
    const bytes = randomBytes(1000);
    const blobs = await answering((_, reply) => reply.writeHead(200).end(bytes));
    const got = await readAll(await blobs.open(small.sha256, { start: 10, end: 20 }));
    expect(Buffer.from(got).equals(bytes.subarray(10, 20))).toBe(true);
  });

  it('takes back the parts of an upload that fails', async () => {
    const asked: string[] = [];
    const blobs = await answering((request, reply) => {
      asked.push(`${request.method} ${(request.url ?? '').replace(/^.*\?/, '').replace(/x-id=\w+&?/, '')}`);
      if (request.method === 'HEAD') reply.writeHead(404).end();
      else if (request.method === 'POST')
        reply.end('<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>');
      else if (request.method === 'PUT')
        reply.writeHead(403).end('<Error><Code>QuotaExceeded</Code></Error>');
      else reply.writeHead(204).end();
    });
    await expect(blobs.keep(stagedFrom(randomBytes(17 * 2 ** 20), false))).rejects.toThrow(StorageFull);
    expect(asked.map((line) => line.split(' ')[0])).toEqual(['HEAD', 'POST', 'PUT', 'DELETE']);
    expect(asked.at(-1)).toContain('uploadId=u1');
  });
});

describe.skipIf(TEST_S3 === undefined)('s3Blobs on a real store', () => {
  it('leaves no upload open behind what fails', async () => {
    const under = await testBucket();
    onTestFinished(() => under.close());
    const bytes = randomBytes(33 * 2 ** 20);
    const staged = stagedFrom(bytes, false);
    await expect(under.blobs.keep({ ...staged, size: bytes.length + 1 })).rejects.toThrow(BlobDamaged);
    const open = async () => (await under.sdk.listMultipartUploads({ Bucket: under.bucket })).Uploads ?? [];
    expect(await open()).toEqual([]);
    await under.blobs.keep(staged);
    expect(await open()).toEqual([]);
    expect(sha256Of(await readAll(await under.blobs.open(staged.sha256)))).toBe(staged.sha256);
  });

  it('lists more than one page, and tells names that are not ours', async () => {
    const under = await testBucket();
    onTestFinished(() => under.close());
    await under.sdk.putObject({ Bucket: under.bucket, Key: 'archive/readme.txt', Body: 'x' });
    await under.sdk.putObject({ Bucket: under.bucket, Key: 'elsewhere', Body: 'x' });
    const names = Array.from({ length: 1005 }, (_, i) => sha256Of(Buffer.from(String(i))));
    for (let at = 0; at < names.length; at += 50)
      await Promise.all(
        names
          .slice(at, at + 50)
          .map((name) => under.sdk.putObject({ Bucket: under.bucket, Key: `archive/${name}`, Body: 'x' })),
      );
    const strange: string[] = [];
    const listed = await allOf(under.blobs.list((name) => strange.push(name)));
    expect(listed.sort()).toEqual(names.sort());
    expect(strange).toEqual(['archive/readme.txt']);
  });
});
