export { compileWasm, type WasmFactory, type WasmModule, type WasmSource } from './embind.ts';
export { createWasmCodecs, type WasmSources } from './wasm-codecs.ts';
