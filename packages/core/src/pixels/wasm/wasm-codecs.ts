import { Fault, isFault } from '../../fault/index.ts';
import type { CodecFamily, CodecPort, CodedHeader, DecodedImage } from '../codec-port.ts';
import { type WasmDecoder, type WasmImage, type WasmModule, type WasmSource, wasmCodec } from './embind.ts';

interface CharLsDecoder extends WasmDecoder {
  /** 0: planes; 1: lines; 2: samples. The codec gives pixels for the last two. */
  getInterleaveMode(): number;
}
export interface CharLs extends WasmModule {
  readonly JpegLSDecoder: new () => CharLsDecoder;
}
export interface OpenJpeg extends WasmModule {
  readonly J2KDecoder: new () => WasmDecoder;
}
export interface OpenJph extends WasmModule {
  readonly HTJ2KDecoder: new () => WasmDecoder;
}
export interface TurboJpeg extends WasmModule {
  readonly JPEGDecoder: new () => WasmDecoder;
}

/** Where the codecs come from; each is loaded when the first frame needs it. */
export interface WasmSources {
  /** CharLS, JPEG-LS. */
  readonly charls: () => Promise<WasmSource<CharLs>>;
  /** OpenJPEG, JPEG 2000. */
  readonly openjpeg: () => Promise<WasmSource<OpenJpeg>>;
  /** OpenJPH, HTJ2K. */
  readonly openjph: () => Promise<WasmSource<OpenJph>>;
  /** libjpeg-turbo, baseline and 8-bit extended JPEG. */
  readonly turbojpeg: () => Promise<WasmSource<TurboJpeg>>;
}

/** The codecs that are WebAssembly, the same in Node and in a browser. What JavaScript decodes asks for none. */
export function createWasmCodecs(sources: WasmSources): CodecPort {
  const wasm: Record<CodecFamily, (bytes: Uint8Array) => Promise<WasmImage>> = {
    'jpeg-ls': wasmCodec(sources.charls, (module) => new module.JpegLSDecoder(), planesToPixels),
    'jpeg-2000': wasmCodec(sources.openjpeg, (module) => new module.J2KDecoder()),
    htj2k: wasmCodec(sources.openjph, (module) => new module.HTJ2KDecoder()),
    jpeg: wasmCodec(sources.turbojpeg, (module) => new module.JPEGDecoder()),
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
