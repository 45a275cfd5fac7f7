import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import {
  type CodecPort,
  compileWasm,
  createWasmCodecs,
  type WasmFactory,
  type WasmModule,
  type WasmSource,
} from '@promontory/core/pixels';

const require = createRequire(import.meta.url);

/** The packages are CommonJS and hand out their factory as the default export. */
async function source<M extends WasmModule>(glue: string, wasm: string): Promise<WasmSource<M>> {
  const factory = require(glue) as WasmFactory<M>;
  const compiled = await compileWasm(await readFile(require.resolve(wasm)));
  return { factory, compiled };
}

/** The codecs from their packages on the disk. */
export const createNodeCodecs = (): CodecPort =>
  createWasmCodecs({
    charls: () =>
      source('@cornerstonejs/codec-charls/decodewasmjs', '@cornerstonejs/codec-charls/decodewasm'),
    openjpeg: () =>
      source('@cornerstonejs/codec-openjpeg/decodewasmjs', '@cornerstonejs/codec-openjpeg/decodewasm'),
    openjph: () => source('@cornerstonejs/codec-openjph/wasmjs', '@cornerstonejs/codec-openjph/wasm'),
    turbojpeg: () =>
      source(
        '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs',
        '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm',
      ),
  });
