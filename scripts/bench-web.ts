/**
 * How fast the web pages are, in a real Chromium. Build first.
 *
 *   npm run bench:web                    prints
 *   npm run bench:web -- --write         writes docs/benchmark-web.md too
 *   npm run bench:web -- --runs 1        measures everything once (default 3; the median counts)
 *   npm run bench:web -- --built FOLDER  another built folder than packages/web/dist
 *
 * Each part is a file of scripts/bench-web with a function that measures and returns a section.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { alone } from './bench-web/alone.ts';
import { type Bench, type MeasureSection, sectionText } from './bench-web/section.ts';
import { workbench } from './bench-web/workbench.ts';

const ROOT = join(import.meta.dirname, '..');
const SECTIONS: readonly MeasureSection[] = [workbench, alone];

const { values } = parseArgs({
  options: {
    write: { type: 'boolean' },
    runs: { type: 'string', default: '3' },
    built: { type: 'string', default: join(ROOT, 'packages/web/dist') },
  },
});
const scratch = mkdtempSync(join(tmpdir(), 'promontory-bench-web-'));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
});
try {
  const bench: Bench = {
    browser,
    built: values.built,
    scratch,
    runs: Number(values.runs),
    say: (text) => process.stderr.write(`${text}\n`),
  };
  const parts = [
    '# Benchmark of the web pages',
    '',
    'Made by `npm run bench:web -- --write`.',
    '',
    `Machine: ${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores, ${process.platform}, Node.js ${process.versions.node}, Chromium ${browser.version()}, no GPU.`,
    '',
  ];
  for (const measure of SECTIONS) parts.push(sectionText(await measure(bench)));
  const text = parts.join('\n');
  process.stdout.write(text);
  if (values.write === true) writeFileSync(join(ROOT, 'docs/benchmark-web.md'), text);
} finally {
  await browser.close();
  rmSync(scratch, { recursive: true, force: true });
}
