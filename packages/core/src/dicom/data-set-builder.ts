/** New data sets, and changed copies of old ones. */
import { Fault } from '../fault/index.ts';
import { type CharacterSet, characterSetFor } from './character-set.ts';
import { DataElement, DataSet } from './data-set.ts';
import { Tag } from './dictionary.generated.ts';
import { formatTag, isPrivate, type Keyword, vrOf } from './dictionary.ts';
import { encodeNumbers, encodeTexts, littleEndianBytes, padded } from './encode-values.ts';
import { traitsOf, type Vr } from './vr.ts';

/**
 * What an element can be set to. Text is for text VRs, numbers for numeric VRs (DS and IS too), data sets for SQ,
 * bytes (stored as they are, little endian) and typed arrays for OB, OW, OF, OD, OL, OV, UN.
 * `[]` makes an empty element (type 2).
 */
export type ElementValue =
  | string
  | number
  | readonly string[]
  | readonly number[]
  | readonly DataSet[]
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** Text waits for the character set of the finished data set. */
interface PlannedText {
  readonly texts: readonly string[];
  readonly vr: Vr;
}

interface Carried {
  readonly element: DataElement;
  /** The data set that knows the element's character set. */
  readonly from: DataSet;
}

type Planned = PlannedText | Carried;

/** Where elements come from that were set and not copied: none of them is text. */
const NOWHERE = new DataSet(new Map());

/**
 * Collects elements and makes an immutable `DataSet` of them, in ascending order of tags.
 * Text that does not fit the data set's character set turns the whole data set to UTF-8 (ISO_IR 192).
 */
export class DataSetBuilder {
  readonly #elements = new Map<number, Planned>();
  readonly #original: DataSet | undefined;

  /** @param original data set to start from: what is not changed is written back byte for byte */
  constructor(original?: DataSet) {
    this.#original = original;
    for (const element of original?.elements() ?? [])
      this.#elements.set(element.tag, { element, from: original! });
  }

  /**
   * @param vr needed for private elements and where the dictionary leaves a choice (Pixel Data is OW by default;
   *   `US or SS` is US by default)
   * @throws Fault MALFORMED when the value does not fit the VR, or no VR is known
   */
  set(tag: number, value: ElementValue, vr: Vr | undefined = vrOf(tag)): this {
    if (vr === undefined) {
      throw new Fault('MALFORMED', 'no VR is known for this tag', {
        tag: formatTag(tag),
        advice: 'Give the VR.',
      });
    }
    this.#elements.set(tag, plan(tag, value, vr));
    return this;
  }

  /**
   * Sets a private element, reserving a block for its creator (PS3.5 section 7.8.1).
   * @param group odd group number
   * @param element 0x00–0xff, place within the block
   */
  setPrivate(group: number, creator: string, element: number, value: ElementValue, vr: Vr): this {
    const base = group * 0x10000;
    if (!isPrivate(base) || element < 0 || element > 0xff) {
      throw new Fault('MALFORMED', 'not a private element', { tag: formatTag(base + element) });
    }
    for (let block = 0x10; block <= 0xff; block++) {
      const found = this.#elements.get(base + block);
      if (found === undefined) this.set(base + block, creator, 'LO');
      else if (plannedTexts(found)[0] !== creator) continue;
      return this.set(base + block * 0x100 + element, value, vr);
    }
    throw new Fault('MALFORMED', 'no private block is free in this group', { tag: formatTag(base) });
  }

  /** Copies elements of another data set, text in that one's character set included; absent ones are skipped. */
  copy(from: DataSet, ...tags: readonly number[]): this {
    for (const tag of tags) {
      const element = from.get(tag);
      if (element !== undefined) this.#elements.set(tag, { element, from });
    }
    return this;
  }

  /** Sets encapsulated Pixel Data, one fragment a frame, with a basic offset table. @param frames compressed frames */
  setFrames(frames: readonly Uint8Array[]): this {
    const fragments = frames.map((frame) => padded(frame, 0));
    const table = new DataView(new ArrayBuffer(4 * fragments.length));
    let offset = 0;
    fragments.forEach((fragment, i) => {
      table.setUint32(4 * i, offset, true);
      offset += 8 + fragment.length;
    });
    // Beyond 32 bits the table must be empty (PS3.5 section A.4).
    const basicOffsets = offset <= 0xffffffff ? new Uint8Array(table.buffer) : new Uint8Array(0);
    const element = new DataElement({
      tag: Tag.PixelData,
      vr: 'OB',
      littleEndian: true,
      fragments: [basicOffsets, ...fragments],
    });
    this.#elements.set(Tag.PixelData, { element, from: NOWHERE });
    return this;
  }

  remove(tag: number): this {
    this.#elements.delete(tag);
    return this;
  }

  /** @throws Fault MALFORMED when a text does not fit its VR */
  build(): DataSet {
    return this.#encode(this.#wantedCharacterSet()) ?? this.#toUtf8();
  }

  #wantedCharacterSet(): CharacterSet {
    const own = this.#elements.get(Tag.SpecificCharacterSet);
    if (own !== undefined) return characterSetFor(plannedTexts(own));
    // An item without a set of its own stays under that of the data set it came from.
    if (this.#original?.has(Tag.SpecificCharacterSet) === false) return this.#original.characterSet;
    return characterSetFor([]);
  }

  #toUtf8(): DataSet {
    this.#elements.set(Tag.SpecificCharacterSet, { texts: ['ISO_IR 192'], vr: 'CS' });
    // UTF-8 holds every text, so this one does not fail.
    return this.#encode(characterSetFor(['ISO_IR 192'])) as DataSet;
  }

  /** `undefined` when a text has no place in the character set. */
  #encode(characterSet: CharacterSet): DataSet | undefined {
    const elements = new Map<number, DataElement>();
    for (const tag of [...this.#elements.keys()].sort((a, b) => a - b)) {
      // Group lengths (retired) would be wrong after a change.
      if ((tag & 0xffff) === 0 && tag !== Tag.FileMetaInformationGroupLength) continue;
      const planned = this.#elements.get(tag)!;
      const element =
        'element' in planned ? adopt(planned, characterSet) : encodePlanned(tag, planned, characterSet);
      if (element === undefined) return undefined;
      elements.set(tag, element);
    }
    return new DataSet(elements, { characterSet });
  }
}

/**
 * A data set from values by keyword; give `[value, vr]` through `DataSetBuilder.set` where a VR must be chosen.
 * Keys whose value is `undefined` are left out.
 *
 *     buildDataSet({ PatientName: 'Phantom^Lumbar', Rows: 512, PixelSpacing: [0.7, 0.7] })
 */
export function buildDataSet(values: Partial<Record<Keyword, ElementValue | undefined>>): DataSet {
  const builder = new DataSetBuilder();
  for (const [keyword, value] of Object.entries(values)) {
    if (value !== undefined) builder.set(Tag[keyword as Keyword], value);
  }
  return builder.build();
}

function plannedTexts(planned: Planned): readonly string[] {
  return 'element' in planned ? planned.from.texts(planned.element.tag) : planned.texts;
}

function plan(tag: number, value: ElementValue, vr: Vr): Planned {
  const misfit = () => new Fault('MALFORMED', `value does not fit VR ${vr}`, { tag: formatTag(tag) });
  const traits = traitsOf(vr);
  const carried = (element: DataElement): Carried => ({ element, from: NOWHERE });
  const leaf = (bytes: Uint8Array) =>
    carried(new DataElement({ tag, vr, littleEndian: true, source: bytes }));
  if (ArrayBuffer.isView(value)) {
    if (value instanceof Uint8Array && (traits.kind === 'binary' || traits.kind === 'unknown')) {
      return leaf(padded(value, traits.pad));
    }
    if (traits.kind === 'bulk') return leaf(padded(littleEndianBytes(value), traits.pad));
    if (traits.kind === 'binary' || traits.kind === 'decimal') return plan(tag, Array.from(value), vr);
    throw misfit();
  }
  const values = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  if (traits.kind === 'sequence') {
    if (!values.every((item) => item instanceof DataSet)) throw misfit();
    return carried(new DataElement({ tag, vr, littleEndian: true, items: values }));
  }
  if (traits.kind === 'binary' || traits.kind === 'decimal' || traits.kind === 'integer') {
    if (values.every((item) => typeof item === 'number')) return leaf(encodeNumbers(values, vr, tag));
  }
  if (traits.kind === 'text' || traits.kind === 'decimal' || traits.kind === 'integer') {
    if (values.every((item) => typeof item === 'string')) {
      if (!traits.multiple && values.length > 1) throw misfit();
      return { texts: values, vr };
    }
  }
  if (values.length === 0) return leaf(new Uint8Array(0));
  throw misfit();
}

function encodePlanned(
  tag: number,
  planned: PlannedText,
  characterSet: CharacterSet,
): DataElement | undefined {
  const source = encodeTexts(planned.texts, planned.vr, characterSet, tag);
  return source && new DataElement({ tag, vr: planned.vr, littleEndian: true, source });
}

/** An element as it is where its text reads the same under the new character set, else written anew. */
function adopt({ element, from }: Carried, characterSet: CharacterSet): DataElement | undefined {
  if (from !== NOWHERE && sameTerms(from.characterSet, characterSet)) return element;
  if (element.items !== undefined) return withStatedSets(element, characterSet);
  if (from === NOWHERE || !needsCharacterSet(element)) return element;
  return encodePlanned(element.tag, { texts: from.texts(element.tag), vr: element.readingVr }, characterSet);
}

/** Items whose text would read otherwise under the set around them state their own set. */
function withStatedSets(sequence: DataElement, around: CharacterSet): DataElement {
  const items = sequence.items!;
  const stated = items.map((item) => {
    if (item.has(Tag.SpecificCharacterSet) || sameTerms(item.characterSet, around) || !dependsOnSet(item))
      return item;
    return new DataSetBuilder(item).set(Tag.SpecificCharacterSet, [...item.characterSet.terms], 'CS').build();
  });
  if (stated.every((item, i) => item === items[i])) return sequence;
  return new DataElement({ tag: sequence.tag, vr: 'SQ', littleEndian: true, items: stated });
}

function sameTerms(a: CharacterSet, b: CharacterSet): boolean {
  return a === b || a.terms.join('\\') === b.terms.join('\\');
}

/** Whether any text of an item, or of items in it that inherit its set, is more than ASCII. */
function dependsOnSet(item: DataSet): boolean {
  const waiting = [item];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const element of next.elements()) {
      if (needsCharacterSet(element)) return true;
      for (const inner of element.items ?? []) if (!inner.has(Tag.SpecificCharacterSet)) waiting.push(inner);
    }
  }
  return false;
}

function needsCharacterSet(element: DataElement): boolean {
  return traitsOf(element.readingVr).localised && element.bytes.some((byte) => byte >= 0x80 || byte === 0x1b);
}
