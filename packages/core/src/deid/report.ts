/** What was done to one object, attribute by attribute. It holds no original value, and nothing that a creator named. */
import { formatTag, isPrivate, keywordOf } from '../dicom/index.ts';

/** What becomes of an attribute. */
export type Done =
  | 'removed'
  | 'emptied'
  /** A dummy or a pseudonym stands for the value. */
  | 'replaced'
  /** Identifying parts were taken out of the value. */
  | 'cleaned'
  /** The date was moved. */
  | 'shifted'
  /** New UIDs stand for the old ones. */
  | 'mapped'
  /** A sequence was kept; its items were gone through one by one. */
  | 'entered'
  | 'kept';

/** Why an attribute had no choice of its own. */
export type Because =
  /** Table E.1-1, or an option of it. */
  | 'profile'
  /** Private and not on the list of safe ones. */
  | 'private'
  /** Not in the data dictionary: nobody knows what it means. */
  | 'unknown'
  /** The value contradicts its VR, or its VR the dictionary: it may hold anything. */
  | 'malformed'
  /** Overlays, curves, group lengths, padding. */
  | 'structure'
  /** Not in the table: kept unless it holds something of the patient. */
  | 'unlisted'
  /** A rule of ours beyond the table; docs/deidentification.md lists them. */
  | 'own-rule';

export interface AttributeReport {
  /** `(gggg,eeee)`, with the sequences around it: `(0040,0275)/(0040,0007)`. Private ones by their group. */
  readonly path: string;
  readonly keyword?: string;
  readonly done: Done;
  readonly because: Because;
  /** How often in the object: items of a sequence count one by one. */
  readonly count: number;
}

/** Things that a person should look at before handing the object on. */
export type Flag =
  /** A derived image of a modality: it may be a reformatted one, or show text. */
  | 'DERIVED_IMAGE'
  /** The object says that a person could be recognised, or shows the head. */
  | 'FACE_POSSIBLE'
  /** Nothing says whether text is burnt into the image. */
  | 'BURNED_IN_NOT_STATED';

export interface ObjectReport {
  readonly sopClassUid: string;
  readonly profileEdition: string;
  readonly dictionaryEdition: string;
  /** Codes of CID 7050. */
  readonly methods: readonly string[];
  readonly counts: Readonly<Partial<Record<Done, number>>>;
  readonly attributes: readonly AttributeReport[];
  readonly pixels:
    | 'unchanged'
    | 'blanked'
    | 'unused-bits-cleared'
    | 'blanked-and-unused-bits-cleared'
    | 'none';
  readonly flags: readonly Flag[];
}

/** Counts what is done while an object is gone through. */
export class Tally {
  readonly #rows = new Map<string, AttributeReport>();

  add(path: string, tag: number, done: Done, because: Because): void {
    const place = isPrivate(tag) ? `${path}(${formatTag(tag).slice(1, 5)},xxxx)` : `${path}${formatTag(tag)}`;
    const key = `${place} ${done} ${because}`;
    const keyword = because === 'unknown' ? undefined : keywordOf(tag);
    const known = this.#rows.get(key);
    this.#rows.set(key, {
      path: place,
      ...(keyword === undefined ? {} : { keyword }),
      done,
      because,
      count: (known?.count ?? 0) + 1,
    });
  }

  attributes(): readonly AttributeReport[] {
    return [...this.#rows.values()];
  }

  counts(): Partial<Record<Done, number>> {
    const counts: Partial<Record<Done, number>> = {};
    for (const { done, count } of this.#rows.values()) counts[done] = (counts[done] ?? 0) + count;
    return counts;
  }
}
