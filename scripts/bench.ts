/**
 * Speed and memory of the main job: a study of sagittal T1 and T2, 512² pixels, from DICOM files to all outputs.
 *
 *   npm run bench [-- --write]
 *
 * Every figure is of a whole process, `promontory analyze`. `--write` puts the table into docs/benchmark.md.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { DataSetBuilder, parseDicom, Tag, withDataSet, writeDicom } from '@promontory/core/dicom';
import { phantomStudy } from '@promontory/core/phantom';
import { OnnxRunner } from '../packages/server/src/ports/models/onnx-runner.ts';

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
const SIDE = 512;
const work = mkdtempSync(join(tmpdir(), 'promontory-bench-'));

/** The phantom's pictures, framed with air to 512². */
function framed(bytes: Uint8Array): Uint8Array {
  const file = parseDicom(bytes);
  const { dataSet } = file;
  const rows = dataSet.number(Tag.Rows) as number;
  const columns = dataSet.number(Tag.Columns) as number;
  const pixels = dataSet.bytes(Tag.PixelData) as Uint8Array;
  const spacing = dataSet.numbers(Tag.PixelSpacing);
  const [x, y, z] = dataSet.numbers(Tag.ImagePositionPatient);
  const [before, above] = [(SIDE - columns) >> 1, (SIDE - rows) >> 1];
  const frame = new Uint8Array(SIDE * SIDE * 2);
  for (let j = 0; j < rows; j++) {
    frame.set(pixels.subarray(j * columns * 2, (j + 1) * columns * 2), ((j + above) * SIDE + before) * 2);
  }
  const d = dataSet.numbers(Tag.ImageOrientationPatient);
  const at = [x, y, z].map((p, i) => p - before * spacing[1] * d[i] - above * spacing[0] * d[i + 3]);
  const larger = new DataSetBuilder(dataSet)
    .set(Tag.Rows, SIDE)
    .set(Tag.Columns, SIDE)
    .set(
      Tag.ImagePositionPatient,
      at.map((v) => Math.round(v * 1e4) / 1e4),
    )
    .set(Tag.PixelData, frame, 'OW')
    .build();
  return writeDicom(withDataSet(file, larger));
}

function makeStudy(slices: number): string {
  const folder = join(work, `study-${slices}`);
  const { files } = phantomStudy({ seed: 7, sagittalSlices: slices, series: ['sagittal-t1', 'sagittal-t2'] });
  for (const { name, bytes } of files) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, framed(bytes));
  }
  return folder;
}

interface Run {
  readonly wallS: number;
  readonly peakMb: number;
  readonly stages: Record<string, number>;
}

/** One `promontory analyze` as a process of its own. */
async function analyze(folder: string): Promise<Run> {
  const out = join(work, 'out');
  const start = performance.now();
  const child = spawn(
    process.execPath,
    ['packages/server/bin/promontory.mjs', 'analyze', folder, '--out', out, '--force', '--quiet'],
    { stdio: 'inherit' },
  );
  let peakKb = 0;
  const watch = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peakKb = Math.max(peakKb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    } catch {
      // The process has just ended, or this system has no /proc: the last figure stands.
    }
  }, 20);
  const code = await new Promise((resolve) => child.on('exit', resolve));
  clearInterval(watch);
  if (code !== 0) throw new Error(`promontory analyze ended with ${code}`);
  const wallS = (performance.now() - start) / 1000;
  const { provenance } = JSON.parse(readFileSync(join(out, 'findings.json'), 'utf8'));
  return { wallS, peakMb: peakKb / 1024, stages: provenance.durationMs.stages };
}

async function loadingS(): Promise<number> {
  const start = performance.now();
  const runner = new OnnxRunner('models');
  await runner.run('sagittal-segmenter', { image: { dims: [1, 1, 16, 16], data: new Float32Array(256) } });
  await runner.close();
  return (performance.now() - start) / 1000;
}

const median = (v: readonly number[]): number => [...v].sort((a, b) => a - b)[v.length >> 1];
const lines: string[] = [];
const say = (line = '') => {
  lines.push(line);
  process.stdout.write(`${line}\n`);
};

try {
  const fifteen = makeStudy(15);
  await analyze(fifteen);
  const runs = [];
  for (let i = 0; i < 3; i++) runs.push(await analyze(fifteen));
  const wall = median(runs.map((r) => r.wallS));
  const loading = median([await loadingS(), await loadingS(), await loadingS()]);
  say(
    `Sagittal T1 and T2, 15 slices of 512² each, DICOM files to all outputs, ${availableParallelism()} cores, no GPU. Medians of 3 runs after one warm-up.`,
  );
  say();
  say('| figure | measured | target |');
  say('|---|---|---|');
  say(`| wall time | ${wall.toFixed(1)} s | ≤ 10 s |`);
  say(`| peak memory | ${Math.round(Math.max(...runs.map((r) => r.peakMb)))} MB | ≤ 1,500 MB |`);
  say(`| loading the segmenter and a first run | ${loading.toFixed(2)} s | ≤ 1 s |`);
  say();
  say('Where the time goes (the rest is start-up, reading files, pictures, report, writing):');
  say();
  say('| stage | s |');
  say('|---|---|');
  let staged = 0;
  for (const stage of Object.keys(runs[0].stages)) {
    const seconds = median(runs.map((r) => r.stages[stage])) / 1000;
    staged += seconds;
    say(`| ${stage} | ${seconds.toFixed(2)} |`);
  }
  say(`| rest | ${(wall - staged).toFixed(2)} |`);
  say();
  say('| slices in each series | 5 | 15 | 30 |');
  say('|---|---|---|---|');
  const five = await analyze(makeStudy(5));
  const thirty = await analyze(makeStudy(30));
  say(`| wall time, s | ${five.wallS.toFixed(1)} | ${wall.toFixed(1)} | ${thirty.wallS.toFixed(1)} |`);
  say();
  say(
    `Each further slice costs ${(((thirty.wallS - five.wallS) / 25) * 1000).toFixed(0)} ms from 5 to 30, ${(((wall - five.wallS) / 10) * 1000).toFixed(0)} ms from 5 to 15.`,
  );
  if (values.write)
    writeFileSync(
      'docs/benchmark.md',
      `# Benchmark\n\n\`npm run bench -- --write\`\n\n${lines.join('\n')}\n`,
    );
} finally {
  rmSync(work, { recursive: true, force: true });
}
