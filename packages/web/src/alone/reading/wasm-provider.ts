import glue from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import * as ort from 'onnxruntime-web/wasm';
import { ortProvider, type Provider } from './provider.ts';

/** ONNX Runtime as WebAssembly, from our own folder. */
export function openWasm(threads: number): Provider {
  ort.env.wasm.wasmPaths = {
    mjs: new URL(glue, import.meta.url).href,
    wasm: new URL(wasm, import.meta.url).href,
  };
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = 'error';
  // The arena keeps the largest shape's memory for every shape it has seen.
  return ortProvider(ort, 'wasm', threads, { enableCpuMemArena: false });
}
