import type { CodedHeader, DecodedImage } from '@promontory/core/pixels';

/** JPEG lossless (process 14, all predictors). Plain JavaScript without state, so there is nothing to start afresh. */
export async function decodeJpegLossless(bytes: Uint8Array, header: CodedHeader): Promise<DecodedImage> {
  const { Decoder } = await import('jpeg-lossless-decoder-js');
  const { rows, columns, samples, bitsPerSample } = header;
  const copy = new Uint8Array(bytes);
  const decoded: ArrayBuffer = new Decoder().decode(copy.buffer, 0, copy.length);
  const data = bitsPerSample <= 8 ? new Uint8Array(decoded) : new Uint16Array(decoded);
  return { rows, columns, samples, data };
}
