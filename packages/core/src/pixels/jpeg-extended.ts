import { Fault } from '../fault/index.ts';
import { jpegSegments, type StreamHeader } from './coded-header.ts';
import { BitReader, type HuffmanTable, readHuffmanTables } from './jpeg-huffman.ts';

/**
 * Decodes extended sequential JPEG (process 4, SOF1) of more than 8 bits, one component: the one JPEG process of DICOM
 * that no maintained JavaScript codec has. ISO 10918-1, annexes F and A.3.3; the inverse transform is exact to rounding.
 *
 * @param header as `readStreamHeader` gave it; its size was held against the limits
 * @throws Fault `UNSUPPORTED` for colour, `MALFORMED` and `TRUNCATED` for damaged streams.
 */
export function decodeJpegExtended(bytes: Uint8Array, header: StreamHeader): Uint16Array {
  if (header.samples !== 1) throw new Fault('UNSUPPORTED', 'JPEG of 12 bits in colour');
  const { quantisers, tables, restartInterval, scan } = readTables(bytes);
  const [quantiser, dc, ac] = [
    quantisers.get(scan.quantiser),
    tables.get(scan.tables >> 4),
    tables.get(0x10 | (scan.tables & 15)),
  ];
  if (!quantiser || !dc || !ac) throw new Fault('MALFORMED', 'the JPEG scan names a table that is not there');

  const { rows, columns, bitsPerSample } = header;
  const pixels = new Uint16Array(rows * columns);
  const bits = new BitReader(bytes, scan.start);
  const block = new Float64Array(64);
  const across = Math.ceil(columns / 8);
  const blockCount = across * Math.ceil(rows / 8);
  let previous = 0;
  for (let i = 0; i < blockCount; i++) {
    if (restartInterval > 0 && i > 0 && i % restartInterval === 0) {
      bits.restart();
      previous = 0;
    }
    previous = readBlock(bits, dc, ac, quantiser, previous, block);
    inverseTransform(block);
    store(block, pixels, (i % across) * 8, Math.floor(i / across) * 8, rows, columns, bitsPerSample);
  }
  return pixels;
}

/** Place of the coefficients in the order of the stream (figure A.6). */
const ZIGZAG = [
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46,
  53, 60, 61, 54, 47, 55, 62, 63,
];

interface Scan {
  /** Quantiser of the component. */
  readonly quantiser: number;
  /** DC table in the upper, AC table in the lower four bits. */
  readonly tables: number;
  /** Where the entropy-coded bits begin. */
  readonly start: number;
}

function readTables(bytes: Uint8Array) {
  const quantisers = new Map<number, Uint16Array>();
  const tables = new Map<number, HuffmanTable>();
  let restartInterval = 0;
  let quantiser = 0;
  for (const { marker, start, end } of jpegSegments(bytes)) {
    if (marker === 0xdb) readQuantisers(bytes, start, end, quantisers);
    else if (marker === 0xc4) readHuffmanTables(bytes, start, end, tables);
    else if (marker === 0xdd) restartInterval = bytes[start] * 256 + bytes[start + 1];
    else if (marker === 0xc0 || marker === 0xc1) quantiser = bytes[start + 8];
    else if (marker === 0xda) {
      const scan: Scan = { quantiser, tables: bytes[start + 2], start: end };
      return { quantisers, tables, restartInterval, scan };
    }
  }
  throw new Fault('TRUNCATED', 'the JPEG stream ends before its scan', { offset: bytes.length });
}

function readQuantisers(
  bytes: Uint8Array,
  start: number,
  end: number,
  quantisers: Map<number, Uint16Array>,
): void {
  for (let at = start; at < end; ) {
    const [wide, id] = [bytes[at] >> 4, bytes[at] & 15];
    at++;
    if (at + (wide ? 128 : 64) > end)
      throw new Fault('MALFORMED', 'a JPEG quantisation table is cut off', { offset: at });
    const values = new Uint16Array(64);
    for (let i = 0; i < 64; i++) {
      values[i] = wide ? bytes[at] * 256 + bytes[at + 1] : bytes[at];
      at += wide ? 2 : 1;
    }
    quantisers.set(id, values);
  }
}

/** Fills `block` with dequantised coefficients in natural order; returns the new DC prediction. */
function readBlock(
  bits: BitReader,
  dc: HuffmanTable,
  ac: HuffmanTable,
  quantiser: Uint16Array,
  previous: number,
  block: Float64Array,
): number {
  block.fill(0);
  const size = dc.decode(bits);
  if (size > 16)
    throw new Fault('MALFORMED', 'a JPEG difference of more than 16 bits', { offset: bits.offset });
  const value = previous + bits.signed(size);
  block[0] = value * quantiser[0];
  for (let k = 1; k < 64; k++) {
    const symbol = ac.decode(bits);
    const [run, length] = [symbol >> 4, symbol & 15];
    if (length === 0) {
      if (run !== 15) break; // end of block
      k += 15;
      continue;
    }
    k += run;
    if (k > 63)
      throw new Fault('MALFORMED', 'a JPEG block of more than 64 coefficients', { offset: bits.offset });
    block[ZIGZAG[k]] = bits.signed(length) * quantiser[k];
  }
  return value;
}

/** Basis of the transform: C(u)/2 · cos((2x+1)uπ/16) at 8u + x. */
const BASIS = Float64Array.from({ length: 64 }, (_, i) => {
  const [u, x] = [i >> 3, i & 7];
  return ((u === 0 ? Math.SQRT1_2 : 1) / 2) * Math.cos(((2 * x + 1) * u * Math.PI) / 16);
});

function inverseTransform(block: Float64Array): void {
  for (const [line, step] of [
    [8, 1],
    [1, 8],
  ]) {
    const row = new Float64Array(8);
    for (let l = 0; l < 8; l++) {
      row.fill(0);
      for (let u = 0; u < 8; u++) {
        const c = block[l * line + u * step];
        if (c === 0) continue;
        for (let x = 0; x < 8; x++) row[x] += c * BASIS[8 * u + x];
      }
      for (let x = 0; x < 8; x++) block[l * line + x * step] = row[x];
    }
  }
}

function store(
  block: Float64Array,
  pixels: Uint16Array,
  x0: number,
  y0: number,
  rows: number,
  columns: number,
  bitsPerSample: number,
): void {
  const half = 2 ** (bitsPerSample - 1);
  const top = 2 * half - 1;
  for (let y = 0; y < 8 && y0 + y < rows; y++) {
    for (let x = 0; x < 8 && x0 + x < columns; x++) {
      const value = Math.round(block[8 * y + x]) + half;
      pixels[(y0 + y) * columns + x0 + x] = value < 0 ? 0 : value > top ? top : value;
    }
  }
}
