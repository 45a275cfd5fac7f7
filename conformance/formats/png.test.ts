/** PNG against Pillow, both ways, and the pictures in the data. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { readPng, writePng } from '../../packages/core/src/formats/index.ts';
import { dataFolder, needs, pythonWith, testWith, withoutData } from '../oracle.ts';

const python = pythonWith('PIL', 'numpy');
const missing = needs([python === undefined && 'no Python with PIL and numpy']);

/** Size, mode and SHA-256 of the samples (16 bits little endian) of each picture; palettes resolved. */
const READ = `
import hashlib, json, sys, numpy
from PIL import Image
for path in json.load(sys.stdin):
    image = Image.open(path)
    if image.mode == "P": image = image.convert("RGB")
    array = numpy.asarray(image)
    if image.mode == "1": array = array.astype("u1")
    if image.mode == "I": array = array.astype("<u2")
    print(json.dumps([image.size, hashlib.sha256(array.tobytes()).hexdigest()]))
`;
const WRITE = `
import os, sys, numpy
from PIL import Image
rng = numpy.random.default_rng(3)
folder = sys.argv[1]
noise = lambda *shape: (rng.uniform(0, 40, shape) + numpy.arange(shape[1]).reshape(-1, *[1] * (len(shape) - 2)) * 2).astype("u1")
Image.fromarray(noise(31, 45)).save(os.path.join(folder, "L.png"))
Image.fromarray(noise(31, 45, 3)).save(os.path.join(folder, "RGB.png"))
Image.fromarray(noise(31, 45, 4)).save(os.path.join(folder, "RGBA.png"), optimize=True)
Image.fromarray(noise(31, 45, 2), "LA").save(os.path.join(folder, "LA.png"))
Image.fromarray((noise(31, 45).astype("u2") * 257)).save(os.path.join(folder, "I16.png"))
Image.fromarray(noise(31, 45)).convert("P").save(os.path.join(folder, "P.png"))
Image.fromarray(noise(31, 45)).convert("1").save(os.path.join(folder, "1.png"))
`;

function pillow(paths: readonly string[]): [[number, number], string][] {
  const run = spawnSync(python!, ['-c', READ], {
    input: JSON.stringify(paths),
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

async function digest(data: Uint8Array | Uint16Array): Promise<string> {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.from(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)).toString('hex');
}

async function expectSame(paths: readonly string[]): Promise<void> {
  const answers = pillow(paths);
  for (let i = 0; i < paths.length; i++) {
    const image = readPng(readFileSync(paths[i]));
    expect([[image.width, image.height], await digest(image.data)], paths[i]).toEqual(answers[i]);
  }
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'promontory-png-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

testWith(missing, 'what Pillow writes', async () => {
  const run = spawnSync(python!, ['-c', WRITE, folder], { encoding: 'utf8' });
  expect(run.status, run.stderr).toBe(0);
  const paths = readdirSync(folder).map((name) => join(folder, name));
  expect(paths.length).toBe(7);
  await expectSame(paths);
});

testWith(missing, 'what we write', async () => {
  for (const channels of [1, 3, 4] as const) {
    const [width, height] = [37, 23];
    const data = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * i) >> 4);
    const path = join(folder, 'ours.png');
    writeFileSync(path, writePng({ width, height, channels, data }));
    expect(pillow([path])).toEqual([[[width, height], await digest(data)]]);
  }
});

testWith(needs([missing, withoutData]), 'the pictures in the data', async () => {
  const paths = ['spider', 'mendeley-slices']
    .flatMap((name) => {
      const root = join(dataFolder!, name);
      return (readdirSync(root, { recursive: true }) as string[])
        .filter((p) => p.endsWith('.png'))
        .map((p) => join(root, p));
    })
    .sort()
    .filter((_, i) => i % 8 === 0);
  expect(paths.length).toBeGreaterThan(20);
  await expectSame(paths);
});
