/**
 * How long a reading takes, and where the time goes: a study of sagittal T1 and T2, 15 slices of 512² each, from DICOM
 * files to all outputs; then the same with 5, 10, 15 and 30 slices.
 *
 *   npm run bench                     prints
 *   npm run bench -- --write          writes docs/benchmark.md too
 *   npm run bench -- --runs 1         measures each size once (default 3; the median counts)
 *
 * Each reading is a process of its own, as a person's is: loading the program and the models counts, and so does the
 * peak of memory.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { phantomStudy } from '@promontory/core/phantom';
import { CROP, GRADER, SEGMENTER, VECTOR_LENGTH } from '@promontory/core/reading';
import { OnnxRunner } from '../packages/server/src/ports/models/onnx-runner.ts';

interface Measured {
  readonly slices: number;
  readonly totalMs: number;
  readonly peakMib: number;
  readonly stages: Readonly<Record<string, number>>;
}

const ROOT = join(import.meta.dirname, '..');
const MAIN = join(ROOT, 'packages/server/src/cli/main.ts');
/** Runs first in the process that is measured and reports its peak at the end. */
const WATCH = `data:text/javascript,${encodeURIComponent(
  'process.on("exit",()=>process.stderr.write("\\npeak "+process.resourceUsage().maxRSS+"\\n"))',
)}`;
const PIXELS = 512;
const SIZES = [5, 10, 15, 30];
const MAIN_SIZE = 15;
const SEED = 7;

const TARGET = { totalMs: 10_000, peakMib: 1536, modelsMs: 1000 };

function writeStudy(folder: string, slices: number): void {
  const { files } = phantomStudy({
    seed: SEED,
    series: ['sagittal-t1', 'sagittal-t2'],
    sagittalSlices: slices,
    sagittalPixels: PIXELS,
  });
  for (const { name, bytes } of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
}

function measureOnce(input: string, out: string, slices: number): Measured {
  const start = performance.now();
  const done = spawnSync(
    process.execPath,
    ['--import', WATCH, MAIN, 'analyze', input, '--out', out, '--force', '--json'],
    { encoding: 'utf8', maxBuffer: 2 ** 28 },
  );
  const totalMs = performance.now() - start;
  if (done.status !== 0) throw new Error(`analyze failed: ${done.stdout}${done.stderr}`);
  const { durationMs } = JSON.parse(done.stdout).provenance;
  const peakKib = Number(/peak (\d+)/.exec(done.stderr)?.[1]);
  return { slices, totalMs, peakMib: peakKib / 1024, stages: durationMs.stages };
}

/** The run with the median time. */
function measure(input: string, out: string, slices: number, runs: number): Measured {
  const all = Array.from({ length: runs }, () => measureOnce(input, out, slices));
  return all.sort((a, b) => a.totalMs - b.totalMs)[Math.floor((runs - 1) / 2)];
}

/** What the first run of each model costs beyond a second: reading the files, their hashes, preparing the sessions. */
async function modelLoadingMs(): Promise<number> {
  const blank = (...dims: number[]) => ({ dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)) });
  const inputs = {
    [SEGMENTER]: { image: blank(1, 1, 64, 64) },
    [GRADER]: { crops: blank(1, 2, CROP.rows, CROP.columns), features: blank(1, VECTOR_LENGTH) },
  };
  const runner = new OnnxRunner(join(ROOT, 'models'));
  const runAll = async (): Promise<number> => {
    const start = performance.now();
    for (const [id, input] of Object.entries(inputs)) await runner.run(id, input);
    return performance.now() - start;
  };
  const [cold, warm] = [await runAll(), await runAll()];
  await runner.close();
  return cold - warm;
}

function report(rows: readonly Measured[], modelsMs: number): string {
  const main = rows.find((row) => row.slices === MAIN_SIZE)!;
  const inStages = Object.values(main.stages).reduce((a, b) => a + b, 0);
  const stages = {
    ...main.stages,
    'start, files, pictures, report, writing': main.totalMs - inStages,
  };
  const first = rows[0];
  const last = rows[rows.length - 1];
  const perSlice = (last.totalMs - first.totalMs) / (last.slices - first.slices);
  const seconds = (ms: number): string => (ms / 1000).toFixed(2);
  const verdict = (value: number, most: number): string => (value <= most ? 'yes' : '**no**');
  return [
    '# Benchmark',
    '',
    'Made by `npm run bench -- --write`. A study of sagittal T1 and T2 of the phantom, 512 × 512 pixels, from DICOM files to all outputs, each reading a process of its own.',
    '',
    `Machine: ${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores, ${process.platform}, Node.js ${process.versions.node}, no GPU.`,
    '',
    '| | measured | target | met |',
    '|---|---|---|---|',
    `| ${MAIN_SIZE} slices a series, total | ${seconds(main.totalMs)} s | ≤ ${seconds(TARGET.totalMs)} s | ${verdict(main.totalMs, TARGET.totalMs)} |`,
    `| peak memory | ${main.peakMib.toFixed(0)} MiB | ≤ ${TARGET.peakMib} MiB | ${verdict(main.peakMib, TARGET.peakMib)} |`,
    `| loading the models | ${seconds(modelsMs)} s | ≤ ${seconds(TARGET.modelsMs)} s | ${verdict(modelsMs, TARGET.modelsMs)} |`,
    '',
    `## Where the time goes (${MAIN_SIZE} slices)`,
    '',
    '| stage | s | share |',
    '|---|---|---|',
    ...Object.entries(stages).map(
      ([name, ms]) => `| ${name} | ${seconds(ms)} | ${((100 * ms) / main.totalMs).toFixed(0)} % |`,
    ),
    '',
    '## By number of slices',
    '',
    '| slices a series | total s | peak MiB | segment s | s by the line through first and last |',
    '|---|---|---|---|---|',
    ...rows.map(
      (row) =>
        `| ${row.slices} | ${seconds(row.totalMs)} | ${row.peakMib.toFixed(0)} | ${seconds(row.stages.segment)} | ${seconds(first.totalMs + perSlice * (row.slices - first.slices))} |`,
    ),
    '',
  ].join('\n');
}

const { values } = parseArgs({
  options: { write: { type: 'boolean' }, runs: { type: 'string', default: '3' } },
});
const folder = mkdtempSync(join(tmpdir(), 'promontory-bench-'));
try {
  const modelsMs = await modelLoadingMs();
  const rows = SIZES.map((slices) => {
    const input = join(folder, String(slices));
    writeStudy(input, slices);
    return measure(input, join(folder, 'out'), slices, Number(values.runs));
  });
  const text = report(rows, modelsMs);
  process.stdout.write(text);
  if (values.write === true) {
    const target = join(ROOT, 'docs/benchmark.md');
    writeFileSync(target, text);
    process.stdout.write(`\nWritten: ${target} (${readFileSync(target).length} bytes)\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
