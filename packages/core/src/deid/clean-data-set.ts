/** A data set gone through attribute by attribute, items of sequences included. */
import {
  type DataElement,
  type DataSet,
  DataSetBuilder,
  isPrivate,
  isPrivateCreator,
  Tag,
  type Vr,
} from '../dicom/index.ts';
import { identifies, withoutIdentity } from './clean-text.ts';
import { type Decision, decide, type Surroundings } from './decide.ts';
import { allowedWords } from './descriptor-words.ts';
import { dummyOf } from './dummy.ts';
import type { Pseudonyms } from './pseudonym.ts';
import type { Done, Tally } from './report.ts';
import { safePrivate, safeTexts } from './safe-private.ts';
import { capAge, shiftDate } from './temporal.ts';
import { isDicomUid, isKeptUid } from './uids.ts';

export interface Cleaning extends Surroundings {
  readonly pseudonyms: Pseudonyms;
  readonly tally: Tally;
  /** Sequences around, as in the report. */
  readonly path: string;
  /** Within a sequence that is to hold dummies only. */
  readonly dummies: boolean;
}

/** Depth is capped by the reader, so the recursion over items is. */
export function cleanDataSet(dataSet: DataSet, cleaning: Cleaning): DataSet {
  const builder = new DataSetBuilder(dataSet);
  const safe = safePrivates(dataSet, cleaning);
  const creators = new Set([...safe].map(creatorTagOf));
  for (const element of dataSet.elements()) {
    if (safe.has(element.tag) || creators.has(element.tag)) {
      // A creator is written anew: behind its name other values may stand.
      if (creators.has(element.tag)) builder.set(element.tag, dataSet.text(element.tag) ?? [], 'LO');
      cleaning.tally.add(cleaning.path, element.tag, 'kept', 'profile');
      continue;
    }
    const decided = decide(dataSet, element, cleaning);
    const { step, because } = cleaning.dummies ? toDummy(element, decided) : decided;
    const done = apply({ step, because }, dataSet, element, builder, cleaning);
    cleaning.tally.add(cleaning.path, element.tag, done, because);
  }
  keepCharacterSet(dataSet, builder);
  return builder.build();
}

/** In a sequence of dummies nothing stays but the structure, classes and new UIDs. */
function toDummy(element: DataElement, decided: Decision): Decision {
  if (decided.step === 'remove' || decided.step === 'empty' || decided.step === 'map') return decided;
  if (element.items !== undefined) return { step: 'enter-dummies', because: decided.because };
  if (element.tag === Tag.SpecificCharacterSet || isKeptUid(element.tag)) return decided;
  return { step: 'dummy', because: 'profile' };
}

function apply(
  { step }: Decision,
  dataSet: DataSet,
  element: DataElement,
  builder: DataSetBuilder,
  cleaning: Cleaning,
): Done {
  const { tag } = element;
  const vr = element.readingVr;
  switch (step) {
    case 'remove':
      builder.remove(tag);
      return 'removed';
    case 'empty':
      builder.set(tag, [], vr);
      return 'emptied';
    case 'dummy':
      builder.set(tag, dummyOf(vr), vr);
      return 'replaced';
    case 'pseudonym': {
      const { patientId, patientName } = cleaning.pseudonyms;
      builder.set(tag, tag === Tag.PatientID ? patientId : patientName);
      return 'replaced';
    }
    case 'keep':
      return 'kept';
    case 'map': {
      const uids = dataSet.texts(tag).map((uid) => (isDicomUid(uid) ? uid : cleaning.pseudonyms.uid(uid)));
      builder.set(tag, uids, 'UI');
      return 'mapped';
    }
    case 'enter':
    case 'enter-structured':
    case 'enter-dummies':
      return enter(step, dataSet, element, builder, cleaning);
    default:
      return rewrite(step, dataSet, element, builder, cleaning);
  }
}

function enter(
  step: 'enter' | 'enter-structured' | 'enter-dummies',
  dataSet: DataSet,
  { tag }: DataElement,
  builder: DataSetBuilder,
  cleaning: Cleaning,
): Done {
  const inner: Cleaning = {
    ...cleaning,
    nested: true,
    structured: cleaning.structured || step === 'enter-structured',
    dummies: cleaning.dummies || step === 'enter-dummies',
    path: `${cleaning.path}(${hex(tag >>> 16)},${hex(tag & 0xffff)})/`,
  };
  builder.set(
    tag,
    dataSet.items(tag).map((item) => cleanDataSet(item, inner)),
    'SQ',
  );
  return step === 'enter-dummies' ? 'replaced' : 'entered';
}

const hex = (number: number): string => number.toString(16).toUpperCase().padStart(4, '0');

/** Values one by one; a value of which nothing is left is empty, a text that must say something says that it was removed. */
function rewrite(
  step: 'scrub' | 'words' | 'shift' | 'cap-age',
  dataSet: DataSet,
  { tag, readingVr: vr }: DataElement,
  builder: DataSetBuilder,
  cleaning: Cleaning,
): Done {
  const { identity } = cleaning;
  const change: Record<typeof step, (value: string) => string> = {
    scrub: (value) => (vr === 'CS' || vr === 'AE' || vr === 'UR' ? '' : withoutIdentity(value, identity)),
    words: (value) => withoutIdentity(allowedWords(value), identity),
    shift: (value) => shiftDate(value, cleaning.pseudonyms.shiftDays) ?? '',
    'cap-age': capAge,
  };
  const values = dataSet.texts(tag).map((value) => {
    if (step === 'scrub' && !identifies(value, identity)) return value;
    return fitting(change[step](value), vr);
  });
  if (values.every((value) => value === '') && values.length > 0) {
    if (cleaning.structured && tag === Tag.TextValue) builder.set(tag, dummyOf(vr), vr);
    else builder.set(tag, [], vr);
  } else builder.set(tag, values, vr);
  return step === 'shift' ? 'shifted' : 'cleaned';
}

const MOST: Partial<Record<Vr, number>> = { SH: 16, LO: 64, ST: 1024, LT: 10240 };

/** Originals may be longer than their VR allows; what is written may not. */
function fitting(text: string, vr: Vr): string {
  const most = MOST[vr];
  return most === undefined ? text : [...text].slice(0, most).join('');
}

/** Terms of the standard only: (0008,0005) is itself text of the file. */
function keepCharacterSet(dataSet: DataSet, builder: DataSetBuilder): void {
  if (!dataSet.has(Tag.SpecificCharacterSet) || dataSet.characterSet.irregularTerms.length === 0) return;
  const { terms } = dataSet.characterSet;
  if (terms.every((term) => term === '')) builder.remove(Tag.SpecificCharacterSet);
  else builder.set(Tag.SpecificCharacterSet, [...terms], 'CS');
}

/** Safe private elements whose values are what the table says and do not name anybody. */
function safePrivates(dataSet: DataSet, { columns, dummies, identity }: Cleaning): ReadonlySet<number> {
  const safe = new Set<number>();
  if (dummies || !columns.has('safePrivate')) return safe;
  for (const element of dataSet.elements()) {
    const { tag } = element;
    if (!isPrivate(tag) || isPrivateCreator(tag)) continue;
    const row = safePrivate(tag, dataSet.privateCreator(tag));
    const texts = row === undefined ? undefined : safeTexts(element, row);
    if (texts?.every((text) => !identifies(text, identity)) === true) safe.add(tag);
  }
  return safe;
}

const creatorTagOf = (tag: number): number => ((tag & 0xffff0000) | ((tag >>> 8) & 0xff)) >>> 0;
