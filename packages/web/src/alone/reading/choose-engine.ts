import type { EngineProbe } from './messages.ts';
import type { OpenedModel, Provider, Tensors } from './provider.ts';

/** A graphics processor has to be this much faster than WebAssembly: below, starting it costs more than it gains. */
const GAIN = 1.25;
/**
 * Largest difference between both outputs, as a share of their largest value. Kernels sum in another order, which
 * gives about 1e-5; half precision, which some drivers use unasked, gives about 1e-3 and is refused.
 */
export const LARGEST_DIFFERENCE = 5e-4;

export interface Chosen {
  readonly provider: Provider;
  readonly probe?: EngineProbe;
}

/**
 * Runs a network once on each, and takes the graphics processor where it is faster and says the same.
 * @param openOther absent where this browser has no graphics processor for the purpose
 * @param patience rejects when the graphics processor has been waited for long enough
 */
export async function chooseEngine(
  wasm: Provider,
  openOther: (() => Promise<Provider>) | undefined,
  model: Uint8Array,
  inputs: Tensors,
  now: () => number,
  patience: () => Promise<never>,
): Promise<Chosen> {
  if (openOther === undefined) return { provider: wasm };
  try {
    const ours = await timed(await wasm.open(model), inputs, now);
    const tried = openOther().then(async (other) => ({
      other,
      theirs: await timed(await other.open(model), inputs, now),
    }));
    const { other, theirs } = await Promise.race([tried, patience()]);
    const probe = {
      wasmMs: ours.ms,
      webgpuMs: theirs.ms,
      largestDifference: largestDifference(ours.data, theirs.data),
    };
    const same = probe.largestDifference <= LARGEST_DIFFERENCE;
    return { provider: same && theirs.ms * GAIN < ours.ms ? other : wasm, probe };
  } catch (error) {
    return { provider: wasm, probe: { failed: error instanceof Error ? error.name : 'unknown' } };
  }
}

/** The second run: the first one compiles. */
async function timed(model: OpenedModel, inputs: Tensors, now: () => number) {
  await model.run(inputs);
  const start = now();
  const outputs = await model.run(inputs);
  const ms = now() - start;
  return { ms, data: Object.values(outputs).map(({ data }) => data) };
}

function largestDifference(ours: readonly Float32Array[], theirs: readonly Float32Array[]): number {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  let largest = 0;
  for (const [i, each] of ours.entries()) {
    const other = theirs[i];
    if (each.length !== other.length) return Number.POSITIVE_INFINITY;
    for (let k = 0; k < each.length; k++) {
      const difference = Math.abs(each[k] - other[k]);
      // NaN compares as false with everything, so it is asked for.
      if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
      worst = Math.max(worst, difference);
      largest = Math.max(largest, Math.abs(each[k]));
    }
  }
  return largest === 0 ? worst : worst / largest;
}
