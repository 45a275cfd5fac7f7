import { expect, test } from 'vitest';
import { chooseEngine } from './choose-engine.ts';
import type { Provider } from './provider.ts';

/** A clock that only running networks moves. */
function bench() {
  let at = 0;
  const provider = (name: Provider['name'], ms: number, value: number): Provider => ({
    name,
    threads: 1,
    open: async () => ({
      run: async () => {
        at += ms;
        return { scores: { dims: [2], data: Float32Array.of(1, value) } };
      },
    }),
  });
  return { now: () => at, provider };
}
const NET = new Uint8Array(1);
const patient = () => new Promise<never>(() => {});

async function choose(gpuMs: number, gpuValue: number) {
  const { now, provider } = bench();
  const other = provider('webgpu', gpuMs, gpuValue);
  const { provider: chosen, probe } = await chooseEngine(
    provider('wasm', 100, -2),
    async () => other,
    NET,
    {},
    now,
    patient,
  );
  return { name: chosen.name, probe };
}

test('a graphics processor that is faster and says the same is taken', async () => {
  expect(await choose(20, -2)).toEqual({
    name: 'webgpu',
    probe: { wasmMs: 100, webgpuMs: 20, largestDifference: 0 },
  });
});

test.each([
  ['hardly faster', 90, -2],
  ['slower', 400, -2],
  ['saying something else', 20, -2.01],
  ['saying nothing', 20, Number.NaN],
])('one that is %s is not', async (_, ms, value) => {
  expect((await choose(ms, value)).name).toBe('wasm');
});

test('one that fails, or cannot be opened, leaves WebAssembly and is told', async () => {
  const { now, provider } = bench();
  const wasm = provider('wasm', 100, 1);
  for (const broken of [
    async () => Promise.reject(new TypeError('lost')),
    async (): Promise<Provider> => ({
      ...provider('webgpu', 1, 1),
      open: () => Promise.reject(new TypeError('no')),
    }),
  ]) {
    expect(await chooseEngine(wasm, broken, NET, {}, now, patient)).toEqual({
      provider: wasm,
      probe: { failed: 'TypeError' },
    });
  }
});

test('without one nothing is run', async () => {
  const { now, provider } = bench();
  const wasm = provider('wasm', 100, 1);
  expect(await chooseEngine(wasm, undefined, NET, {}, now, patient)).toEqual({ provider: wasm });
  expect(now()).toBe(0);
});

test('one that never answers is not waited for', async () => {
  const { now, provider } = bench();
  const wasm = provider('wasm', 100, 1);
  const silent = () => new Promise<Provider>(() => {});
  const enough = () => Promise.reject(new DOMException('', 'TimeoutError'));
  expect(await chooseEngine(wasm, silent, NET, {}, now, enough)).toEqual({
    provider: wasm,
    probe: { failed: 'TimeoutError' },
  });
});
