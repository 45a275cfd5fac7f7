import glue from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import * as ort from 'onnxruntime-web/webgpu';
import { ortProvider, type Provider } from './provider.ts';

/** ONNX Runtime on the graphics processor; what that does not know runs as WebAssembly in one thread. */
export function openWebGpu(): Provider {
  ort.env.wasm.wasmPaths = {
    mjs: new URL(glue, import.meta.url).href,
    wasm: new URL(wasm, import.meta.url).href,
  };
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  return ortProvider(ort, 'webgpu', 1, {});
}
