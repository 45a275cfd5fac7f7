import charls from '@cornerstonejs/codec-charls/decodewasm?url';
import turbojpeg from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm?url';
import openjpeg from '@cornerstonejs/codec-openjpeg/decodewasm?url';
import openjph from '@cornerstonejs/codec-openjph/wasm?url';
import {
  type CodecPort,
  compileWasm,
  createWasmCodecs,
  type WasmFactory,
  type WasmModule,
  type WasmSource,
} from '@promontory/core/pixels';

async function source<M extends WasmModule>(
  glue: Promise<{ readonly default: unknown }>,
  wasm: string,
): Promise<WasmSource<M>> {
  const answer = await fetch(wasm);
  if (!answer.ok) throw new Error(`a codec cannot be fetched (${answer.status})`);
  const compiled = await compileWasm(new Uint8Array(await answer.arrayBuffer()));
  return { factory: (await glue).default as WasmFactory<M>, compiled };
}

/** The server's codecs, fetched from beside the page when the first frame needs them. */
export const createBrowserCodecs = (): CodecPort =>
  createWasmCodecs({
    charls: () => source(import('@cornerstonejs/codec-charls/decodewasmjs'), charls),
    openjpeg: () => source(import('@cornerstonejs/codec-openjpeg/decodewasmjs'), openjpeg),
    openjph: () => source(import('@cornerstonejs/codec-openjph/wasmjs'), openjph),
    turbojpeg: () => source(import('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs'), turbojpeg),
  });
