import type { InstanceUids } from './peer.ts';

/** PS3.5 section 9.1. The PACS's UIDs go into paths: what is no UID goes nowhere (reliability row 7). */
const UID = /^[0-9]+(\.[0-9]+)*$/;
const LONGEST = 64;

export const isUid = (text: unknown): text is string =>
  typeof text === 'string' && text.length <= LONGEST && UID.test(text);

/** PS3.18 section 10.1. @throws RangeError where one is no UID: a defect of the caller */
export function instancePath({ studyUid, seriesUid, sopUid }: InstanceUids): string {
  return `${studyPath(studyUid)}/series/${checked(seriesUid)}/instances/${checked(sopUid)}`;
}

export const studyPath = (studyUid: string): string => `/studies/${checked(studyUid)}`;

function checked(uid: string): string {
  if (!isUid(uid)) throw new RangeError('That is no UID.');
  return uid;
}
