import { setImmediate as turn } from 'node:timers/promises';

export interface PartLimits {
  /** Of one part. */
  readonly maxHeaderBytes: number;
  readonly maxParts: number;
  readonly maxPartBytes: number;
  /** Everything, boundaries included. */
  readonly maxRequestBytes: number;
}

export const DEFAULT_PART_LIMITS: PartLimits = {
  maxHeaderBytes: 16 * 1024,
  maxParts: 100_000,
  maxPartBytes: 4 * 2 ** 30,
  maxRequestBytes: 256 * 2 ** 30,
};

export interface Part {
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** To be read once, before the next part is asked for: what is left of it then is skipped. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Why a body is not read further; `too-large` is beyond a limit. */
export type MultipartProblem = 'malformed' | 'too-large';

/** A multipart body breaks off, is malformed or too large; the message holds nothing of it. */
export class MultipartRefused extends Error {
  override readonly name = 'MultipartRefused';
  readonly problem: MultipartProblem;
  constructor(problem: MultipartProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}

/** Thousands of empty parts fit one chunk of the network: without a turn for others the loop would answer nobody. */
const TURN_PARTS = 64;

const CR = 13;
const LF = 10;
const EMPTY = Buffer.alloc(0);

/**
 * The parts of a multipart body (RFC 2046 section 5.1.1) as they arrive, in constant memory.
 *
 * Preamble and epilogue are skipped. Lines end in CRLF; a body whose first boundary line ends in a bare LF is read with
 * LF throughout, so that no byte of content is ever taken for a line end. Blanks after a boundary are allowed; a line
 * that only begins as the boundary does is content. The same parts come out however the bytes are cut into chunks.
 *
 * @param boundary as declared, without quotes
 * @throws MultipartRefused from the iterator of the parts or from that of a body, whichever is being read
 */
export async function* readMultipart(
  source: AsyncIterable<Uint8Array>,
  boundary: string,
  limits: PartLimits = DEFAULT_PART_LIMITS,
): AsyncGenerator<Part, void, undefined> {
  const splitter = new Splitter(source, boundary, limits);
  try {
    let more = await splitter.firstBoundary();
    for (let parts = 0; more; parts++) {
      if (parts === limits.maxParts) throw tooLarge(`more than ${limits.maxParts} parts`);
      if (parts % TURN_PARTS === TURN_PARTS - 1) await turn();
      const headers = await splitter.headers();
      const body = splitter.body();
      yield { headers, body };
      more = await splitter.endOfPart();
    }
    await splitter.epilogue();
  } finally {
    await splitter.close();
  }
}

const broken = (message: string): MultipartRefused => new MultipartRefused('malformed', message);
const tooLarge = (message: string): MultipartRefused => new MultipartRefused('too-large', message);

class Splitter {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #limits: PartLimits;
  readonly #dashBoundary: Buffer;
  #delimiter: Buffer = EMPTY;
  /** Bytes that have arrived and are not used yet. */
  #held: Buffer = EMPTY;
  #received = 0;
  /** Of the part that is open. */
  #partBytes = 0;
  #partOpen = false;
  #partNumber = 0;
  /** After the part's delimiter: whether another part follows. */
  #more = false;
  #ended = false;

  constructor(source: AsyncIterable<Uint8Array>, boundary: string, limits: PartLimits) {
    this.#source = source[Symbol.asyncIterator]();
    this.#limits = limits;
    this.#dashBoundary = Buffer.from(`--${boundary}`, 'latin1');
  }

  /** Skips the preamble. @returns whether a part follows */
  async firstBoundary(): Promise<boolean> {
    // The boundary starts a line: at the very beginning, or after a line end.
    this.#delimiter = this.#dashBoundary;
    let atLineStart = true;
    for (;;) {
      const at = this.#held.indexOf(this.#delimiter);
      if (at < 0) {
        const keep = this.#delimiter.length;
        if (this.#held.length > keep) {
          atLineStart = this.#held[this.#held.length - keep - 1] === LF;
          this.#held = this.#held.subarray(this.#held.length - keep);
        }
        if (!(await this.#read())) throw broken('The body has no boundary.');
        continue;
      }
      const lineStart = at === 0 ? atLineStart : this.#held[at - 1] === LF;
      this.#held = this.#held.subarray(at);
      const end = lineStart ? await this.#boundaryLine(this.#delimiter.length) : undefined;
      if (end !== undefined) {
        this.#delimiter = Buffer.concat([Buffer.from(end.lineEnd), this.#dashBoundary]);
        this.#held = this.#held.subarray(end.length);
        return end.more;
      }
      atLineStart = false;
      this.#held = this.#held.subarray(1);
    }
  }

  /**
   * Judges what follows the delimiter, which `#held` starts with: `--`, or blanks and a line end.
   * @returns undefined where this is no boundary line; `length` counts the delimiter in
   */
  async #boundaryLine(
    start: number,
  ): Promise<{ length: number; more: boolean; lineEnd: string } | undefined> {
    for (let at = start; ; at++) {
      while (at >= this.#held.length) if (!(await this.#read())) return undefined;
      const byte = this.#held[at];
      if (byte === 0x2d && at === start) {
        while (at + 1 >= this.#held.length) if (!(await this.#read())) return undefined;
        return this.#held[at + 1] === 0x2d ? { length: at + 2, more: false, lineEnd: '\r\n' } : undefined;
      }
      if (byte === LF) {
        const crlf = at > start && this.#held[at - 1] === CR;
        return { length: at + 1, more: true, lineEnd: crlf ? '\r\n' : '\n' };
      }
      if (byte !== CR && byte !== 0x20 && byte !== 0x09) return undefined;
      if (at - start > this.#limits.maxHeaderBytes) throw tooLarge('a boundary line is too long');
    }
  }

  /** Up to the empty line. */
  async headers(): Promise<ReadonlyMap<string, string>> {
    const headers = new Map<string, string>();
    let left = this.#limits.maxHeaderBytes;
    let last: string | undefined;
    for (;;) {
      const line = await this.#line(left);
      left -= line.length + 1;
      const text = line.toString('latin1').replace(/\r$/, '');
      if (text === '') break;
      const folded = /^[ \t]+(.*)$/.exec(text);
      const header = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:[ \t]*(.*?)[ \t]*$/.exec(text);
      if (folded !== null && last !== undefined) {
        headers.set(last, `${headers.get(last)} ${folded[1]}`);
      } else if (header !== null) {
        last = (header[1] as string).toLowerCase();
        headers.set(last, header[2] as string);
      } else throw broken('A header of a part is malformed.');
    }
    this.#partBytes = 0;
    this.#partNumber += 1;
    this.#partOpen = true;
    // A part without content: its delimiter begins with the line end that closed the headers.
    if (await this.#startsWith(this.#dashBoundary)) await this.#endsHere(this.#dashBoundary.length);
    return headers;
  }

  /** Closes the part where `#held` starts with a boundary line. */
  async #endsHere(delimiterLength: number): Promise<boolean> {
    const end = await this.#boundaryLine(delimiterLength);
    if (end === undefined) return false;
    this.#held = this.#held.subarray(end.length);
    this.#partOpen = false;
    this.#more = end.more;
    return true;
  }

  async #startsWith(bytes: Buffer): Promise<boolean> {
    while (this.#held.length < bytes.length) {
      if (!bytes.subarray(0, this.#held.length).equals(this.#held) || !(await this.#read())) return false;
    }
    return bytes.equals(this.#held.subarray(0, bytes.length));
  }

  /** Without its LF. */
  async #line(maxBytes: number): Promise<Buffer> {
    for (let from = 0; ; ) {
      const at = this.#held.indexOf(LF, from);
      if (at > maxBytes || (at < 0 && this.#held.length > maxBytes)) {
        throw tooLarge('the headers of a part are too long');
      }
      if (at >= 0) {
        const line = this.#held.subarray(0, at);
        this.#held = this.#held.subarray(at + 1);
        return line;
      }
      from = this.#held.length;
      if (!(await this.#read())) throw broken('The body ends within the headers of a part.');
    }
  }

  async *body(): AsyncGenerator<Uint8Array, void, undefined> {
    const own = this.#partNumber;
    while (this.#partNumber === own) {
      const chunk = await this.#content();
      if (chunk === undefined) return;
      yield chunk;
    }
  }

  /** Skips what is left of the part. @returns whether another part follows */
  async endOfPart(): Promise<boolean> {
    while ((await this.#content()) !== undefined);
    return this.#more;
  }

  /** The next bytes of the open part; undefined at its end. */
  async #content(): Promise<Buffer | undefined> {
    while (this.#partOpen) {
      const at = this.#held.indexOf(this.#delimiter);
      if (at > 0) return this.#take(at);
      if (at === 0) {
        if (await this.#endsHere(this.#delimiter.length)) return undefined;
        // A line that only begins as the boundary does: content.
        return this.#take(this.#delimiter.length);
      }
      const safe = this.#held.length - this.#beginningOfDelimiter();
      if (safe > 0) return this.#take(safe);
      if (!(await this.#read())) throw broken('The body ends without its last boundary.');
    }
    return undefined;
  }

  /** How many bytes at the end of `#held` may be the beginning of the delimiter. */
  #beginningOfDelimiter(): number {
    const held = this.#held;
    const first = this.#delimiter[0] as number;
    let at = held.indexOf(first, Math.max(0, held.length - this.#delimiter.length + 1));
    for (; at >= 0; at = held.indexOf(first, at + 1)) {
      const length = held.length - at;
      if (this.#delimiter.subarray(0, length).equals(held.subarray(at))) return length;
    }
    return 0;
  }

  #take(length: number): Buffer {
    const chunk = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    this.#partBytes += length;
    if (this.#partBytes > this.#limits.maxPartBytes) {
      throw tooLarge(`a part of more than ${this.#limits.maxPartBytes} bytes`);
    }
    return chunk;
  }

  /** Adds what arrives next. @returns false at the end of the source */
  async #read(): Promise<boolean> {
    if (this.#ended) return false;
    const { done, value } = await this.#source.next();
    if (done) {
      this.#ended = true;
      return false;
    }
    this.#received += value.length;
    if (this.#received > this.#limits.maxRequestBytes) {
      throw tooLarge(`a request of more than ${this.#limits.maxRequestBytes} bytes`);
    }
    const chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    return true;
  }

  async epilogue(): Promise<void> {
    do this.#held = EMPTY;
    while (await this.#read());
  }

  async close(): Promise<void> {
    if (!this.#ended) await this.#source.return?.();
    this.#ended = true;
  }
}
