/**
 * The archive beside Debian's Orthanc, in one run on one machine: storing over 1, 4 and 8 connections, searching,
 * metadata of a study of 300 instances, first frame of a cold study, memory while a lot streams in.
 *
 *   npm run bench:archive                          prints
 *   npm run bench:archive -- --write               writes its page in docs/ too, as far as it has come
 *   npm run bench:archive -- --instances 3000      stored at each number of connections (default 600)
 *   npm run bench:archive -- --studies 1000,10000  sizes of the archive that is searched (default 1000,10000)
 *   npm run bench:archive -- --only Promontory     one of the two
 *   npm run bench:archive -- --postgres URI        both on PostgreSQL: empty databases …/promontory and …/orthanc,
 *                                                  the latter with the extension pg_trgm
 *
 * Both flush every file and run with their defaults otherwise.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { orthancVersion, startOrthanc } from '../conformance/archive/peers/orthanc.ts';
import { startPromontory } from '../conformance/archive/peers/promontory.ts';
import type { Target } from '../conformance/archive/peers/target.ts';
import {
  ask,
  overConnections,
  quantiles,
  seriesUid,
  sopUid,
  stow,
  studyUid,
  templateOf,
} from './archive/load.ts';

const { values } = parseArgs({
  options: {
    instances: { type: 'string', default: '600' },
    studies: { type: 'string', default: '1000,10000' },
    only: { type: 'string' },
    postgres: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});

const { postgres } = values;
const PAGE = new URL(
  postgres === undefined ? '../docs/benchmark-archive-embedded.md' : '../docs/benchmark-archive.md',
  import.meta.url,
);
const COMMITS =
  postgres === undefined
    ? 'Promontory flushes every commit of its index; Orthanc leaves those of SQLite to its checkpoints (SYNCHRONOUS=NORMAL).'
    : 'PostgreSQL flushes every commit of both.';
const CONNECTIONS = [1, 4, 8];
/** Instances of one request: half a series. */
const REQUEST = 10;
const METADATA_INSTANCES = 300;
const QUERIES = 40;
const instances = Number(values.instances);
const sizes = values.studies.split(',').map(Number);

type Figures = Map<string, string>;
const round = (x: number) => (x >= 100 ? x.toFixed(0) : x.toFixed(1));

function rssMib(pid: number): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1024;
}

async function measure(target: Target, tell: (figure: string, value: string) => void): Promise<void> {
  const large = templateOf(512);
  const small = templateOf(16);
  let instance = 1_000_000;
  let study = 900_000;
  const idle = rssMib(target.pid);
  let peak = idle;
  const watch = setInterval(() => {
    peak = Math.max(peak, rssMib(target.pid));
  }, 100);

  for (const connections of CONNECTIONS) {
    const jobs = Array.from({ length: instances / REQUEST }, (_, job) => job);
    const start = performance.now();
    await overConnections(connections, jobs, async (job, agent) => {
      // Thirty requests a study: series of ten.
      const of = study + Math.floor(job / 30);
      await stow(
        target,
        Array.from({ length: REQUEST }, () => large.make(of, of * 100 + (job % 30), instance++, of)),
        agent,
      );
    });
    const seconds = (performance.now() - start) / 1000;
    study += 1000;
    tell(
      `STOW of ${instances} × 0.5 MB, ${connections} connection${connections > 1 ? 's' : ''}, instances/s`,
      round(instances / seconds),
    );
  }
  tell('memory above idle while storing, MiB', round(peak - idle));
  clearInterval(watch);

  const first: number[] = [];
  // Of those stored over one connection, each once: one asked for before is in memory.
  for (let cold = 0; cold < Math.min(20, instances); cold++) {
    const nth = Math.floor((cold * instances) / 20);
    const job = Math.floor(nth / REQUEST);
    const of = 900_000 + Math.floor(job / 30);
    const uid = sopUid(1_000_000 + nth);
    const series = seriesUid(of * 100 + (job % 30));
    const { status, ms, body } = await ask(
      target,
      `/studies/${studyUid(of)}/series/${series}/instances/${uid}/frames/1`,
      {
        headers: { accept: 'multipart/related; type="application/octet-stream"' },
      },
    );
    if (status !== 200 || body.length < 524_288)
      throw new Error(`${target.name}: a frame answered ${status}`);
    first.push(ms);
  }
  tell('first frame, ms p50 / p95', pair(first));

  study = 800_000;
  for (let k = 0; k < METADATA_INSTANCES; k += 50)
    await stow(
      target,
      Array.from({ length: 50 }, (_, i) =>
        small.make(study, study + Math.floor((k + i) / 30), instance++, 1),
      ),
    );
  const metadata: number[] = [];
  for (let k = 0; k < 10; k++) {
    const { status, ms, body } = await ask(target, `/studies/${studyUid(study)}/metadata`, {
      headers: { accept: 'application/dicom+json' },
    });
    if (status !== 200 || JSON.parse(body.toString()).length !== METADATA_INSTANCES)
      throw new Error(`${target.name}: metadata answered ${status}`);
    metadata.push(ms);
  }
  tell(`metadata of ${METADATA_INSTANCES} instances, ms p50 / p95`, pair(metadata));

  let filled = 0;
  for (const size of sizes) {
    const jobs: number[] = [];
    for (; filled < size; filled += 20) jobs.push(filled);
    await overConnections(4, jobs, async (from, agent) => {
      await stow(
        target,
        Array.from({ length: 20 }, (_, i) => small.make(from + i, from + i, instance++, from + i)),
        agent,
      );
    });
    for (const [kind, query] of Object.entries(QUERY_KINDS)) {
      const times: number[] = [];
      for (let k = 0; k < QUERIES; k++) {
        const { status, ms } = await ask(target, `/studies?${query(k, size)}`, {
          headers: { accept: 'application/dicom+json' },
        });
        if (status !== 200 && status !== 204) throw new Error(`${target.name}: QIDO answered ${status}`);
        times.push(ms);
      }
      tell(`QIDO ${kind}, ${size} studies, ms p50 / p95`, pair(times));
    }
  }
}

const pair = (ms: readonly number[]) => `${round(quantiles(ms).p50)} / ${round(quantiles(ms).p95)}`;

const QUERY_KINDS: Readonly<Record<string, (k: number, size: number) => string>> = {
  'by patient ID': (k, size) => `PatientID=PATIENT-${String((k * 37) % size).padStart(7, '0')}`,
  'by beginning of name': (k) => `PatientName=smith${k}*&limit=50`,
  'by month': (k) =>
    `StudyDate=20${10 + (k % 16)}${String(1 + (k % 12)).padStart(2, '0')}01-20${10 + (k % 16)}${String(1 + (k % 12)).padStart(2, '0')}28&limit=50`,
  'newest 50': () => 'limit=50',
};

const engine = postgres === undefined ? 'embedded database' : 'PostgreSQL';
const targets: readonly (readonly [name: string, start: () => Promise<Target & { stop(): unknown }>])[] = [
  [
    'Promontory',
    () =>
      startPromontory(
        postgres === undefined ? {} : { environment: { DATABASE_URL: `${postgres}/promontory` } },
      ),
  ],
  [orthancVersion(), () => startOrthanc(postgres === undefined ? undefined : `${postgres}/orthanc`)],
];

/** So far: what takes long is worth keeping when it is broken off. */
function pageOf(columns: ReadonlyMap<string, Figures>): string {
  const rows = [...new Set([...columns.values()].flatMap((figures) => [...figures.keys()]))];
  const table = [
    `| figure | ${[...columns.keys()].join(' | ')} |`,
    `|---|${[...columns.keys()].map(() => '---').join('|')}|`,
    ...rows.map(
      (row) => `| ${row} | ${[...columns.values()].map((figures) => figures.get(row) ?? '–').join(' | ')} |`,
    ),
  ].join('\n');
  return `# The archive's speed

Made by \`npm run bench:archive\` on ${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}): the archives in one run one after the other, each a process of its own over loopback, every file flushed. ${COMMITS} Compare the columns; absolute times are those of this machine.

${table}
`;
}

const columns = new Map<string, Figures>();
for (const [name, start] of targets) {
  if (values.only !== undefined && !name.startsWith(values.only)) continue;
  process.stderr.write(`${name}, ${engine}\n`);
  const target = await start();
  const figures: Figures = new Map();
  columns.set(`${name}, ${engine}`, figures);
  try {
    await measure(target, (figure, value) => {
      figures.set(figure, value);
      process.stderr.write(`  ${figure}: ${value}\n`);
      if (values.write) writeFileSync(PAGE, pageOf(columns));
    });
  } finally {
    await target.stop();
  }
}

process.stdout.write(`${pageOf(columns)}\n`);
