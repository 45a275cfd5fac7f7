import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAll, type Staged } from './blobs.ts';
import { sha256Of } from './blobs-suite.testing.ts';
import { stage } from './stage.ts';
import { type Block, StagingMemory } from './staging-memory.ts';

const MIB = 2 ** 20;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'staging-memory-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function* inPieces(bytes: Uint8Array, piece: number) {
  for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
}

describe('StagingMemory', () => {
  it('gives blocks that are large enough, never more than it has, and never one to two', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 9 * MIB })), { maxLength: 60 }),
        (steps) => {
          const memory = new StagingMemory(20 * MIB);
          const taken: Block[] = [];
          for (const [takes, bytes] of steps) {
            const block = takes ? memory.take(bytes) : undefined;
            if (block !== undefined) {
              expect(block.length).toBeGreaterThanOrEqual(bytes);
              expect(taken.some(({ buffer }) => buffer === block.buffer)).toBe(false);
              taken.push(block);
            } else if (!takes && taken.length > 0) {
              memory.give(taken.splice(bytes % taken.length, 1)[0] as Block);
            }
            expect(taken.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(20 * MIB);
          }
        },
      ),
    );
  });

  it('has as much again when all is given back, whatever sizes it was taken in', () => {
    const memory = new StagingMemory(16 * MIB);
    for (const bytes of [100, MIB, 8 * MIB, 60_000, 5 * MIB]) {
      const taken: Block[] = [];
      for (let block = memory.take(bytes); block !== undefined; block = memory.take(bytes)) taken.push(block);
      expect(taken.reduce((sum, { length }) => sum + length, 0)).toBe(16 * MIB);
      for (const block of taken) memory.give(block);
    }
  });

  it('uses blocks again', () => {
    const memory = new StagingMemory(16 * MIB);
    const first = memory.take(500_000) as Block;
    memory.give(first);
    expect(memory.take(600_000)?.buffer).toBe(first.buffer);
  });
});

describe('stage with shared memory', () => {
  it('waits in files when the memory is taken, and no content is another one', async () => {
    const memory = new StagingMemory(2 * MIB);
    const contents = Array.from({ length: 12 }, (_, i) => randomBytes(100_000 + i * 90_000));
    const staged = await Promise.all(
      contents.map((bytes) => stage(inPieces(bytes, 16_384), { folder, memory, freeSpaceGuardBytes: 0 })),
    );
    expect(staged.some(({ bytes }) => bytes !== undefined)).toBe(true);
    expect(staged.some(({ path }) => path !== undefined)).toBe(true);
    for (const [i, each] of staged.entries())
      expect(sha256Of(await readAll(each.read()))).toBe(sha256Of(contents[i] as Buffer));
    for (const each of staged) await each.discard();
    expect(await readdir(folder)).toEqual([]);
  });

  it('gives back once, however often a content is discarded', async () => {
    const memory = new StagingMemory(1.5 * MIB);
    const content = (fill: number) => Buffer.alloc(900_000, fill);
    const held = (fill: number) => stage(inPieces(content(fill), 65_536), { folder, memory });
    const first = await held(1);
    await first.discard();
    const second = await held(2);
    await first.discard();
    const third: Staged = await held(3);
    expect(second.bytes).toBeDefined();
    expect(third.path).toBeDefined();
    expect(sha256Of(await readAll(second.read()))).toBe(sha256Of(content(2)));
  });

  it('gives back what breaks off', async () => {
    const memory = new StagingMemory(1.5 * MIB);
    async function* broken() {
      yield Buffer.alloc(900_000);
      throw new TypeError('the peer went away');
    }
    for (let i = 0; i < 3; i++) await expect(stage(broken(), { folder, memory })).rejects.toThrow(TypeError);
    expect((await stage(inPieces(Buffer.alloc(900_000), 65_536), { folder, memory })).bytes).toBeDefined();
  });
});
