/** The strings of an object that name its patient or others: what must not be found in the result. */
import { type DataElement, type DataSet, Tag, vrOf } from '../dicom/index.ts';
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
  /** Folded texts, see `fold`. */
  readonly words: readonly string[];
  /** Values as they stand in the file, in its own character set: for a search among bytes. */
  readonly encoded: readonly Uint8Array[];
  /** UIDs that the result must not hold. */
  readonly uids: ReadonlySet<string>;
}

export interface IdentityOptions {
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

/** Goes through the whole object, private and unknown parts included. */
export function identityOf(dataSet: DataSet, options: IdentityOptions): Identity {
  const words = new Set<string>();
  const encoded = new Map<string, Uint8Array>();
  const uids = new Set<string>();
  const keptUids = new Set<string>();
  const waiting = [dataSet];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const element of next.elements()) {
      for (const item of element.items ?? []) waiting.push(item);
      const vr = element.readingVr;
      if (vr === 'PN' || vrOf(element.tag) === 'PN') addName(next, element, words, encoded);
      else if (vr === 'UI') {
        for (const uid of next.texts(element.tag)) {
          if (isDicomUid(uid) || isKeptUid(element.tag)) keptUids.add(uid);
          else uids.add(uid);
        }
      } else if (element.tag === Tag.PatientBirthDate) addBirthDate(next.text(element.tag), words);
      else if (IDENTIFIERS.has(element.tag) || (!options.keepInstitution && INSTITUTION.has(element.tag))) {
        for (const value of next.texts(element.tag)) {
          // "MRI" may be the number of a study: without a digit only the patient's own number counts.
          const tells = /\d/.test(value) || !NUMBERS.has(element.tag);
          if (tells && addWord(fold(value), words)) addEncoded(element.bytes, encoded);
        }
      }
    }
  }
  return {
    words: [...words],
    encoded: [...encoded.values()],
    uids: options.keepUids ? new Set() : new Set([...uids].filter((uid) => !keptUids.has(uid))),
  };
}

/** Han, kana and Hangul say in two characters what Latin letters say in three and more. */
const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/** Whether it is long enough to identify. */
function addWord(word: string, words: Set<string>): boolean {
  const least = DENSE.test(word) ? 2 : /\p{L}/u.test(word) ? 3 : 4;
  if ([...word].length < least || NOBODY.has(word)) return false;
  words.add(word);
  return true;
}

function addName(
  dataSet: DataSet,
  element: DataElement,
  words: Set<string>,
  encoded: Map<string, Uint8Array>,
): void {
  const texts = dataSet.texts(element.tag);
  const values = texts.length > 0 ? texts : [latin1(element.bytes)];
  let identifies = false;
  for (const group of values.flatMap((value) => value.split('='))) {
    const parts = group.split('^').map(fold);
    for (const part of parts) {
      identifies = addWord(part, words) || identifies;
      for (const piece of part.split(' ')) identifies = addWord(piece, words) || identifies;
    }
    const [family = '', given = ''] = parts;
    // Written together, as in user names and titles of files.
    if (family.length >= 3 && given.length >= 3 && !NOBODY.has(family) && !NOBODY.has(given)) {
      addWord(family + given, words);
      addWord(given + family, words);
    }
  }
  if (identifies) addEncoded(element.bytes, encoded);
}

/** The ways in which the day of birth is commonly written. */
function addBirthDate(date: string | undefined, words: Set<string>): void {
  const match = date === undefined ? null : /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(date);
  if (match === null || match[1] === '0000' || match[1] === '1900') return;
  const [, year, month, day] = match;
  for (const parts of [
    [year, month, day],
    [day, month, year],
    [month, day, year],
  ]) {
    words.add(parts.join(' '));
    words.add(parts.join(''));
  }
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
