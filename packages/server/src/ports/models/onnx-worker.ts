import { parentPort, workerData } from 'node:worker_threads';
import * as ort from 'onnxruntime-node';

/** Requests and answers of the worker that runs the networks: `run()` blocks, so it stands apart from the main thread. */
export type Request =
  | { readonly kind: 'load'; readonly ticket: number; readonly modelId: string; readonly bytes: Uint8Array }
  | {
      readonly kind: 'run';
      readonly ticket: number;
      readonly modelId: string;
      readonly inputs: Record<string, { dims: readonly number[]; data: Float32Array }>;
    };

export type Answer =
  | {
      readonly ticket: number;
      readonly outputs: Record<string, { dims: readonly number[]; data: Float32Array }>;
    }
  | { readonly ticket: number; readonly failure: string };

const sessions = new Map<string, ort.InferenceSession>();
const { threads } = workerData as { threads: number };

async function answer(request: Request): Promise<Answer> {
  const { ticket } = request;
  if (request.kind === 'load') {
    sessions.set(
      request.modelId,
      await ort.InferenceSession.create(request.bytes, {
        intraOpNumThreads: threads,
        graphOptimizationLevel: 'all',
        // The arena keeps the largest shape's memory for every shape it has seen.
        enableCpuMemArena: false,
      }),
    );
    return { ticket, outputs: {} };
  }
  const session = sessions.get(request.modelId);
  if (session === undefined) throw new Error(`${request.modelId} is not loaded`);
  const feeds = Object.fromEntries(
    Object.entries(request.inputs).map(([name, t]) => [name, new ort.Tensor('float32', t.data, t.dims)]),
  );
  const results = await session.run(feeds);
  const outputs = Object.fromEntries(
    Object.entries(results).map(([name, t]) => [name, { dims: t.dims, data: t.data as Float32Array }]),
  );
  return { ticket, outputs };
}

parentPort?.on('message', (request: Request) => {
  answer(request)
    .catch((error: unknown) => ({
      ticket: request.ticket,
      failure: error instanceof Error ? error.message : 'unknown',
    }))
    .then((reply) => parentPort?.postMessage(reply));
});
