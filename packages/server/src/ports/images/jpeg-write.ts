import type { Picture } from '@promontory/core/formats';
import { AC, DC, type HuffmanTable, quantisation, ZIGZAG } from './jpeg-tables.ts';

/**
 * A baseline JPEG (ITU-T T.81, JFIF) of a grey or RGB picture; colour is not subsampled. The same picture gives the
 * same bytes.
 * @param quality 1–100, as the Independent JPEG Group counts it
 */
export function writeJpeg({ width, height, channels, data }: Picture, quality: number): Uint8Array {
  if (channels === 4) throw new TypeError('JPEG has no transparency');
  const { luminance, chrominance } = quantisation(quality);
  const out = new Bytes(width * height);
  out.put(0xff, 0xd8);
  out.segment(0xe0, [...Buffer.from('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0]);
  const tables = channels === 1 ? [luminance] : [luminance, chrominance];
  for (const [id, table] of tables.entries()) out.segment(0xdb, [id, ...ZIGZAG.map((at) => table[at])]);
  const components = channels === 1 ? [0] : [0, 1, 1];
  const size = [height >> 8, height & 255, width >> 8, width & 255];
  out.segment(0xc0, [8, ...size, channels, ...components.flatMap((table, i) => [i + 1, 0x11, table])]);
  out.segment(0xc4, [0x00, ...DC.counts, ...DC.symbols]);
  out.segment(0xc4, [0x10, ...AC.counts, ...AC.symbols]);
  out.segment(0xda, [channels, ...components.flatMap((_, i) => [i + 1, 0x00]), 0, 63, 0]);

  const planes = channels === 1 ? [data] : lumaAndChroma(data);
  const scan = new Scan(out);
  const means = [0, 0, 0];
  const block = new Float64Array(64);
  for (let y = 0; y < height; y += 8) {
    for (let x = 0; x < width; x += 8) {
      for (const [i, plane] of planes.entries()) {
        cut(plane, width, height, x, y, block);
        cosineTransform(block);
        means[i] = scan.block(block, tables[components[i]], means[i]);
      }
    }
  }
  scan.flush();
  out.put(0xff, 0xd9);
  return out.bytes();
}

/** JFIF's YCbCr, from pixels into planes. */
function lumaAndChroma(rgb: ArrayLike<number>): Float64Array[] {
  const count = rgb.length / 3;
  const [luma, blue, red] = [0, 1, 2].map(() => new Float64Array(count));
  for (let i = 0; i < count; i++) {
    const [r, g, b] = [rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]];
    luma[i] = 0.299 * r + 0.587 * g + 0.114 * b;
    blue[i] = 128 - 0.168736 * r - 0.331264 * g + 0.5 * b;
    red[i] = 128 + 0.5 * r - 0.418688 * g - 0.081312 * b;
  }
  return [luma, blue, red];
}

/** Eight by eight samples about zero; the last row and column go on beyond the edge. */
function cut(
  plane: ArrayLike<number>,
  width: number,
  height: number,
  left: number,
  top: number,
  block: Float64Array,
): void {
  for (let y = 0; y < 8; y++) {
    const row = Math.min(height - 1, top + y) * width;
    for (let x = 0; x < 8; x++) block[8 * y + x] = plane[row + Math.min(width - 1, left + x)] - 128;
  }
}

/** Rows of the cosine transform, by frequency (T.81 A.3.3). */
const COSINES = Float64Array.from({ length: 64 }, (_, i) => {
  const [u, x] = [i >> 3, i & 7];
  return (u === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * x + 1) * u * Math.PI) / 16);
});
const HALF_WAY = new Float64Array(64);

function cosineTransform(block: Float64Array): void {
  for (let y = 0; y < 8; y++) {
    for (let u = 0; u < 8; u++) {
      let sum = 0;
      for (let x = 0; x < 8; x++) sum += COSINES[8 * u + x] * block[8 * y + x];
      HALF_WAY[8 * y + u] = sum;
    }
  }
  for (let v = 0; v < 8; v++) {
    for (let u = 0; u < 8; u++) {
      let sum = 0;
      for (let y = 0; y < 8; y++) sum += COSINES[8 * v + y] * HALF_WAY[8 * y + u];
      block[8 * v + u] = sum;
    }
  }
}

/** Code and its length, by symbol. */
interface Codes {
  readonly code: Uint16Array;
  readonly length: Uint8Array;
}

/** T.81 annex C. */
function codesOf({ counts, symbols }: HuffmanTable): Codes {
  const codes = { code: new Uint16Array(256), length: new Uint8Array(256) };
  let next = 0;
  let at = 0;
  for (const [i, count] of counts.entries()) {
    for (let k = 0; k < count; k++, at++, next++) {
      codes.code[symbols[at]] = next;
      codes.length[symbols[at]] = i + 1;
    }
    next <<= 1;
  }
  return codes;
}

const DC_CODES = codesOf(DC);
const AC_CODES = codesOf(AC);
const END_OF_BLOCK = 0x00;
const SIXTEEN_ZEROS = 0xf0;

/** Entropy-coded data: T.81 annex F.1.2. */
class Scan {
  readonly #out: Bytes;
  #bits = 0;
  #count = 0;

  constructor(out: Bytes) {
    this.#out = out;
  }

  /** @returns the block's mean, from which the next one's is told */
  block(frequencies: Float64Array, steps: readonly number[], previousMean: number): number {
    const mean = Math.round(frequencies[0] / steps[0]);
    this.#value(DC_CODES, 0, mean - previousMean);
    let zeros = 0;
    for (let i = 1; i < 64; i++) {
      const at = ZIGZAG[i];
      const level = Math.round(frequencies[at] / steps[at]);
      if (level === 0) {
        zeros++;
        continue;
      }
      for (; zeros > 15; zeros -= 16) this.#symbol(AC_CODES, SIXTEEN_ZEROS);
      this.#value(AC_CODES, zeros, level);
      zeros = 0;
    }
    if (zeros > 0) this.#symbol(AC_CODES, END_OF_BLOCK);
    return mean;
  }

  /** A symbol with the value's size, then its bits; negative ones count down from all ones. */
  #value(codes: Codes, zeros: number, value: number): void {
    const size = 32 - Math.clz32(Math.abs(value));
    this.#symbol(codes, (zeros << 4) | size);
    this.#put(value < 0 ? value + (1 << size) - 1 : value, size);
  }

  #symbol(codes: Codes, symbol: number): void {
    this.#put(codes.code[symbol], codes.length[symbol]);
  }

  #put(bits: number, count: number): void {
    for (let left = count - 1; left >= 0; left--) {
      this.#bits = (this.#bits << 1) | ((bits >> left) & 1);
      if (++this.#count === 8) this.#byte();
    }
  }

  #byte(): void {
    this.#out.put(this.#bits);
    // A zero keeps it from being taken for a marker.
    if (this.#bits === 0xff) this.#out.put(0);
    this.#bits = 0;
    this.#count = 0;
  }

  /** Ones fill the last byte. */
  flush(): void {
    while (this.#count > 0) this.#put(1, 1);
  }
}

class Bytes {
  #bytes: Uint8Array;
  #length = 0;

  constructor(expected: number) {
    this.#bytes = new Uint8Array(1024 + expected);
  }

  put(...values: readonly number[]): void {
    for (const value of values) {
      if (this.#length === this.#bytes.length) {
        const larger = new Uint8Array(2 * this.#length);
        larger.set(this.#bytes);
        this.#bytes = larger;
      }
      this.#bytes[this.#length++] = value;
    }
  }

  segment(marker: number, content: readonly number[]): void {
    const length = content.length + 2;
    this.put(0xff, marker, length >> 8, length & 255, ...content);
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}
