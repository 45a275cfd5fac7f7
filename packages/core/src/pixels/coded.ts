import { TransferSyntax } from '../dicom/index.ts';
import { Fault, isFault } from '../fault/index.ts';
import type { CodecPort } from './codec-port.ts';
import { readCodedHeader, type StreamHeader } from './coded-header.ts';
import { markedAsRgb } from './jpeg-colour.ts';
import { decodeJpegExtended } from './jpeg-extended.ts';
import { decodeJpegLossless } from './jpeg-lossless.ts';
import { type SampleArray, storedValues } from './native.ts';
import type { Photometric, PixelFormat } from './pixel-format.ts';
import { decodeRle } from './rle.ts';

/** Samples of a decompressed frame and the colour model that they have now. */
export interface CodedSamples {
  readonly samples: SampleArray;
  readonly photometric: Photometric;
}

/**
 * Decompresses one frame. The code stream, not the transfer syntax, says which codec it needs; its size must be that of
 * the data set before any codec sees it.
 *
 * @throws Fault `PIXELS_INCONSISTENT` where stream and data set differ, `UNSUPPORTED`, `MALFORMED`, `TRUNCATED`.
 */
export async function decodeCoded(
  bytes: Uint8Array,
  transferSyntaxUid: string,
  format: PixelFormat,
  codecs: CodecPort,
): Promise<CodedSamples> {
  if (transferSyntaxUid === TransferSyntax.RLELossless) return decodeRleFrame(bytes, format);
  const header = readCodedHeader(bytes);
  expectAgreement(header, format);
  const data = await decodeStream(bytes, header, format, codecs);
  // A stream may keep the sign bit lower than its own depth, or call signed values unsigned: the data set decides.
  const depth = 8 * data.BYTES_PER_ELEMENT;
  const bits = Math.min(format.signed ? format.bitsStored : depth, header.bitsPerSample);
  const samples = format.signed || header.signed ? storedValues(data, bits, 0, format.signed) : data;
  return { samples, photometric: photometricAfter(header, format) };
}

function decodeRleFrame(bytes: Uint8Array, format: PixelFormat): CodedSamples {
  const { bitsAllocated, bitsStored, lowBit, signed, photometric, rows, columns } = format;
  if (bitsAllocated !== 8 && bitsAllocated !== 16 && bitsAllocated !== 32) {
    throw new Fault('UNSUPPORTED', `RLE of ${bitsAllocated} bits`);
  }
  const cells = decodeRle(bytes, rows * columns, format.samples, (bitsAllocated / 8) as 1 | 2 | 4);
  return { samples: storedValues(cells, bitsStored, lowBit, signed), photometric };
}

async function decodeStream(
  bytes: Uint8Array,
  header: StreamHeader,
  format: PixelFormat,
  codecs: CodecPort,
): Promise<Uint8Array | Uint16Array> {
  const { family } = header;
  if (family === 'jpeg-extended') return decodeJpegExtended(bytes, header);
  if (family === 'jpeg-lossless') return decodeJpegLossless(bytes, header);
  if (family === 'jpeg' || family === 'jpeg-ls') expectEnd(bytes);
  const keepsRgb = family === 'jpeg' && header.samples === 3 && format.photometric === 'RGB';
  try {
    const image = await codecs.decode(keepsRgb ? markedAsRgb(bytes) : bytes, { ...header, family });
    const agrees =
      image.rows === header.rows && image.columns === header.columns && image.samples === header.samples;
    if (agrees && image.data.length === header.rows * header.columns * header.samples) return image.data;
  } catch (cause) {
    if (isFault(cause)) throw cause;
    throw new Fault('MALFORMED', `a ${family} frame cannot be decoded`, { cause });
  }
  throw new Fault('PIXELS_INCONSISTENT', `the ${family} codec gave another size than the frame declares`);
}

function expectAgreement(header: StreamHeader, format: PixelFormat): void {
  const { rows, columns, samples, bitsPerSample } = header;
  if (rows !== format.rows || columns !== format.columns || samples !== format.samples) {
    const declared = `${format.rows} × ${format.columns} × ${format.samples}`;
    throw new Fault(
      'PIXELS_INCONSISTENT',
      `a frame of ${rows} × ${columns} × ${samples} where ${declared} is declared`,
      {
        tag: '(7FE0,0010)',
      },
    );
  }
  if (bitsPerSample < 1 || bitsPerSample > 16)
    throw new Fault('UNSUPPORTED', `${bitsPerSample} bits in a code stream`);
}

/** Codecs of the JPEG family fill what is missing with grey and say nothing; the end marker is only there in whole streams. */
function expectEnd(bytes: Uint8Array): void {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--; // padding
  for (let at = end - 2; at >= Math.max(0, end - 16); at--)
    if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return;
  throw new Fault('TRUNCATED', 'the compressed frame has no end', { offset: bytes.length });
}

/** JPEG decoders give RGB; those of JPEG 2000 undo its own colour transforms; the others give what was encoded. */
function photometricAfter({ family, samples }: StreamHeader, { photometric }: PixelFormat): Photometric {
  return samples === 3 && family === 'jpeg' ? 'RGB' : photometric;
}
