/**
 * The data-set reader: PS3.5 section 7 as a loop over a stack of open sequences and items.
 *
 * It never recurses, never allocates by a declared length and never reads past the enclosing length, so the work
 * is linear in the bytes given. Untrusted input meets four answers: a value, a warning, a truncation, a Fault.
 */
import { Fault } from '../fault/index.ts';
import { DataElement, DataSet } from './data-set.ts';
import { Tag } from './dictionary.generated.ts';
import { formatTag, vrOf } from './dictionary.ts';
import {
  type ElementHeader,
  ITEM,
  ITEM_END,
  looksLike,
  readHeader,
  readTag,
  readUint32,
  SEQUENCE_END,
  UNDEFINED_LENGTH,
} from './element-header.ts';
import type { Limits } from './limits.ts';
import { type Encoding, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from './transfer-syntax.ts';
import { traitsOf, type Vr } from './vr.ts';
import type { WarningLog } from './warning-log.ts';

/** An open data set: the root or an item. */
interface SetFrame {
  readonly kind: 'set';
  /** No byte at or after this belongs to it. For undefined length: the end of what is around it. */
  readonly end: number;
  readonly delimited: boolean;
  readonly encoding: Encoding;
  readonly elements: Map<number, DataElement>;
  readonly set: DataSet;
  signedPixels: boolean;
}

interface SequenceFrame {
  readonly kind: 'sequence';
  readonly end: number;
  readonly delimited: boolean;
  /** Of its items. */
  readonly encoding: Encoding;
  readonly tag: number;
  readonly start: number;
  readonly items: DataSet[];
}

type Frame = SetFrame | SequenceFrame;

export interface ReadOptions {
  readonly encoding: Encoding;
  readonly limits: Limits;
  readonly log: WarningLog;
  /** Stops before the first element of the root for which this holds. */
  readonly until?: (tag: number) => boolean;
  /** Elements read so far in the same file; counted on. */
  readonly count: { elements: number };
}

export interface ReadResult {
  readonly dataSet: DataSet;
  /** First byte that was not read. */
  readonly end: number;
  /** The bytes ended too early; what was whole before is there. */
  readonly truncated: boolean;
}

export function readDataSet(bytes: Uint8Array, start: number, options: ReadOptions): ReadResult {
  return new DataSetReader(bytes, start, options).read();
}

class DataSetReader {
  readonly #bytes: Uint8Array;
  readonly #options: ReadOptions;
  readonly #root: SetFrame;
  readonly #stack: Frame[];
  #at: number;
  #truncated = false;

  constructor(bytes: Uint8Array, start: number, options: ReadOptions) {
    this.#bytes = bytes;
    this.#options = options;
    this.#at = start;
    const elements = new Map<number, DataElement>();
    this.#root = {
      kind: 'set',
      end: bytes.length,
      delimited: false,
      encoding: options.encoding,
      elements,
      set: new DataSet(elements, undefined, options.log),
      signedPixels: false,
    };
    this.#stack = [this.#root];
  }

  read(): ReadResult {
    for (let frame = this.#stack.at(-1); frame !== undefined; frame = this.#stack.at(-1)) {
      const goOn = frame.kind === 'set' ? this.#inSet(frame) : this.#inSequence(frame);
      if (!goOn) break;
    }
    // Left over only when the bytes ended: what is open is kept with what it holds.
    while (this.#stack.length > 1) this.#close();
    return { dataSet: this.#root.set, end: this.#at, truncated: this.#truncated };
  }

  /** Reads one element of an open data set. False: there is no more to read. */
  #inSet(frame: SetFrame): boolean {
    if (this.#at >= frame.end) return this.#endReached(frame);
    const header = readHeader(this.#bytes, this.#at, frame.end, frame.encoding);
    if (frame === this.#root && this.#endsRoot(header)) return false;
    if (header === undefined) return this.#overrun(frame, 'an element header');
    switch (header.tag) {
      case ITEM_END:
        this.#at = header.valueStart;
        if (frame.delimited) this.#stack.pop();
        else this.#tolerate('an item delimiter where none is open', header.tag);
        return true;
      case SEQUENCE_END:
        // The item delimiter is missing: leave the tag for the sequence to see.
        this.#tolerate('a sequence delimiter within an item', header.tag);
        if (frame.delimited) this.#stack.pop();
        else this.#at = header.valueStart;
        return true;
      case ITEM:
        throw this.#fault('an item stands where an element must be', header.tag);
    }
    this.#count();
    if (header.irregular) this.#tolerate('the VR is none of the standard', header.tag);
    return this.#element(frame, header);
  }

  #element(frame: SetFrame, header: ElementHeader): boolean {
    const { tag, length, valueStart } = header;
    const vr = header.vr ?? vrOf(tag, frame.signedPixels) ?? 'UN';
    if (length === UNDEFINED_LENGTH) {
      if (traitsOf(vr).kind === 'bulk') return this.#fragments(frame, header);
      if (vr !== 'SQ' && vr !== 'UN') {
        const next =
          valueStart + 4 <= frame.end ? readTag(this.#bytes, valueStart, frame.encoding.littleEndian) : ITEM;
        if (next !== ITEM && next !== SEQUENCE_END) throw this.#fault(`undefined length with VR ${vr}`, tag);
        this.#tolerate(`a sequence under VR ${vr}`, tag);
      }
      return this.#openSequence(frame, header, this.#encodingWithin(frame, header));
    }
    if (vr === 'SQ') return this.#openSequence(frame, header, frame.encoding);
    const end = valueStart + length;
    if (end > frame.end) {
      if (tag === Tag.PixelData && frame.end === this.#bytes.length) {
        this.#add(frame, this.#leaf(tag, vr, frame.encoding, valueStart, this.#bytes.length, undefined));
      }
      return this.#overrun(frame, 'a value', tag);
    }
    const element = this.#leaf(
      tag,
      vr,
      frame.encoding,
      valueStart,
      end,
      header.irregular ? undefined : this.#at,
    );
    this.#add(frame, element);
    if (tag === Tag.PixelRepresentation) frame.signedPixels = element.bytes.some((byte) => byte !== 0);
    this.#at = end;
    return true;
  }

  /** @param start of the header, when the element can be written back as it is */
  #leaf(
    tag: number,
    vr: Vr,
    encoding: Encoding,
    valueStart: number,
    end: number,
    start: number | undefined,
  ): DataElement {
    return new DataElement({
      tag,
      vr,
      // UN holds what implicit VR little endian would hold (PS3.5 section 6.2.2).
      littleEndian: encoding.littleEndian || vr === 'UN',
      source: this.#bytes,
      start: start ?? valueStart,
      valueStart,
      end,
      encoding: start === undefined ? undefined : encoding,
    });
  }

  /** UN of undefined length holds implicit VR little endian (PS3.5 section 6.2.2), unless its writer forgot that. */
  #encodingWithin(frame: SetFrame, header: ElementHeader): Encoding {
    if (header.vr !== 'UN') return frame.encoding;
    const firstElement = header.valueStart + 8;
    const explicit =
      readTag(this.#bytes, header.valueStart, true) === ITEM &&
      looksLike(this.#bytes, firstElement, frame.end, EXPLICIT_LITTLE) &&
      !looksLike(this.#bytes, firstElement, frame.end, IMPLICIT_LITTLE);
    if (explicit) this.#tolerate('explicit VR within UN', header.tag);
    return explicit ? EXPLICIT_LITTLE : IMPLICIT_LITTLE;
  }

  #openSequence(frame: SetFrame, header: ElementHeader, encoding: Encoding): boolean {
    const depth = (this.#stack.length + 1) / 2;
    if (depth > this.#options.limits.maxDepth) {
      throw new Fault('LIMIT_EXCEEDED', `sequences are nested deeper than ${this.#options.limits.maxDepth}`, {
        offset: this.#at,
        tag: formatTag(header.tag),
      });
    }
    const range = this.#range(frame, header);
    this.#stack.push({ kind: 'sequence', ...range, encoding, tag: header.tag, start: this.#at, items: [] });
    this.#at = header.valueStart;
    return true;
  }

  /** Reads one item header, or the end of the sequence. */
  #inSequence(frame: SequenceFrame): boolean {
    if (this.#at >= frame.end) return this.#endReached(frame);
    if (this.#at + 8 > frame.end) return this.#overrun(frame, 'an item header', frame.tag);
    const { littleEndian } = frame.encoding;
    const tag = readTag(this.#bytes, this.#at, littleEndian);
    const length = readUint32(this.#bytes, this.#at + 4, littleEndian);
    const valueStart = this.#at + 8;
    if (tag === SEQUENCE_END) {
      this.#at = valueStart;
      if (frame.delimited) this.#close();
      else this.#tolerate('a delimiter in a sequence of defined length', frame.tag);
      return true;
    }
    if (tag === ITEM_END) {
      this.#at = valueStart;
      this.#tolerate('an item delimiter where none is open', frame.tag);
      return true;
    }
    if (tag !== ITEM) throw this.#fault('a sequence holds something that is no item', frame.tag);
    this.#count();
    const around = this.#stack.at(-2) as SetFrame;
    const elements = new Map<number, DataElement>();
    const set = new DataSet(elements, around.set, this.#options.log);
    frame.items.push(set);
    const range = this.#range(frame, { tag, length, valueStart });
    this.#stack.push({
      kind: 'set',
      ...range,
      encoding: frame.encoding,
      elements,
      set,
      signedPixels: around.signedPixels,
    });
    this.#at = valueStart;
    return true;
  }

  #range(
    around: Frame,
    { tag, length, valueStart }: { tag: number; length: number; valueStart: number },
  ): { end: number; delimited: boolean } {
    if (length === UNDEFINED_LENGTH) return { end: around.end, delimited: true };
    const end = valueStart + length;
    if (end <= around.end) return { end, delimited: false };
    if (around.end !== this.#bytes.length) throw this.#fault('a length reaches past what is around it', tag);
    this.#truncated = true;
    return { end: around.end, delimited: false };
  }

  /** Encapsulated pixel data (PS3.5 section A.4): a flat run of items. */
  #fragments(frame: SetFrame, header: ElementHeader): boolean {
    const fragments: Uint8Array[] = [];
    const { littleEndian } = frame.encoding;
    let at = header.valueStart;
    let complete = false;
    while (at + 8 <= frame.end && !complete) {
      const tag = readTag(this.#bytes, at, littleEndian);
      const length = readUint32(this.#bytes, at + 4, littleEndian);
      if (tag === SEQUENCE_END) complete = true;
      else if (tag !== ITEM)
        throw new Fault('MALFORMED', 'no fragment where one must be', {
          offset: at,
          tag: formatTag(header.tag),
        });
      else if (at + 8 + length > frame.end) break;
      else fragments.push(this.#bytes.subarray(at + 8, at + 8 + length));
      at += complete ? 8 : 8 + length;
      this.#count();
    }
    const end = Math.min(at, frame.end);
    this.#add(
      frame,
      new DataElement({
        tag: header.tag,
        // The dictionary's OW is that of native pixel data; fragments are always OB (PS3.5 section A.4).
        vr: header.vr ?? 'OB',
        littleEndian,
        source: this.#bytes,
        start: this.#at,
        valueStart: header.valueStart,
        end,
        encoding: complete && !header.irregular ? frame.encoding : undefined,
        fragments,
      }),
    );
    if (!complete) return this.#overrun(frame, 'encapsulated pixel data', header.tag);
    this.#at = end;
    return true;
  }

  /** The enclosing length ends here. */
  #endReached(frame: Frame): boolean {
    if (frame === this.#root) return false;
    if (frame.delimited) {
      if (frame.end === this.#bytes.length) {
        this.#truncated = true;
        return false;
      }
      this.#tolerate('a delimiter is missing', frame.kind === 'sequence' ? frame.tag : ITEM_END);
    }
    this.#close();
    return true;
  }

  /** Something reaches past the enclosing length: the file is cut off, or a length lies. */
  #overrun(frame: Frame, what: string, tag?: number): boolean {
    if (frame.end !== this.#bytes.length) throw this.#fault(`${what} reaches past what is around it`, tag);
    this.#truncated = true;
    return false;
  }

  /** Closes the innermost frame; a sequence becomes an element of the data set around it. */
  #close(): void {
    const frame = this.#stack.pop()!;
    if (frame.kind === 'set') return;
    const around = this.#stack.at(-1) as SetFrame;
    this.#add(
      around,
      new DataElement({
        tag: frame.tag,
        vr: 'SQ',
        littleEndian: frame.encoding.littleEndian,
        source: this.#bytes,
        start: frame.start,
        end: this.#at,
        encoding: this.#truncated ? undefined : around.encoding,
        items: frame.items,
      }),
    );
  }

  #add(frame: SetFrame, element: DataElement): void {
    if (frame.elements.has(element.tag))
      this.#tolerate('the element stands twice; the first counts', element.tag);
    else frame.elements.set(element.tag, element);
  }

  #endsRoot(header: ElementHeader | undefined): boolean {
    if (header === undefined) return this.#restIsZero();
    if (this.#options.until?.(header.tag) === true) return true;
    return header.tag === 0 && this.#restIsZero();
  }

  #restIsZero(): boolean {
    for (let i = this.#at; i < this.#bytes.length; i++) if (this.#bytes[i] !== 0) return false;
    return true;
  }

  #count(): void {
    const { limits, count } = this.#options;
    if (++count.elements > limits.maxElements) {
      throw new Fault('LIMIT_EXCEEDED', `more than ${limits.maxElements} elements`, { offset: this.#at });
    }
  }

  #tolerate(message: string, tag: number): void {
    this.#options.log.add('STRUCTURE_TOLERATED', message, formatTag(tag));
  }

  #fault(message: string, tag?: number): Fault {
    return new Fault('MALFORMED', message, {
      offset: this.#at,
      ...(tag === undefined ? {} : { tag: formatTag(tag) }),
      advice: 'The file is damaged; ask its sender for it again.',
    });
  }
}
