/** The page that reads in the browser alone, beside the command line on the same files. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { phantomStudy, type StudyOptions } from '@promontory/core/phantom';
import { hostFolder } from '../static-host.ts';
import { type Bench, type Measure, median, type Section, seconds } from './section.ts';

const MAIN = join(import.meta.dirname, '../../packages/server/src/cli/main.ts');
const SEED = 7;
const TARGET = { benchMs: 30_000, scriptBytes: 400_000 };

/** As `npm run bench` measures it, and the demonstration patient. */
const STUDIES: Readonly<Record<string, StudyOptions>> = {
  'bench study (sagittal T1 and T2, 15 slices of 512² each)': {
    seed: SEED,
    series: ['sagittal-t1', 'sagittal-t2'],
    sagittalSlices: 15,
    sagittalPixels: 512,
  },
  'demonstration patient (sagittal T1 and T2, axial T2)': { seed: SEED },
};

interface Read {
  readonly totalMs: number;
  readonly engineMs: number;
  readonly stages: Readonly<Record<string, number>>;
  readonly threads: number;
  readonly findings: unknown;
}

interface Told {
  readonly at: number;
  readonly kind: string;
  readonly stage?: string;
  readonly result?: {
    readonly totalMs: number;
    readonly engine: { readonly threads: number };
    readonly findings: {
      readonly provenance: { readonly durationMs: { readonly stages: Record<string, number> } };
    };
  };
}

/** Runs in the page before its own scripts: listens to what the reading thread says. */
const LISTEN = `
  globalThis.told = [];
  globalThis.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      this.addEventListener('message', ({ data }) => told.push({ ...data, at: performance.now() }));
    }
  };`;

async function openPage({ browser }: Bench, address: string): Promise<Page> {
  const page = await browser.newPage();
  await page.addInitScript(LISTEN);
  await page.goto(`${address}alone.html`);
  return page;
}

async function readIn(page: Page, folder: string): Promise<Read> {
  await page.locator('input[webkitdirectory]').setInputFiles(folder);
  await page.getByRole('heading', { name: 'What stands out' }).waitFor({ timeout: 300_000 });
  const told = (await page.evaluate('globalThis.told')) as Told[];
  const at = (stage: string) => told.find((each) => each.stage === stage)?.at ?? Number.NaN;
  const result = told.find(({ kind }) => kind === 'result')?.result;
  if (result === undefined) throw new Error('There is no result.');
  return {
    totalMs: result.totalMs,
    engineMs: at('load') - at('engine'),
    stages: result.findings.provenance.durationMs.stages,
    threads: result.engine.threads,
    findings: result.findings,
  };
}

/** A page opened anew for each reading: starting the networks counts, as it does for a person. */
async function readings(bench: Bench, folder: string, isolated: boolean): Promise<Read[]> {
  const host = await hostFolder(bench.built, isolated);
  try {
    const all: Read[] = [];
    for (let i = 0; i < bench.runs; i++) {
      const page = await openPage(bench, host.address);
      // What is fetched ahead for offline use is done by then.
      await page.locator('[data-offline="ready"]').waitFor({ timeout: 120_000 });
      all.push(await readIn(page, folder));
      await page.context().close();
    }
    return all;
  } finally {
    await host.close();
  }
}

function native(folder: string, out: string, runs: number) {
  const all = Array.from({ length: runs }, () => {
    const start = performance.now();
    const done = spawnSync(process.execPath, [MAIN, 'analyze', folder, '--out', out, '--force', '--json'], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    if (done.status !== 0) throw new Error(`analyze failed: ${done.stderr}`);
    return { totalMs: performance.now() - start, findings: JSON.parse(done.stdout) as unknown };
  });
  return { totalMs: median(all.map(({ totalMs }) => totalMs)), findings: all[0]?.findings };
}

/** Over all numbers of the two documents; anything else that differs is an error. */
export function largestDifference(a: unknown, b: unknown, at = ''): number {
  if (/\.(createdAt|durationMs)$/.test(at)) return 0;
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) / Math.max(1, Math.abs(b));
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].reduce((worst, key) => {
      const [left, right] = [a, b].map((each) => (each as Record<string, unknown>)[key]);
      return Math.max(worst, largestDifference(left, right, `${at}.${key}`));
    }, 0);
  }
  if (a !== b) throw new Error(`The browser says something else at ${at}.`);
  return 0;
}

async function loading(bench: Bench): Promise<Measure[]> {
  const host = await hostFolder(bench.built, true);
  try {
    const runs: { paint: number; ready: number }[] = [];
    let scriptBytes = 0;
    for (let i = 0; i < bench.runs; i++) {
      const page = await openPage(bench, host.address);
      await page.getByRole('button', { name: /demonstration/ }).waitFor();
      const { paint, scripts } = (await page.evaluate(`({
        paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
        scripts: performance.getEntriesByType('resource').map((r) => r.name).filter((n) => n.endsWith('.js')),
      })`)) as { paint: number; scripts: string[] };
      await page.locator('[data-offline="ready"]').waitFor({ timeout: 120_000 });
      runs.push({ paint, ready: (await page.evaluate('performance.now()')) as number });
      const files = [...new Set(scripts)].filter((url) => !url.endsWith('/sw.js'));
      scriptBytes = files
        .map((url) => gzipSync(readFileSync(join(bench.built, url.slice(host.address.length)))).length)
        .reduce((sum, bytes) => sum + bytes, 0);
      await page.context().close();
    }
    return [
      { what: 'first paint', value: seconds(median(runs.map(({ paint }) => paint))) },
      {
        what: 'script of the first load, compressed',
        value: `${(scriptBytes / 1000).toFixed(0)} kB`,
        target: `≤ ${TARGET.scriptBytes / 1000} kB`,
        met: scriptBytes <= TARGET.scriptBytes,
      },
      { what: 'ready for use without a connection', value: seconds(median(runs.map(({ ready }) => ready))) },
    ];
  } finally {
    await host.close();
  }
}

async function webGpu(bench: Bench): Promise<string> {
  const host = await hostFolder(bench.built, true);
  const page = await openPage(bench, host.address);
  const found = await page.evaluate(
    `navigator.gpu?.requestAdapter().then((a) => a && !a.info?.isFallbackAdapter, () => false) ?? false`,
  );
  await page.context().close();
  await host.close();
  return found === true
    ? 'One is there; the start-up probe decided, see the engine in the table.'
    : 'No graphics processor that WebGPU could use here: it was not measured.';
}

export async function alone(bench: Bench): Promise<Section> {
  const measures = await loading(bench);
  const rows: string[] = [];
  for (const [i, [name, options]] of Object.entries(STUDIES).entries()) {
    const folder = join(bench.scratch, `study-${i}`);
    for (const { name: path, bytes } of phantomStudy(options).files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    }
    const beside = native(folder, join(bench.scratch, 'out'), bench.runs);
    rows.push(`| ${name} | command line | ${seconds(beside.totalMs)} | | | 1.0 | |`);
    for (const isolated of [true, false]) {
      bench.say(`${name}, ${isolated ? 'threads' : 'one thread'}`);
      const all = await readings(bench, folder, isolated);
      const total = median(all.map(({ totalMs }) => totalMs));
      const chosen = all.find(({ totalMs }) => totalMs === total) ?? all[0];
      if (chosen === undefined) continue;
      const difference = largestDifference(chosen.findings, beside.findings);
      const segment = chosen.stages.segment ?? Number.NaN;
      rows.push(
        `| | browser, WebAssembly, ${chosen.threads} ${chosen.threads === 1 ? 'thread' : 'threads'} | ${seconds(total)} | ${seconds(chosen.engineMs)} | ${seconds(segment)} | ${(total / beside.totalMs).toFixed(1)} | ${difference.toExponential(0)} |`,
      );
      if (i === 0 && isolated) {
        measures.push({
          what: `reading the bench study, ${chosen.threads} threads`,
          value: seconds(total),
          target: `≤ ${TARGET.benchMs / 1000} s`,
          met: total <= TARGET.benchMs,
        });
      }
    }
  }
  const gpu = await webGpu(bench);
  return {
    title: 'In the browser alone',
    text: 'The built folder on a plain file host over loopback. A reading is from the choice of the folder to all results, on a page opened anew, its program kept before; the command line is a process from start to written files, in the same run.',
    measures,
    more: [
      '| study | read by | total | starting the networks | segmenting | times the command line | largest difference of any number |',
      '|---|---|---|---|---|---|---|',
      ...rows,
      '',
      'Differences are relative, or absolute for numbers below one; anything else that differed would end the benchmark.',
      '',
      `WebGPU: ${gpu}`,
    ].join('\n'),
  };
}
