/** New names and UIDs from the keyed hash: the same for the same original under one key, unrelated under another. */
import { type DataSet, Tag } from '../dicom/index.ts';
import { Fault } from '../fault/index.ts';

export interface Pseudonyms {
  readonly patientId: string;
  readonly patientName: string;
  /** Days by which dates are moved: 1 to 3,650 into the past. */
  readonly shiftDays: number;
  uid(original: string): string;
}

type KeyedHash = (text: string) => Uint8Array;

const MAX_SHIFT_DAYS = 3650;

/**
 * Pseudonyms of the patient of an object. The patient is known by Patient ID with its issuer, else by the study.
 * @throws Fault MALFORMED when neither is there, for then objects of several patients would become one person's
 */
export function pseudonymsOf(dataSet: DataSet, keyedHash: KeyedHash): Pseudonyms {
  const id = dataSet.text(Tag.PatientID);
  const study = dataSet.text(Tag.StudyInstanceUID);
  if (id === undefined && study === undefined) {
    throw new Fault('MALFORMED', 'neither Patient ID nor Study Instance UID is there', {
      tag: '(0010,0020)',
      advice: 'Nothing tells to whom the object belongs.',
    });
  }
  const patient =
    id === undefined
      ? `study\n${study}`
      : `patient\n${dataSet.text(Tag.IssuerOfPatientID) ?? ''}\n${id.toUpperCase()}`;
  const name = hexOf(hash(keyedHash, `name\n${patient}`).subarray(0, 8)).toUpperCase();
  const shift = numberOf(hash(keyedHash, `days\n${patient}`).subarray(0, 6));
  return {
    patientId: `P${name}`,
    patientName: `P${name}`,
    shiftDays: -1 - (shift % MAX_SHIFT_DAYS),
    uid: (original) => uidFrom(hash(keyedHash, `uid\n${original}`)),
  };
}

function hash(keyedHash: KeyedHash, text: string): Uint8Array {
  const bytes = keyedHash(text);
  if (bytes.length < 16) throw new RangeError('the keyed hash gives fewer than 16 bytes');
  return bytes;
}

/** A UID of a UUID (PS3.5 section B.2, ISO/IEC 9834-8): version 8, whose content is the maker's own (RFC 9562). */
function uidFrom(bytes: Uint8Array): string {
  const uuid = bytes.slice(0, 16);
  uuid[6] = (uuid[6]! & 0x0f) | 0x80;
  uuid[8] = (uuid[8]! & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${hexOf(uuid)}`)}`;
}

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const numberOf = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0);
