/** Asks for the server's health again and again from a thread of its own, so that the load's own work is not measured. */
import { Agent, get } from 'node:http';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const EVERY_MS = 20;
const FAILED_MS = 10_000;

export interface Health {
  readonly asked: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** No answer, or another than 200. */
  readonly failed: number;
}

export interface HealthWatch {
  /** From the start, or the last lap. */
  lap(): Promise<Health>;
  /** Of all the time; ends the watch. */
  end(): Promise<Health>;
}

export function watchHealth(origin: string): HealthWatch {
  const worker = new Worker(new URL(import.meta.url), { workerData: { watched: origin } });
  const asked = (what: 'lap' | 'end') =>
    new Promise<Health>((resolve) => {
      worker.once('message', resolve);
      worker.postMessage(what);
    });
  return {
    lap: () => asked('lap'),
    async end() {
      const health = await asked('end');
      await worker.terminate();
      return health;
    },
  };
}

export const told = ({ asked, p50, p99, max, failed }: Health): string =>
  `health asked ${asked} times: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, longest ${max.toFixed(0)} ms, ${failed} failed`;

/** Of one stretch of time. */
class Tally {
  readonly took: number[] = [];
  failed = 0;

  health(): Health {
    const sorted = this.took.toSorted((a, b) => a - b);
    const at = (q: number) =>
      sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
    return { asked: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1), failed: this.failed };
  }
}

function watch(origin: string): void {
  const agent = new Agent({ keepAlive: true });
  const all = new Tally();
  let lap = new Tally();
  const fail = () => {
    all.failed += 1;
    lap.failed += 1;
  };
  const timer = setInterval(() => {
    const start = performance.now();
    const request = get(`${origin}/api/health`, { agent, timeout: FAILED_MS }, (answer) => {
      answer.resume();
      answer.on('end', () => {
        const ms = performance.now() - start;
        all.took.push(ms);
        lap.took.push(ms);
        if (answer.statusCode !== 200) fail();
      });
    });
    request.on('timeout', () => request.destroy());
    request.on('error', fail);
  }, EVERY_MS);
  parentPort?.on('message', (what: 'lap' | 'end') => {
    if (what === 'end') clearInterval(timer);
    parentPort?.postMessage((what === 'end' ? all : lap).health());
    lap = new Tally();
  });
}

if (!isMainThread && typeof workerData?.watched === 'string') watch(workerData.watched);
