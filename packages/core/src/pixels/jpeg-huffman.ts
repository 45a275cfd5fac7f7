import { Fault } from '../fault/index.ts';

/** A Huffman table of JPEG (ISO 10918-1 annex C): symbols in order of code, and the bounds of each code length. */
export class HuffmanTable {
  readonly #symbols: Uint8Array;
  /** Largest code of each length, −1 where there is none; and what to add to a code for its place in `#symbols`. */
  readonly #last = new Int32Array(17).fill(-1);
  readonly #shift = new Int32Array(17);

  /** @param counts number of codes of the lengths 1 to 16 */
  constructor(counts: Uint8Array, symbols: Uint8Array) {
    this.#symbols = symbols;
    let code = 0;
    let place = 0;
    for (let length = 1; length <= 16; length++) {
      const count = counts[length - 1];
      if (code + count > 1 << length) throw new Fault('MALFORMED', 'a JPEG Huffman table has too many codes');
      this.#shift[length] = place - code;
      code += count;
      place += count;
      if (count > 0) this.#last[length] = code - 1;
      code <<= 1;
    }
  }

  decode(bits: BitReader): number {
    let code = 0;
    for (let length = 1; length <= 16; length++) {
      code = (code << 1) | bits.bit();
      if (code <= this.#last[length]) return this.#symbols[code + this.#shift[length]];
    }
    throw new Fault('MALFORMED', 'a code that is not in the JPEG Huffman table', { offset: bits.offset });
  }
}

/** The tables of a DHT segment into `tables`, by class (DC 0, AC 1) in the upper and identifier in the lower four bits. */
export function readHuffmanTables(
  bytes: Uint8Array,
  start: number,
  end: number,
  tables: Map<number, HuffmanTable>,
): void {
  for (let at = start; at + 17 <= end; ) {
    const counts = bytes.subarray(at + 1, at + 17);
    const count = counts.reduce((sum, n) => sum + n, 0);
    if (at + 17 + count > end)
      throw new Fault('MALFORMED', 'a JPEG Huffman table is cut off', { offset: at });
    tables.set(bytes[at], new HuffmanTable(counts, bytes.subarray(at + 17, at + 17 + count)));
    at += 17 + count;
  }
}

/** Bits of an entropy-coded segment, stuffed zeros skipped; a marker or the end of the bytes ends it. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at: number;
  #byte = 0;
  #left = 0;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#at = start;
  }

  get offset(): number {
    return this.#at;
  }

  bit(): number {
    if (this.#left === 0) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined || (byte === 0xff && this.#bytes[this.#at + 1] !== 0)) {
        throw new Fault('TRUNCATED', 'the JPEG scan ends before its last pixel', { offset: this.#at });
      }
      this.#at += byte === 0xff ? 2 : 1;
      this.#byte = byte;
      this.#left = 8;
    }
    return (this.#byte >> --this.#left) & 1;
  }

  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = (value << 1) | this.bit();
    return value;
  }

  /** A difference of `size` bits (EXTEND, figure F.12). */
  signed(size: number): number {
    const value = this.bits(size);
    return size === 0 || value >= 1 << (size - 1) ? value : value - (1 << size) + 1;
  }

  /** Passes over an expected restart marker. */
  restart(): void {
    this.#left = 0;
    while (this.#bytes[this.#at] === 0xff && this.#bytes[this.#at + 1] === 0xff) this.#at++;
    const marker = this.#bytes[this.#at + 1];
    if (this.#bytes[this.#at] !== 0xff || marker < 0xd0 || marker > 0xd7) {
      throw new Fault('MALFORMED', 'a JPEG restart marker is missing', { offset: this.#at });
    }
    this.#at += 2;
  }
}
