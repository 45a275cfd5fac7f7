import { Fault } from '../fault/index.ts';
import { jpegSegments, type StreamHeader } from './coded-header.ts';
import { BitReader, type HuffmanTable, readHuffmanTables } from './jpeg-huffman.ts';

/**
 * Decodes lossless JPEG (process 14, SOF3, every predictor and point transform) of one interleaved scan: ISO 10918-1
 * annex H. The JavaScript decoder on npm goes wrong at predictors 6 and 7 and says nothing of cut streams.
 *
 * @param header as `readStreamHeader` gave it; its size was held against the limits
 * @returns samples of a pixel side by side
 * @throws Fault `UNSUPPORTED` for subsampled components and several scans, `MALFORMED` and `TRUNCATED` for damage.
 */
export function decodeJpegLossless(bytes: Uint8Array, header: StreamHeader): Uint8Array | Uint16Array {
  const { rows, columns, samples, bitsPerSample } = header;
  const scan = readScan(bytes, header);
  const bits = new BitReader(bytes, scan.start);
  const values = new Uint16Array(rows * columns * samples);
  const stride = columns * samples;
  const first = 1 << (bitsPerSample - scan.pointTransform - 1);
  // A restart begins the prediction anew, and stands at the start of a row (H.1.1).
  const restartRows = scan.restartInterval / columns;
  let firstRow = 0;
  for (let row = 0; row < rows; row++) {
    if (restartRows > 0 && row > 0 && row % restartRows === 0) {
      bits.restart();
      firstRow = row;
    }
    for (let i = 0; i < stride; i++) {
      const at = row * stride + i;
      const sample = i % samples;
      const left = i < samples ? undefined : values[at - samples];
      let predicted: number;
      if (row === firstRow) predicted = left ?? first;
      else if (left === undefined) predicted = values[at - stride];
      else predicted = predict(scan.predictor, left, values[at - stride], values[at - stride - samples]);
      values[at] = predicted + readDifference(bits, scan.tables[sample]); // modulo 2^16, as the standard asks
    }
  }
  if (scan.pointTransform > 0) for (let i = 0; i < values.length; i++) values[i] <<= scan.pointTransform;
  return bitsPerSample <= 8 ? Uint8Array.from(values) : values;
}

/** Table H.1, from the neighbours to the left, above, and above left. */
function predict(predictor: number, left: number, above: number, corner: number): number {
  switch (predictor) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return corner;
    case 4:
      return left + above - corner;
    case 5:
      return left + ((above - corner) >> 1);
    case 6:
      return above + ((left - corner) >> 1);
    default:
      return (left + above) >> 1;
  }
}

/** Table H.2: sizes 0 to 15 as in DCT-based coding, and 16 for 32,768 without further bits. */
function readDifference(bits: BitReader, table: HuffmanTable): number {
  const size = table.decode(bits);
  if (size === 16) return 32_768;
  if (size > 16)
    throw new Fault('MALFORMED', 'a JPEG difference of more than 16 bits', { offset: bits.offset });
  return bits.signed(size);
}

interface Scan {
  /** Huffman table of each component. */
  readonly tables: readonly HuffmanTable[];
  readonly predictor: number;
  readonly pointTransform: number;
  /** Pixels from restart to restart; 0 for none. */
  readonly restartInterval: number;
  /** Where the entropy-coded bits begin. */
  readonly start: number;
}

function readScan(bytes: Uint8Array, { samples, columns, bitsPerSample }: StreamHeader): Scan {
  const tables = new Map<number, HuffmanTable>();
  let restartInterval = 0;
  for (const { marker, start, end } of jpegSegments(bytes)) {
    if (marker === 0xc4) readHuffmanTables(bytes, start, end, tables);
    else if (marker === 0xdd) restartInterval = bytes[start] * 256 + bytes[start + 1];
    else if (marker === 0xc3) {
      const factors = Array.from({ length: samples }, (_, i) => bytes[start + 7 + 3 * i]);
      const subsampled = samples > 1 && factors.some((f) => f !== 0x11);
      if (subsampled)
        throw new Fault('UNSUPPORTED', 'lossless JPEG of subsampled components', { offset: start });
    } else if (marker === 0xda) {
      if (bytes[start] !== samples)
        throw new Fault('UNSUPPORTED', 'lossless JPEG of several scans', { offset: start });
      if (end - start < 4 + 2 * samples)
        throw new Fault('MALFORMED', 'a JPEG scan header is too short', { offset: start });
      const chosen = Array.from({ length: samples }, (_, i) => tables.get(bytes[start + 2 + 2 * i] >> 4));
      const predictor = bytes[start + 1 + 2 * samples];
      const pointTransform = bytes[start + 3 + 2 * samples] & 15;
      const wrong =
        predictor < 1 || predictor > 7 || pointTransform >= bitsPerSample || restartInterval % columns !== 0;
      const present = chosen.filter((table) => table !== undefined);
      if (wrong || present.length !== samples) {
        throw new Fault('MALFORMED', 'a JPEG scan header contradicts the stream', { offset: start });
      }
      return { tables: present, predictor, pointTransform, restartInterval, start: end };
    }
  }
  throw new Fault('TRUNCATED', 'the JPEG stream ends before its scan', { offset: bytes.length });
}
