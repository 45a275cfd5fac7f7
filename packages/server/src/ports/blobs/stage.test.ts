import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlobDamaged, readAll, StorageFull } from './blobs.ts';
import { sha256Of } from './blobs-suite.testing.ts';
import { stage } from './stage.ts';
import { readStagedFile } from './staged-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stage-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function* inPieces(bytes: Uint8Array, piece: number) {
  for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
}

describe('stage', () => {
  it('holds small contents in memory', async () => {
    const bytes = randomBytes(1000);
    const staged = await stage(inPieces(bytes, 300), { folder, memoryBytes: 1000 });
    expect(staged).toMatchObject({ sha256: sha256Of(bytes), size: 1000 });
    expect(staged.path).toBeUndefined();
    expect(Buffer.from(staged.bytes as Uint8Array).equals(bytes)).toBe(true);
    expect(await readdir(folder)).toEqual([]);
    expect((await stage(inPieces(bytes.subarray(0, 0), 1), { folder })).size).toBe(0);
  });

  it('gives back what came, however it came and wherever it waited, as often as asked', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 300_000 }),
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 0, max: 200_000 }),
        fc.boolean(),
        async (size, piece, memoryBytes, sealed) => {
          const bytes = randomBytes(size);
          const seal = sealed ? { seal: randomBytes(32) } : {};
          const staged = await stage(inPieces(bytes, piece), { folder, memoryBytes, ...seal });
          expect(staged.sha256).toBe(sha256Of(bytes));
          expect(staged.size).toBe(size);
          for (let i = 0; i < 2; i++) expect(sha256Of(await readAll(staged.read()))).toBe(staged.sha256);
          if (staged.path !== undefined)
            expect(sha256Of(await readStagedFile(staged.path, seal.seal))).toBe(staged.sha256);
          await staged.discard();
          expect(await readdir(folder)).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('leaves nothing of what breaks off', async () => {
    async function* broken() {
      yield randomBytes(5000);
      yield randomBytes(5000);
      throw new TypeError('the peer went away');
    }
    await expect(stage(broken(), { folder, memoryBytes: 100 })).rejects.toThrow(TypeError);
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses below the guarded free space', async () => {
    const large = inPieces(randomBytes(5000), 1000);
    await expect(stage(large, { folder, memoryBytes: 100, freeSpaceGuardBytes: 2 ** 60 })).rejects.toThrow(
      StorageFull,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('seals what waits on the disk, and notices any change to it', async () => {
    const seal = randomBytes(32);
    const text = Buffer.from('CANARY^NAME '.repeat(20_000));
    const staged = await stage(inPieces(text, 7000), { folder, memoryBytes: 100, seal });
    const path = staged.path as string;
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const sealed = await readFile(path);
    expect(sealed.includes('CANARY')).toBe(false);
    await expect(readStagedFile(path, randomBytes(32))).rejects.toThrow(BlobDamaged);
    for (const at of [0, 40, 70_000, sealed.length - 1]) {
      const altered = Buffer.from(sealed);
      altered[at] = (altered[at] as number) ^ 1;
      await writeFile(path, altered);
      await expect(readStagedFile(path, seal)).rejects.toThrow(BlobDamaged);
      await expect(readAll(staged.read())).rejects.toThrow(BlobDamaged);
    }
    for (const length of [0, 10, 32, 40, 32 + 65_552, sealed.length - 1]) {
      await writeFile(path, sealed);
      await truncate(path, length);
      await expect(readStagedFile(path, seal)).rejects.toThrow(BlobDamaged);
    }
    await writeFile(path, sealed);
    expect(sha256Of(await readStagedFile(path, seal))).toBe(staged.sha256);
  });

  it('lets another thread read it', async () => {
    const bytes = randomBytes(200_000);
    const seal = randomBytes(32);
    const staged = await stage(inPieces(bytes, 9000), { folder, memoryBytes: 100, seal });
    const module = new URL('./staged-file.ts', import.meta.url).href;
    const worker = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads');
       import(workerData.module).then(async ({ readStagedFile }) =>
         parentPort.postMessage(await readStagedFile(workerData.path, workerData.seal)));`,
      { eval: true, workerData: { module, path: staged.path, seal } },
    );
    const got = await new Promise<Uint8Array>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    await worker.terminate();
    expect(sha256Of(got)).toBe(sha256Of(bytes));
  });
});
