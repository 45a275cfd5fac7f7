export type { CodecFamily, CodecPort, CodedHeader, DecodedImage } from './codec-port.ts';
export { readCodedHeader, type StreamFamily, type StreamHeader } from './coded-header.ts';
export { decodeFrames, type Frame, openPixels, type PixelReader, type StoredFrame } from './decode.ts';
export { functionalGroup } from './functional-groups.ts';
export { DEFAULT_PIXEL_LIMITS, type PixelLimits } from './limits.ts';
export { nativeBytes, type SampleArray } from './native.ts';
export { type Palette, readPalette } from './palette.ts';
export { type Photometric, type PixelFormat, readPixelFormat } from './pixel-format.ts';
export { type Rescale, rescaleOf } from './rescale.ts';
export {
  compileWasm,
  createWasmCodecs,
  type WasmFactory,
  type WasmModule,
  type WasmSource,
  type WasmSources,
} from './wasm/index.ts';
export { toGrey, type Window, type WindowFractions, windowFromData, windowFromTags } from './window.ts';
