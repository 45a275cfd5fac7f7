import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDicom } from '../../packages/core/src/dicom/index.ts';
import { openPixels } from '../../packages/core/src/pixels/index.ts';
import { createNodeCodecs } from '../../packages/server/src/ports/codecs/index.ts';

/** The answer of the independent decoders to one file. */
export interface OracleAnswer {
  readonly path: string;
  /** All samples of all frames; absent where there are no pixels or the decoder failed. */
  readonly samples?: Int32Array;
  readonly error?: string;
}

const codecs = createNodeCodecs();
const script = join(import.meta.dirname, 'decode_frames.py');

export function oracleFrames(python: string, paths: readonly string[]): OracleAnswer[] {
  const folder = mkdtempSync(join(tmpdir(), 'promontory-frames-'));
  try {
    const run = spawnSync(python, [script, folder], {
      input: JSON.stringify(paths),
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    if (run.status !== 0) throw new Error(`${script} failed: ${run.stderr}`);
    return run.stdout
      .trim()
      .split('\n')
      .map((line): OracleAnswer => {
        const { path, error, file } = JSON.parse(line);
        if (file === undefined) return error === undefined ? { path } : { path, error };
        return { path, samples: new Int32Array(new Uint8Array(readFileSync(file)).buffer) };
      });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** All stored samples of all frames, as we read them. @throws Fault */
export async function ourFrames(path: string): Promise<Int32Array> {
  const reader = openPixels(parseDicom(readFileSync(path)), codecs);
  const frames: Int32Array[] = [];
  for (let i = 0; i < reader.frameCount; i++) {
    frames.push(Int32Array.from((await reader.decodeStored(i)).data, (v) => v | 0));
  }
  const all = new Int32Array(frames.reduce((n, f) => n + f.length, 0));
  frames.reduce((at, frame) => {
    all.set(frame, at);
    return at + frame.length;
  }, 0);
  return all;
}

export function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Largest difference of two images, and the share of samples that differ; infinite where the sizes do. */
export function difference(a: Int32Array, b: Int32Array): { largest: number; share: number } {
  if (a.length !== b.length) return { largest: Number.POSITIVE_INFINITY, share: 1 };
  let largest = 0;
  let differing = 0;
  for (let i = 0; i < a.length; i++) {
    const d = Math.abs(a[i] - b[i]);
    if (d > 0) differing++;
    if (d > largest) largest = d;
  }
  return { largest, share: differing / a.length };
}
