import { encapsulatedFrames, isUncompressed, parseDicom, TransferSyntax } from '@promontory/core/dicom';
import { Fault } from '@promontory/core/fault';
import { type CodecPort, openPixels, readPixelFormat } from '@promontory/core/pixels';
import { cellsOf, nativeFrame } from './native-cells.ts';

export interface ExtractedFrames {
  readonly frames: readonly Uint8Array[];
  /** What the frames are in now: explicit VR little endian, or that of the file. */
  readonly transferSyntax: string;
}

/**
 * Frames by their numbers, from 1. Each has its own memory.
 * @param form `native`: uncompressed, little endian; `stored`: compressed frames as they are
 * @throws Fault PIXELS_INCONSISTENT where there is no such frame, and what parsing and decoding throw
 */
export async function extractFrames(
  bytes: Uint8Array,
  numbers: readonly number[],
  form: 'native' | 'stored',
  codecs: CodecPort,
): Promise<ExtractedFrames> {
  const file = parseDicom(bytes);
  const pixels = openPixels(file, codecs);
  if (numbers.some((n) => !(n >= 1 && n <= pixels.frameCount))) {
    throw new Fault('PIXELS_INCONSISTENT', `there are only ${pixels.frameCount} frames`);
  }
  const native = TransferSyntax.ExplicitVRLittleEndian;
  if (file.pixelData?.native !== undefined) {
    const format = readPixelFormat(file);
    return { frames: numbers.map((n) => nativeFrame(file, format, n - 1)), transferSyntax: native };
  }
  if (form === 'stored' && !isUncompressed(file.transferSyntaxUid)) {
    const coded = encapsulatedFrames(file.pixelData!, pixels.frameCount);
    return {
      frames: numbers.map((n) => coded[n - 1].slice()),
      transferSyntax: file.transferSyntaxUid,
    };
  }
  const frames: Uint8Array[] = [];
  for (const n of numbers)
    frames.push(cellsOf(await pixels.decodeStored(n - 1), pixels.format.bitsAllocated));
  return { frames, transferSyntax: native };
}
