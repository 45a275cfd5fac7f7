import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Fault, isFault } from '@promontory/core/fault';
import type { CodecFamily, CodecPort, CodedHeader, DecodedImage } from '@promontory/core/pixels';
import {
  compileWasm,
  type WasmDecoder,
  type WasmFactory,
  type WasmImage,
  type WasmModule,
  type WasmSource,
  wasmCodec,
} from './embind.ts';

interface CharLsDecoder extends WasmDecoder {
  /** 0: planes; 1: lines; 2: samples. The codec gives pixels for the last two. */
  getInterleaveMode(): number;
}
interface CharLs extends WasmModule {
  readonly JpegLSDecoder: new () => CharLsDecoder;
}
interface OpenJpeg extends WasmModule {
  readonly J2KDecoder: new () => WasmDecoder;
}
interface OpenJph extends WasmModule {
  readonly HTJ2KDecoder: new () => WasmDecoder;
}
interface TurboJpeg extends WasmModule {
  readonly JPEGDecoder: new () => WasmDecoder;
}

const require = createRequire(import.meta.url);

/** The packages are CommonJS and hand out their factory as the default export. */
async function source<M extends WasmModule>(glue: string, wasm: string): Promise<WasmSource<M>> {
  const factory = require(glue) as WasmFactory<M>;
  const compiled = await compileWasm(await readFile(require.resolve(wasm)));
  return { factory, compiled };
}

/**
 * The codecs of Node: CharLS (JPEG-LS), OpenJPEG (JPEG 2000), OpenJPH (HTJ2K), libjpeg-turbo (baseline and 8-bit
 * extended JPEG). Each is loaded when the first frame needs it. What JavaScript decodes is in core and asks for none.
 */
export function createNodeCodecs(): CodecPort {
  const wasm: Record<CodecFamily, (bytes: Uint8Array) => Promise<WasmImage>> = {
    'jpeg-ls': wasmCodec(
      () =>
        source<CharLs>('@cornerstonejs/codec-charls/decodewasmjs', '@cornerstonejs/codec-charls/decodewasm'),
      (module) => new module.JpegLSDecoder(),
      planesToPixels,
    ),
    'jpeg-2000': wasmCodec(
      () =>
        source<OpenJpeg>(
          '@cornerstonejs/codec-openjpeg/decodewasmjs',
          '@cornerstonejs/codec-openjpeg/decodewasm',
        ),
      (module) => new module.J2KDecoder(),
    ),
    htj2k: wasmCodec(
      () => source<OpenJph>('@cornerstonejs/codec-openjph/wasmjs', '@cornerstonejs/codec-openjph/wasm'),
      (module) => new module.HTJ2KDecoder(),
    ),
    jpeg: wasmCodec(
      () =>
        source<TurboJpeg>(
          '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs',
          '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm',
        ),
      (module) => new module.JPEGDecoder(),
    ),
  };
  return {
    async decode(bytes: Uint8Array, header: CodedHeader): Promise<DecodedImage> {
      try {
        const image = await wasm[header.family](header.family === 'jpeg-ls' ? ended(bytes) : bytes);
        const { height, width, componentCount } = image.info;
        const agrees =
          height === header.rows && width === header.columns && componentCount === header.samples;
        if (!agrees) throw new Fault('MALFORMED', `the ${header.family} codec could not finish a frame`);
        return { rows: height, columns: width, samples: componentCount, data: samplesOf(image) };
      } catch (cause) {
        if (isFault(cause)) throw cause;
        throw new Fault('MALFORMED', `the ${header.family} codec refused a frame`, { cause });
      }
    },
  };
}

function samplesOf({ pixels, info }: WasmImage): Uint8Array | Uint16Array {
  return info.bitsPerSample <= 8 ? pixels : new Uint16Array(pixels.buffer, 0, pixels.length >> 1);
}

/** CharLS reads on through its whole memory, for a minute, where a cut stream has no end marker: it always gets one. */
function ended(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length + 2);
  out.set(bytes);
  out.set([0xff, 0xd9], bytes.length);
  return out;
}

/** JPEG-LS without interleaving keeps the samples in planes: r r … g g … b b … → r g b r g b … */
function planesToPixels(decoder: CharLsDecoder, { info, pixels }: WasmImage): Uint8Array {
  const { componentCount, bitsPerSample } = info;
  if (componentCount === 1 || decoder.getInterleaveMode() !== 0) return pixels;
  const width = bitsPerSample <= 8 ? 1 : 2;
  const planeBytes = pixels.length / componentCount;
  const out = new Uint8Array(pixels.length);
  for (let from = 0, plane = 0; plane < componentCount; plane++) {
    for (let at = 0; at < planeBytes; at++, from++) {
      out[(Math.floor(at / width) * componentCount + plane) * width + (at % width)] = pixels[from];
    }
  }
  return out;
}
