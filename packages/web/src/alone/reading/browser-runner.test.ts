import { isFault } from '@promontory/core/fault';
import { expect, test } from 'vitest';
import { BrowserRunner } from './browser-runner.ts';
import type { Provider } from './provider.ts';

const card = { id: 'net', version: '2', file: 'net.onnx', sha256: 'ab', constants: { t: 1 } };
const fetchNet = async () => ({ card, bytes: new Uint8Array(1) });

/** Answers with the number of its run; fails from the run given on. */
function provider(name: Provider['name'], failsFrom = Number.POSITIVE_INFINITY): Provider {
  let runs = 0;
  return {
    name,
    threads: 1,
    open: async () => ({
      run: async () => {
        if (runs >= failsFrom) throw new Error('the device was lost');
        return { [name]: { dims: [1], data: Float32Array.of(runs++) } };
      },
    }),
  };
}

test('what a card says is handed on', async () => {
  const wasm = provider('wasm');
  const runner = new BrowserRunner(fetchNet, wasm, wasm);
  expect(await runner.identify('net')).toEqual({ id: 'net', version: '2', sha256: 'ab' });
  expect(await runner.constants('net')).toEqual({ t: 1 });
});

test('a graphics processor that is lost on the way costs nothing but time', async () => {
  const runner = new BrowserRunner(fetchNet, provider('webgpu', 2), provider('wasm'));
  const keys = [];
  for (let i = 0; i < 4; i++) keys.push(...Object.keys(await runner.run('net', {})));
  expect(keys).toEqual(['webgpu', 'webgpu', 'wasm', 'wasm']);
  expect(runner.provider.name).toBe('wasm');
});

test('two runs that lose it at once go over once, and both are answered', async () => {
  const runner = new BrowserRunner(fetchNet, provider('webgpu', 0), provider('wasm'));
  const both = await Promise.all([runner.run('net', {}), runner.run('net', {})]);
  expect(both.map((outputs) => outputs.wasm.data[0])).toEqual([0, 1]);
});

test('where WebAssembly fails too, it is a fault', async () => {
  const runner = new BrowserRunner(fetchNet, provider('webgpu', 0), provider('wasm', 0));
  const error = await runner.run('net', {}).catch((e: unknown) => e);
  expect(isFault(error, 'MODEL_UNAVAILABLE')).toBe(true);
});

test('a model that could not be fetched is asked for again', async () => {
  let tries = 0;
  const wasm = provider('wasm');
  const runner = new BrowserRunner(
    async () => {
      if (tries++ === 0) throw new Error('offline');
      return fetchNet();
    },
    wasm,
    wasm,
  );
  await expect(runner.identify('net')).rejects.toThrow('offline');
  expect((await runner.identify('net')).version).toBe('2');
});
