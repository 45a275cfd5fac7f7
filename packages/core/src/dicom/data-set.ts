/** Elements and data sets as values: what the reader makes, the builder makes and the writer writes. */

import { swapUnits } from './bytes.ts';
import { type CharacterSet, characterSetFor } from './character-set.ts';
import { formatTag, vrOf } from './dictionary.ts';
import type { Encoding } from './transfer-syntax.ts';
import { binaryCount, binaryNumber, decodeTexts, parseDecimal } from './values.ts';
import { traitsOf, type Vr } from './vr.ts';
import { WarningLog } from './warning-log.ts';

const SPECIFIC_CHARACTER_SET = 0x00080005;
/** Leading zeros in a component are against the standard, but found, and harmless. */
const UID = /^[0-9]+(\.[0-9]+)*$/;
const NO_BYTES = new Uint8Array(0);

/** Bytes of an element as it stood in a file, header and delimiters included: written back unchanged. */
export interface RawForm {
  readonly bytes: Uint8Array;
  readonly encoding: Encoding;
}

/**
 * One data element. Exactly one of three kinds:
 * a value (`bytes`), a sequence (`items`) or encapsulated pixel data (`fragments`, the basic offset table first).
 */
export class DataElement {
  readonly tag: number;
  /** VR as written in the file; by the dictionary where the file has implicit VR; `UN` where neither tells. */
  readonly vr: Vr;
  /** Byte order of `bytes`. */
  readonly littleEndian: boolean;
  readonly items: readonly DataSet[] | undefined;
  readonly fragments: readonly Uint8Array[] | undefined;
  readonly #source: Uint8Array;
  readonly #start: number;
  readonly #valueStart: number;
  readonly #end: number;
  readonly #encoding: Encoding | undefined;

  /** @internal Made by the reader and the builder. */
  constructor(fields: {
    tag: number;
    vr: Vr;
    littleEndian: boolean;
    /** Holds the value at `valueStart`…`end`; with `encoding` also the raw form at `start`…`end`. */
    source?: Uint8Array;
    start?: number;
    valueStart?: number;
    end?: number;
    encoding?: Encoding | undefined;
    items?: readonly DataSet[];
    fragments?: readonly Uint8Array[];
  }) {
    this.tag = fields.tag;
    this.vr = fields.vr;
    this.littleEndian = fields.littleEndian;
    this.items = fields.items;
    this.fragments = fields.fragments;
    this.#source = fields.source ?? NO_BYTES;
    this.#start = fields.start ?? 0;
    this.#valueStart = fields.valueStart ?? 0;
    this.#end = fields.end ?? this.#source.length;
    this.#encoding = fields.encoding;
  }

  /** Value as stored, padding included; empty for sequences and encapsulated pixel data. A view, not a copy. */
  get bytes(): Uint8Array {
    if (this.items !== undefined || this.fragments !== undefined) return NO_BYTES;
    return this.#source.subarray(this.#valueStart, this.#end);
  }

  /** The value with every number in little-endian order; a view where it is that already. */
  get littleEndianBytes(): Uint8Array {
    return this.littleEndian ? this.bytes : swapUnits(this.bytes, traitsOf(this.vr).unitBytes);
  }

  /** Undefined for elements that were built, or that were damaged in the file. */
  get raw(): RawForm | undefined {
    if (this.#encoding === undefined) return undefined;
    return { bytes: this.#source.subarray(this.#start, this.#end), encoding: this.#encoding };
  }

  /** VR to read the value by: an element written as UN is read by the dictionary, if that knows it (PS3.5 6.2.2). */
  get readingVr(): Vr {
    return this.vr === 'UN' ? (vrOf(this.tag) ?? 'UN') : this.vr;
  }
}

/**
 * An immutable set of elements by tag (0xggggeeee): a file's data set, its meta information or an item.
 * Values are decoded when asked for; a value that contradicts its VR reads as absent and leaves a
 * `VALUE_MALFORMED` warning in the file's list. An empty value reads as absent.
 */
export class DataSet {
  readonly #elements: ReadonlyMap<number, DataElement>;
  readonly #parent: { readonly characterSet: CharacterSet } | undefined;
  readonly #log: WarningLog;
  #characterSet: CharacterSet | undefined;

  /**
   * @internal Made by the reader and the builder.
   * @param parent data set that an item takes its character set from
   */
  constructor(
    elements: ReadonlyMap<number, DataElement>,
    parent?: { readonly characterSet: CharacterSet },
    log: WarningLog = new WarningLog(),
  ) {
    this.#elements = elements;
    this.#parent = parent;
    this.#log = log;
  }

  get size(): number {
    return this.#elements.size;
  }

  /** Elements in the order of the file; ascending in a data set that was built. */
  elements(): IterableIterator<DataElement> {
    return this.#elements.values();
  }

  get(tag: number): DataElement | undefined {
    return this.#elements.get(tag);
  }

  has(tag: number): boolean {
    return this.#elements.has(tag);
  }

  /** Set of this data set: its own (0008,0005), else that of the data set around it (PS3.5 section 7.5.3). */
  get characterSet(): CharacterSet {
    if (this.#characterSet === undefined) {
      const own = this.#elements.get(SPECIFIC_CHARACTER_SET);
      if (own === undefined && this.#parent !== undefined) {
        this.#characterSet = this.#parent.characterSet;
      } else {
        // A leading empty value is the default repertoire and must not be dropped.
        const terms = own === undefined ? [] : decodeTexts(own.bytes, 'CS', characterSetFor([]));
        this.#characterSet = characterSetFor(terms);
        if (this.#characterSet.irregularTerms.length > 0) {
          this.#log.add(
            'CHARACTER_SET_UNKNOWN',
            'a term of Specific Character Set is not one of the standard, or not usable where it stands',
            formatTag(SPECIFIC_CHARACTER_SET),
          );
        }
      }
    }
    return this.#characterSet;
  }

  /** One text value, decoded and trimmed. Numbers are given as text. `undefined`: absent, empty or not text. */
  text(tag: number, index = 0): string | undefined {
    const value = this.texts(tag)[index];
    return value === '' ? undefined : value;
  }

  /** All text values; `[]` when absent or empty. An empty value between others is `''`. */
  texts(tag: number): string[] {
    const element = this.#elements.get(tag);
    if (element === undefined) return [];
    const vr = element.readingVr;
    switch (traitsOf(vr).kind) {
      case 'text':
      case 'decimal':
      case 'integer': {
        const texts = decodeTexts(element.bytes, vr, this.characterSet);
        if (traitsOf(vr).localised && texts.some((text) => text.includes('\ufffd'))) {
          this.#log.add(
            'CHARACTER_SET_UNKNOWN',
            'bytes that the declared character set does not hold',
            formatTag(tag),
          );
        }
        return texts;
      }
      case 'binary':
        return this.numbers(tag).map((value) =>
          vr === 'AT' ? value.toString(16).padStart(8, '0') : String(value),
        );
      default:
        return [];
    }
  }

  /** A UID, or `undefined` where it is absent or not `[0-9.]` of at most 64 characters (PS3.5 section 9.1). */
  uid(tag: number, index = 0): string | undefined {
    const value = this.text(tag, index);
    if (value === undefined || (value.length <= 64 && UID.test(value))) return value;
    this.#log.add('VALUE_MALFORMED', 'a value of UI is no UID', formatTag(tag));
    return undefined;
  }

  /** One number of DS, IS, US, SS, UL, SL, UV, SV, FL, FD; AT as 0xggggeeee. `undefined`: absent, empty or malformed. */
  number(tag: number, index = 0): number | undefined {
    const element = this.#elements.get(tag);
    if (element === undefined) return undefined;
    const vr = element.readingVr;
    switch (traitsOf(vr).kind) {
      case 'decimal':
      case 'integer': {
        const text = this.texts(tag)[index];
        return text === undefined || text === '' ? undefined : this.#decimal(element, vr, text);
      }
      case 'binary': {
        this.#checkWidth(element, vr);
        if (index < 0 || index >= binaryCount(element.bytes, vr)) return undefined;
        return this.#binary(element, vr, index);
      }
      default:
        return undefined;
    }
  }

  /** All numbers; `[]` when absent, empty, or when any of them is malformed or empty. */
  numbers(tag: number): number[] {
    const element = this.#elements.get(tag);
    if (element === undefined) return [];
    const vr = element.readingVr;
    const kind = traitsOf(vr).kind;
    const values: number[] = [];
    if (kind === 'decimal' || kind === 'integer') {
      for (const text of this.texts(tag)) {
        const value = this.#decimal(element, vr, text);
        if (value === undefined) return [];
        values.push(value);
      }
    } else if (kind === 'binary') {
      this.#checkWidth(element, vr);
      for (let i = 0, count = binaryCount(element.bytes, vr); i < count; i++) {
        const value = this.#binary(element, vr, i);
        if (value === undefined) return [];
        values.push(value);
      }
    }
    return values;
  }

  /** Value as stored (byte order: `get(tag).littleEndian`), a view; `undefined` when absent, a sequence or encapsulated. */
  bytes(tag: number): Uint8Array | undefined {
    const element = this.#elements.get(tag);
    if (element === undefined || element.items !== undefined || element.fragments !== undefined)
      return undefined;
    return element.bytes;
  }

  /** Items of a sequence; `[]` when absent, empty or no sequence. */
  items(tag: number): readonly DataSet[] {
    return this.#elements.get(tag)?.items ?? [];
  }

  /** Name of the owner of a private element (PS3.5 section 7.8.1), or `undefined`. */
  privateCreator(tag: number): string | undefined {
    return this.text(((tag & 0xffff0000) | ((tag >>> 8) & 0xff)) >>> 0);
  }

  #decimal(element: DataElement, vr: Vr, text: string): number | undefined {
    const value = parseDecimal(text, vr === 'IS' ? 'IS' : 'DS');
    if (value === undefined) {
      this.#log.add('VALUE_MALFORMED', `a value of ${vr} is not a number`, formatTag(element.tag));
    }
    return value;
  }

  #binary(element: DataElement, vr: Vr, index: number): number | undefined {
    const value = binaryNumber(element.bytes, vr, element.littleEndian, index);
    if (value === undefined) {
      this.#log.add('VALUE_MALFORMED', `a value of ${vr} is beyond 2^53`, formatTag(element.tag));
    }
    return value;
  }

  #checkWidth(element: DataElement, vr: Vr): void {
    const width = vr === 'AT' ? 4 : traitsOf(vr).unitBytes;
    if (element.bytes.length % width !== 0) {
      this.#log.add(
        'VALUE_MALFORMED',
        `length is no multiple of the ${width} bytes of ${vr}`,
        formatTag(element.tag),
      );
    }
  }
}
