import { SEGMENTER } from '@promontory/core/reading';
import { BrowserRunner } from './browser-runner.ts';
import { chooseEngine } from './choose-engine.ts';
import type { Engine, EngineProbe } from './messages.ts';
import { fetchModel, type ModelFile } from './model-files.ts';
import type { Tensors } from './provider.ts';
import { openWasm } from './wasm-provider.ts';

/** More threads than this gain nothing on slices of this size. */
const MOST_THREADS = 4;
/** Pixels of the probe's side: about that of a lumbar slice at the segmenter's 1 mm. */
const PROBE_SIDE = 256;

export interface StartedEngine {
  readonly runner: BrowserRunner;
  /** As it is now: a graphics processor may have been lost since. */
  describe(): Engine;
}

/**
 * Starts what runs the networks. Threads need memory that threads share, which browsers give to isolated pages only.
 * @throws Fault `MODEL_UNAVAILABLE`
 */
export async function startEngine(base: string): Promise<StartedEngine> {
  const threads = crossOriginIsolated ? Math.min(MOST_THREADS, navigator.hardwareConcurrency || 1) : 1;
  const wasm = openWasm(threads);
  const files = new Map<string, Promise<ModelFile>>();
  const get = (modelId: string): Promise<ModelFile> => {
    const file = files.get(modelId) ?? fetchModel(base, modelId);
    files.set(modelId, file);
    file.catch(() => files.delete(modelId));
    return file;
  };
  const other = (await hasGraphicsProcessor()) ? openOther : undefined;
  const { bytes } = await get(SEGMENTER);
  const { provider, probe } = await chooseEngine(
    wasm,
    other,
    bytes,
    probeInputs(),
    () => performance.now(),
    patience,
  );
  const runner = new BrowserRunner(get, provider, wasm);
  return { runner, describe: () => engineOf(runner, probe) };
}

/** Longer than this, fetching its program included, a graphics processor is not waited for. */
const PATIENCE_MS = 10_000;
const patience = () =>
  new Promise<never>((_, reject) => {
    setTimeout(() => reject(new DOMException('', 'TimeoutError')), PATIENCE_MS);
  });

const openOther = async () => (await import('./webgpu-provider.ts')).openWebGpu();

const engineOf = ({ provider }: BrowserRunner, probe: EngineProbe | undefined): Engine => ({
  provider: provider.name,
  threads: provider.threads,
  ...(probe && { probe }),
});

interface Adapter {
  readonly info?: { readonly isFallbackAdapter?: boolean };
}

/** One that is imitated by the main processor is slower than WebAssembly, always. */
async function hasGraphicsProcessor(): Promise<boolean> {
  const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<Adapter | null> } };
  try {
    const adapter = await gpu?.requestAdapter();
    return adapter !== null && adapter !== undefined && adapter.info?.isFallbackAdapter !== true;
  } catch {
    return false;
  }
}

/** Something with edges, the same everywhere. */
function probeInputs(): Tensors {
  const data = Float32Array.from({ length: PROBE_SIDE * PROBE_SIDE }, (_, i) => {
    const [x, y] = [i % PROBE_SIDE, Math.floor(i / PROBE_SIDE)];
    return Math.sin(x / 9) * Math.cos(y / 13) + (Math.floor(y / 32) % 2 === 0 ? 0.5 : -0.5);
  });
  return { image: { dims: [1, 1, PROBE_SIDE, PROBE_SIDE], data } };
}
