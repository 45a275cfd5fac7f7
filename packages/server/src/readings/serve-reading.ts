/** The inside of the reading process: one study in on the input, one reading out over the channel, then it ends. */
import { writeFileSync } from 'node:fs';
import { type FaultCode, isFault } from '@promontory/core/fault';
import { AXIAL_SEGMENTER, GRADER, type ModelIdentity, SEGMENTER } from '@promontory/core/reading';
import { collectBytes, DEFAULT_INPUT_LIMITS } from '../ports/files/index.ts';
import {
  assemble,
  type ClosableRunner,
  type ReadingPorts,
  readCollected,
  renderOutputs,
} from '../reading-run/index.ts';
import { readFrames } from './frames.ts';
import type { ReadingMessage } from './reading-messages.ts';

/** Faults that say nothing of the study: another try may do better. */
const OURS: readonly FaultCode[] = ['MODEL_UNAVAILABLE', 'OUTPUT_REFUSED', 'USAGE'];
/** Often enough to be watched. */
const TELL_MS = 250;

/** Runs in a process of its own, over its standard input and its channel to the parent. */
export async function serveReading(ports: ReadingPorts): Promise<void> {
  // Whoever started it is gone: nobody wants the result.
  process.on('disconnect', () => process.exit(1));
  dieFirst();
  const end = await readOne(process.stdin, ports, tell);
  await tell(end);
  process.disconnect?.();
  process.exit(0);
}

/** Where memory is short, this process goes and the server stays (Linux). */
function dieFirst(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '900');
  } catch {
    // Other systems have no such file.
  }
}

const tell = (message: ReadingMessage): Promise<void> =>
  new Promise((resolve, reject) => {
    process.send?.(message, (error: Error | null) => (error === null ? resolve() : reject(error)));
  });

async function readOne(
  input: AsyncIterable<Uint8Array>,
  ports: ReadingPorts,
  send: (message: ReadingMessage) => Promise<void>,
): Promise<ReadingMessage> {
  try {
    const collected = await collectBytes(await readFrames(input, DEFAULT_INPUT_LIMITS.maxTotalBytes));
    const told = { ...ports, runner: async () => telling(await ports.runner(), send) };
    const steps = { step: throttled((message) => void send(message).catch(() => {})) };
    const reading = await readCollected(collected, await assemble(collected, {}, ports), {}, told, steps);
    steps.step('Drawing pictures and report');
    for (const { path, bytes } of renderOutputs(reading, await ports.rasteriser())) {
      const name = nameOf(path);
      await send({
        kind: 'file',
        name,
        mediaType: MEDIA_TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
        bytes: typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes,
      });
    }
    const { software, models } = reading.findings.provenance;
    return { kind: 'read', softwareVersion: software.version, models };
  } catch (error) {
    if (!isFault(error)) return { kind: 'failed', reason: 'defect' };
    if (OURS.includes(error.code)) return { kind: 'failed', reason: 'model-unavailable' };
    const models = await installedModels(ports);
    const { code, message } = error;
    return { kind: 'refused', code, message, softwareVersion: ports.version, models };
  }
}

/** Says which models it reads with, each once. */
function telling(runner: ClosableRunner, send: (message: ReadingMessage) => Promise<void>): ClosableRunner {
  const told = new Set<string>();
  const identify = async (id: string) => {
    const model = await runner.identify(id);
    if (!told.has(id)) {
      told.add(id);
      await send({ kind: 'loaded', model });
    }
    return model;
  };
  return {
    identify,
    constants: (id) => runner.constants(id),
    async run(id, inputs) {
      await identify(id);
      return runner.run(id, inputs);
    },
    close: () => runner.close(),
  };
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  html: 'text/html; charset=utf-8',
  png: 'image/png',
  gz: 'application/gzip',
};

/** `key-images/disc-L4-L5.png` → `disc-L4-L5.png`: a result has a name, not a place. */
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** What would have read the study, had it been one to read. */
async function installedModels(ports: ReadingPorts): Promise<ModelIdentity[]> {
  const runner = await ports.runner();
  try {
    const asked = await Promise.allSettled(
      [SEGMENTER, GRADER, AXIAL_SEGMENTER].map((id) => runner.identify(id)),
    );
    return asked.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  } finally {
    await runner.close();
  }
}

function throttled(send: (message: ReadingMessage) => void) {
  let stage = '';
  let last = 0;
  return (what: string, done?: number, total?: number): void => {
    const now = performance.now();
    if (what === stage && now - last < TELL_MS) return;
    stage = what;
    last = now;
    send({
      kind: 'progress',
      stage: what,
      ...(done !== undefined && { done }),
      ...(total !== undefined && { total }),
    });
  };
}
