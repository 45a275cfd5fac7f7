/** What is to be done with an attribute. */
import { type DataElement, type DataSet, isPrivate, keywordOf, Tag, type Vr } from '../dicom/index.ts';
import { identifies } from './clean-text.ts';
import type { Identity } from './identity.ts';
import { attributeType, optionAction, profileEntry, resolve } from './profile.ts';
import type { OptionColumn } from './profile-table.generated.ts';
import type { Because } from './report.ts';
import { isDicomUid, isKeptUid } from './uids.ts';
import { isText, isWellFormed } from './well-formed.ts';

export type Step =
  | 'remove'
  | 'empty'
  | 'dummy'
  | 'pseudonym'
  | 'keep'
  /** Text without what identifies. */
  | 'scrub'
  /** Text reduced to known words. */
  | 'words'
  | 'shift'
  | 'cap-age'
  | 'map'
  /** Sequence: its items by the same rules. */
  | 'enter'
  /** Sequence: as before, its free texts reduced to known words. */
  | 'enter-structured'
  /** Sequence: its items with a dummy for every value. */
  | 'enter-dummies';

export interface Decision {
  readonly step: Step;
  readonly because: Because;
}

export interface Surroundings {
  readonly columns: ReadonlySet<OptionColumn>;
  readonly identity: Identity;
  readonly sopClassUid: string | undefined;
  readonly nested: boolean;
  /** Within content that is kept by the structured content option. */
  readonly structured: boolean;
}

/** Not in the table, and yet no part of a de-identified object. */
const OWN_REMOVED: ReadonlySet<number> = new Set([
  // Ciphertext of the original attributes (PS3.15 section E.1.1 would have it made anew for a key of one's own).
  Tag.EncryptedAttributesSequence,
  Tag.CommentsOnTheScheduledProcedureStep,
  Tag.CommentsOnPatientPerformanceOfVisualField,
  Tag.PixelDataProviderURL,
  // Said by an earlier de-identification; ours are put in their place.
  Tag.DeidentificationMethod,
  Tag.DeidentificationMethodCodeSequence,
  Tag.PatientIdentityRemoved,
  Tag.LongitudinalTemporalInformationModified,
  Tag.DataSetTrailingPadding,
  Tag.LengthToEnd,
]);
const TEMPORAL: ReadonlySet<Vr> = new Set<Vr>(['DA', 'DT', 'TM']);
const FREE_TEXT: ReadonlySet<Vr> = new Set<Vr>(['ST', 'LT', 'UT', 'UC']);

export function decide(dataSet: DataSet, element: DataElement, around: Surroundings): Decision {
  const { tag } = element;
  const group = tag >>> 16;
  if ((tag & 0xffff) === 0 || group < 0x0008) return { step: 'remove', because: 'structure' };
  if (isPrivate(tag)) return { step: 'remove', because: 'private' };
  // Rows 50XX,XXXX and 60XX,3000: without its data the rest of such a group describes nothing.
  if ((group & 0xff00) === 0x5000 || (group & 0xff00) === 0x6000) {
    return { step: 'remove', because: 'structure' };
  }
  if (keywordOf(tag) === undefined) return { step: 'remove', because: 'unknown' };
  if (tag === Tag.SpecificCharacterSet) return { step: 'keep', because: 'own-rule' };
  if (OWN_REMOVED.has(tag)) return { step: 'remove', because: 'own-rule' };
  const sound = isWellFormed(dataSet, element, around.nested);
  const listed = profileEntry(tag);
  if (listed !== undefined) return byProfile(dataSet, element, sound, around);
  if (!sound) return { step: 'remove', because: 'malformed' };
  return { step: unlisted(dataSet, element, around), because: 'unlisted' };
}

function byProfile(dataSet: DataSet, element: DataElement, sound: boolean, around: Surroundings): Decision {
  const entry = profileEntry(element.tag)!;
  const option = optionAction(entry, around.columns);
  if (option !== undefined && sound) {
    const step = option === 'K' ? kept(dataSet, element, around) : cleaned(dataSet, element, around);
    if (step !== undefined) return { step, because: 'profile' };
  }
  if (element.tag === Tag.PatientID || element.tag === Tag.PatientName) {
    return { step: 'pseudonym', because: 'profile' };
  }
  const type = around.nested ? undefined : attributeType(around.sopClassUid, element.tag);
  const sequence = element.items !== undefined;
  switch (resolve(entry.basic, type)) {
    case 'X':
      return { step: 'remove', because: 'profile' };
    case 'Z':
      return { step: 'empty', because: 'profile' };
    case 'D':
      return { step: sequence ? 'enter-dummies' : 'dummy', because: 'profile' };
    case 'U':
      if (!sound) return { step: 'remove', because: 'malformed' };
      return { step: sequence ? 'enter' : 'map', because: 'profile' };
  }
}

/** K: kept, but sequences are gone through, and no text keeps a name (PS3.15 table E.1-1a). */
function kept(dataSet: DataSet, element: DataElement, around: Surroundings): Step {
  if (element.items !== undefined) return 'enter';
  if (element.tag === Tag.PatientAge) return 'cap-age';
  return unlessIdentifying(dataSet, element, around);
}

/** C, or `undefined` where nothing of the kind can be cleaned: then the basic action holds. */
function cleaned(dataSet: DataSet, element: DataElement, around: Surroundings): Step | undefined {
  if (element.items !== undefined) {
    return around.columns.has('structured') ? 'enter-structured' : undefined;
  }
  const vr = element.readingVr;
  if (vr === 'DA' || vr === 'DT') return 'shift';
  if (vr === 'TM') return 'keep';
  if (element.tag === Tag.TimezoneOffsetFromUTC) {
    return /^[+-]\d{4}$/.test(dataSet.text(element.tag) ?? '') ? 'keep' : undefined;
  }
  return isText(vr) && vr !== 'PN' ? 'words' : undefined;
}

function unlisted(dataSet: DataSet, element: DataElement, around: Surroundings): Step {
  const vr = element.readingVr;
  if (element.items !== undefined) return around.structured ? 'enter-structured' : 'enter';
  if (vr === 'PN') return 'dummy';
  if (vr === 'UR') return 'remove';
  if (vr === 'UI') {
    const standard = isKeptUid(element.tag) || dataSet.texts(element.tag).every(isDicomUid);
    return standard || around.columns.has('uids') ? 'keep' : 'map';
  }
  if (TEMPORAL.has(vr)) {
    if (around.columns.has('fullDates')) return 'keep';
    if (around.columns.has('modifiedDates')) return vr === 'TM' ? 'keep' : 'shift';
    const type = around.nested ? undefined : attributeType(around.sopClassUid, element.tag);
    return ({ X: 'remove', Z: 'empty', D: 'dummy', U: 'dummy' } as const)[resolve('X/Z/D', type)];
  }
  if (around.structured && FREE_TEXT.has(vr)) return 'words';
  return unlessIdentifying(dataSet, element, around);
}

function unlessIdentifying(dataSet: DataSet, element: DataElement, around: Surroundings): Step {
  if (!isText(element.readingVr)) return 'keep';
  if (element.readingVr === 'PN') return 'dummy';
  const texts = dataSet.texts(element.tag);
  return texts.some((text) => identifies(text, around.identity)) ? 'scrub' : 'keep';
}
