/** What the codecs compiled with Emscripten have in common. They carry no types of their own. */
export interface WasmDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  /** A view of the codec's memory; the next call may overwrite it. */
  getDecodedBuffer(): Uint8ClampedArray | Uint8Array;
  decode(): void;
  getFrameInfo(): FrameInfo;
  delete(): void;
}

export interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
}

export interface WasmModule {
  readonly HEAPU8: Uint8Array;
}

/** Makes a fresh instance with its own memory. */
export type WasmFactory<M extends WasmModule> = (options: object) => Promise<M>;

/** The part of WebAssembly that is used here; its types come with the DOM's, which Node does not have. */
interface WebAssemblyApi {
  compile(bytes: Uint8Array): Promise<CompiledWasm>;
  instantiate(compiled: CompiledWasm, imports: object): Promise<object>;
}
export interface CompiledWasm {
  readonly [Symbol.toStringTag]: string;
}
const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi };

export const compileWasm = (bytes: Uint8Array): Promise<CompiledWasm> => WebAssembly.compile(bytes);

/** A codec's glue and its WebAssembly, compiled once for all instances. */
export interface WasmSource<M extends WasmModule> {
  readonly factory: WasmFactory<M>;
  readonly compiled: CompiledWasm;
}

/** Memory of an instance never shrinks; above this it is dropped after use. */
const MAX_KEPT_HEAP_BYTES = 256 << 20;

/** A frame as the codec holds it: bytes up to 8 bits, little-endian words above. */
export interface WasmImage {
  readonly info: FrameInfo;
  readonly pixels: Uint8Array;
}

/**
 * One codec, instantiated when first needed. An instance that threw is thrown away, for its memory cannot be trusted.
 * What it prints is swallowed, for it may speak of the image. The function throws whatever the codec throws, numbers and
 * `RuntimeError`s among it.
 *
 * @param arrange may rearrange the decoded bytes, e.g. planes into pixels
 */
export function wasmCodec<M extends WasmModule, D extends WasmDecoder>(
  load: () => Promise<WasmSource<M>>,
  decoderOf: (module: M) => D,
  arrange: (decoder: D, image: WasmImage) => Uint8Array = (_, image) => image.pixels,
): (bytes: Uint8Array) => Promise<WasmImage> {
  let source: Promise<WasmSource<M>> | undefined;
  let current: Promise<M> | undefined;
  return async (bytes) => {
    source ??= load();
    current ??= source.then(instantiate);
    const instance = current;
    let reusable = false;
    try {
      const module = await instance;
      const decoder = decoderOf(module);
      decoder.getEncodedBuffer(bytes.length).set(bytes);
      decoder.decode();
      const info = { ...decoder.getFrameInfo() };
      const pixels = arrange(decoder, { info, pixels: new Uint8Array(decoder.getDecodedBuffer()) });
      decoder.delete();
      reusable = module.HEAPU8.length <= MAX_KEPT_HEAP_BYTES;
      return { info, pixels };
    } finally {
      if (!reusable && current === instance) current = undefined;
    }
  };
}

function instantiate<M extends WasmModule>({ factory, compiled }: WasmSource<M>): Promise<M> {
  return new Promise((resolve, reject) => {
    const instantiateWasm = (imports: object, receive: (instance: object) => void) => {
      WebAssembly.instantiate(compiled, imports).then(receive).catch(reject);
      return {}; // Emscripten's sign for "later"
    };
    factory({ print: ignore, printErr: ignore, quit: ignore, instantiateWasm }).then(resolve, reject);
  });
}

const ignore = (): void => {};
