/** The thread that reads: one request after the other. To stop it is to end it. */
import { createBrowserCodecs } from './browser-codecs.ts';
import { type StartedEngine, startEngine } from './engine.ts';
import { failureOf } from './failure.ts';
import type { ReadRequest, Told } from './messages.ts';
import { read } from './read.ts';

interface Scope {
  onmessage: ((event: MessageEvent<ReadRequest>) => void) | null;
  postMessage(told: Told, options?: StructuredSerializeOptions): void;
}
const scope = globalThis as unknown as Scope;
const codecs = createBrowserCodecs();
let started: Promise<StartedEngine> | undefined;

function engine(base: string): Promise<StartedEngine> {
  started ??= startEngine(base);
  started.catch(() => {
    started = undefined;
  });
  return started;
}

scope.onmessage = async ({ data: request }) => {
  const tell = (told: Told) => scope.postMessage(told);
  try {
    const result = await read(request, {
      version: __VERSION__,
      codecs,
      engine: () => engine(request.base),
      now: () => new Date(),
      tell,
    });
    scope.postMessage(
      { kind: 'result', result },
      { transfer: result.files.map(({ bytes }) => bytes.buffer) },
    );
  } catch (error) {
    tell({ kind: 'failed', failure: failureOf(error) });
  }
};
