/** The strings of an object that name its patient or others: what must not be found in the result. */
import { type DataElement, type DataSet, Tag, vrOf } from '../dicom/index.ts';
import { spellingsOfDay } from './days.ts';
import { isDicomUid, isKeptUid } from './uids.ts';

/** Attributes whose whole values identify. Names are found by their VR, wherever they stand. */
const IDENTIFIERS: ReadonlySet<number> = new Set([
  Tag.PatientID,
  Tag.OtherPatientIDs,
  Tag.AccessionNumber,
  Tag.PatientAddress,
  Tag.PatientTelephoneNumbers,
  Tag.PatientTelecomInformation,
  Tag.MedicalRecordLocator,
  Tag.AdmissionID,
  Tag.ServiceEpisodeID,
  Tag.StudyID,
  Tag.RequestedProcedureID,
  Tag.ScheduledProcedureStepID,
  Tag.PerformedProcedureStepID,
  Tag.PlacerOrderNumberImagingServiceRequest,
  Tag.FillerOrderNumberImagingServiceRequest,
  Tag.InsurancePlanIdentification,
  Tag.PersonAddress,
  Tag.PersonTelephoneNumbers,
]);
/** Those of them that stand for an order or a step and are sometimes a mere word. */
const NUMBERS: ReadonlySet<number> = new Set([
  Tag.StudyID,
  Tag.AdmissionID,
  Tag.ServiceEpisodeID,
  Tag.RequestedProcedureID,
  Tag.ScheduledProcedureStepID,
  Tag.PerformedProcedureStepID,
  Tag.InsurancePlanIdentification,
]);
/** Of the patient's own objects: no class or coding scheme, whatever else they stand in. */
const OWN_UIDS: ReadonlySet<number> = new Set([
  Tag.StudyInstanceUID,
  Tag.SeriesInstanceUID,
  Tag.SOPInstanceUID,
  Tag.FrameOfReferenceUID,
  Tag.ReferencedSOPInstanceUID,
]);
const INSTITUTION: ReadonlySet<number> = new Set([Tag.InstitutionName, Tag.InstitutionAddress]);
/**
 * Words in place of names, titles, what earlier de-identifications wrote, and terms that hold an object together
 * (Value Type, Image Type): they identify nobody.
 */
const NOBODY: ReadonlySet<string> = new Set(
  `anon anonym anonymous anonymized anonymised deidentified none nobody null patient phantom pseudonym removed
   subject test unknown unbekannt name doctor prof professor phd med mrs miss herr frau ms mr dr
   code composite container date image num pname text time waveform yes original derived primary secondary`.split(
    /\s+/,
  ),
);

export interface Identity {
  /** Names and numbers, folded (see `fold`), as texts are searched for them. */
  readonly words: readonly string[];
  /** Days that the result must not tell, folded, in all common spellings. */
  readonly days: readonly string[];
  /** Names and numbers as they were written and as they may be in another alphabet: for a search among bytes. */
  readonly spellings: readonly string[];
  /** Values as they stand in the file, in its own character set: for a search among bytes. */
  readonly encoded: readonly Uint8Array[];
  /** UIDs that the result must not hold. */
  readonly uids: ReadonlySet<string>;
}

export interface IdentityOptions {
  /** The days of the study may be told; never that of birth. */
  readonly keepDates: boolean;
  readonly keepUids: boolean;
  readonly keepInstitution: boolean;
}

/** Lower case, without accents, one space for whatever separates: so that spellings meet. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Letters that some write as two. */
const AS_TWO: Readonly<Record<string, string>> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  ß: 'ss',
  ø: 'oe',
  å: 'aa',
  æ: 'ae',
};

/** The text in letters without marks, where it has any that become two: `Müller` is `Mueller` as well as `Muller`. */
function inPlainLetters(text: string): string | undefined {
  const plain = text
    .normalize('NFC')
    .replaceAll(/[äöüßøåæ]/gi, (letter) => AS_TWO[letter.toLowerCase()] ?? letter);
  return plain === text.normalize('NFC') ? undefined : plain;
}

/** Several of a 4-D series; more than these are none of a patient. */
const MOST_DAYS = 64;

/** What is gathered while an object is gone through. */
class Gathering {
  readonly words = new Set<string>();
  readonly days = new Map<string, readonly string[]>();
  readonly spellings = new Set<string>();
  readonly encoded = new Map<string, Uint8Array>();

  /** Whether it is long enough to identify. */
  addWord(text: string): boolean {
    const word = fold(text);
    const least = DENSE.test(word) ? 2 : /\p{L}/u.test(word) ? 3 : 4;
    if ([...word].length < least || NOBODY.has(word)) return false;
    const plain = inPlainLetters(text);
    for (const form of plain === undefined ? [text] : [text, plain]) {
      this.words.add(fold(form));
      this.spellings.add(form.trim()).add(fold(form));
    }
    return true;
  }

  addDay(value: string, shortYear = false): void {
    if (this.days.size >= MOST_DAYS && !shortYear) return;
    const key = value.replaceAll('.', '').slice(0, 8);
    if (!this.days.has(key) || shortYear) this.days.set(key, spellingsOfDay(value, { shortYear }));
  }
}

/** Goes through the whole object, private and unknown parts included. */
export function identityOf(dataSet: DataSet, options: IdentityOptions): Identity {
  const gathering = new Gathering();
  const uids = new Set<string>();
  const keptUids = new Set<string>();
  const ownUids = new Set<string>();
  const waiting = [dataSet];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const element of next.elements()) {
      for (const item of element.items ?? []) waiting.push(item);
      const vr = element.readingVr;
      if (vr === 'PN' || vrOf(element.tag) === 'PN') addName(next, element, gathering);
      else if (vr === 'UI') {
        for (const uid of next.texts(element.tag)) {
          if (isDicomUid(uid) || isKeptUid(element.tag)) keptUids.add(uid);
          else uids.add(uid);
          if (OWN_UIDS.has(element.tag) && !isDicomUid(uid)) ownUids.add(uid);
        }
      } else if (element.tag === Tag.PatientBirthDate) {
        for (const day of next.texts(element.tag)) gathering.addDay(day, true);
      } else if ((vr === 'DA' || vr === 'DT') && !options.keepDates) {
        for (const day of next.texts(element.tag)) gathering.addDay(day);
      } else if (IDENTIFIERS.has(element.tag) || (!options.keepInstitution && INSTITUTION.has(element.tag))) {
        for (const value of next.texts(element.tag)) {
          // "MRI" may be the number of a study: without a digit only the patient's own number counts.
          const tells = /\d/.test(value) || !NUMBERS.has(element.tag);
          if (tells && gathering.addWord(value)) addEncoded(element.bytes, gathering.encoded);
        }
      }
    }
  }
  return {
    words: [...gathering.words],
    days: [...gathering.days.values()].flat(),
    spellings: [...gathering.spellings],
    encoded: [...gathering.encoded.values()],
    uids: options.keepUids
      ? new Set()
      : new Set([...uids].filter((uid) => ownUids.has(uid) || !keptUids.has(uid))),
  };
}

/** Han, kana and Hangul say in two characters what Latin letters say in three and more. */
const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/** Of a name whose parts are too short to tell anything alone, the whole. */
const LEAST_PHRASE = 4;

function addName(dataSet: DataSet, element: DataElement, gathering: Gathering): void {
  const texts = dataSet.texts(element.tag);
  const values = texts.length > 0 ? texts : [latin1(element.bytes)];
  let identifies = false;
  for (const group of values.flatMap((value) => value.split('='))) {
    const parts = group.split('^').map((part) => part.trim());
    for (const part of parts) {
      identifies = gathering.addWord(part) || identifies;
      for (const piece of part.split(/[^\p{L}\p{M}\p{N}]+/u))
        identifies = gathering.addWord(piece) || identifies;
    }
    const [family = '', given = ''] = parts;
    const [foldedFamily, foldedGiven] = [fold(family), fold(given)];
    if (foldedFamily === '' || foldedGiven === '' || NOBODY.has(foldedFamily) || NOBODY.has(foldedGiven))
      continue;
    const short = foldedFamily.length < 3 || foldedGiven.length < 3;
    // Written together, as in user names and titles of files.
    if (!short) {
      gathering.addWord(family + given);
      gathering.addWord(given + family);
    } else if (foldedFamily.length + foldedGiven.length >= LEAST_PHRASE) {
      gathering.addWord(`${family} ${given}`);
      gathering.addWord(`${given} ${family}`);
    }
  }
  if (identifies) addEncoded(element.bytes, gathering.encoded);
}

/** The value, and the runs between its delimiters and escape sequences, as long as they are long enough to tell. */
function addEncoded(bytes: Uint8Array, encoded: Map<string, Uint8Array>): void {
  const all = trimmed(bytes);
  add(all);
  if (all.includes(0x1b)) {
    // ISO 2022: "\" "^" "=" may be half of a character, so that only escape sequences (ESC and two or three bytes) divide.
    let start = 0;
    for (let at = 0; at <= all.length; at++) {
      if (at < all.length && all[at] !== 0x1b) continue;
      add(all.subarray(start, at));
      start = at + (all[at + 1] === 0x24 && (all[at + 2] === 0x28 || all[at + 2] === 0x29) ? 4 : 3);
    }
  }
  function add(run: Uint8Array): void {
    if (run.length >= 6 && !NOBODY.has(fold(latin1(run)))) encoded.set(latin1(run), run);
  }
}

function trimmed(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0)) end--;
  return bytes.subarray(0, end);
}

const latin1 = (bytes: Uint8Array): string =>
  Array.from(bytes.subarray(0, 4096), (byte) => String.fromCharCode(byte)).join('');
