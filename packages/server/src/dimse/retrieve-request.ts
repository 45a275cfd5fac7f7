/** What a C-MOVE or C-GET asks for: PS3.4 C.4.2.1.4, C.4.3.1.4. Unique keys only, single values or lists of UIDs. */
import { type DataSet, Tag } from '@promontory/core/dicom';
import { type InstanceRecord, isUid, type Records, type Scope } from '../archive/index.ts';
import type { Model } from './sop-classes.ts';

/** Studies of a patient that are looked up at once. */
const PAGE = 200;

export type RetrieveRequest = { readonly patientId: string } | { readonly scopes: readonly Scope[] };

/** @returns undefined where the keys do not fit the level, or the level not the model */
export function retrieveRequestOf(identifier: DataSet, model: Model): RetrieveRequest | undefined {
  const uids = (tag: number): string[] | undefined => {
    const values = identifier.texts(tag).filter((value) => value !== '');
    return values.length > 0 && values.every(isUid) ? values : undefined;
  };
  const level = identifier.text(Tag.QueryRetrieveLevel);
  if (level === 'PATIENT' && model === 'patient') {
    const patientId = identifier.text(Tag.PatientID);
    return patientId === undefined || /[*?]/.test(patientId) ? undefined : { patientId };
  }
  const studies = uids(Tag.StudyInstanceUID);
  if (studies === undefined) return undefined;
  if (level === 'STUDY') return { scopes: studies.map((studyUid) => ({ studyUid })) };
  // Above the level of the request a key has one value.
  const [studyUid] = studies;
  const series = uids(Tag.SeriesInstanceUID);
  if (studies.length > 1 || studyUid === undefined || series === undefined) return undefined;
  if (level === 'SERIES') return { scopes: series.map((seriesUid) => ({ studyUid, seriesUid })) };
  const [seriesUid] = series;
  const instances = uids(Tag.SOPInstanceUID);
  if (level !== 'IMAGE' || series.length > 1 || seriesUid === undefined || instances === undefined)
    return undefined;
  return { scopes: instances.map((sopUid) => ({ studyUid, seriesUid, sopUid })) };
}

/** @returns undefined where there are more than `most` */
export async function instancesOf(
  request: RetrieveRequest,
  records: Records,
  purpose: 'retrieve' | 'move',
  most: number,
): Promise<InstanceRecord[] | undefined> {
  const scopes = 'scopes' in request ? request.scopes : await studiesOf(request.patientId, records);
  const found: InstanceRecord[] = [];
  for (const scope of scopes) {
    for (const instance of await records.instances(scope, purpose)) found.push(instance);
    if (found.length > most) return undefined;
  }
  return found;
}

async function studiesOf(patientId: string, records: Records): Promise<Scope[]> {
  const scopes: Scope[] = [];
  for (let offset = 0; ; offset += PAGE) {
    const { rows, more } = await records.search({
      level: 'study',
      matches: new Map([[Tag.PatientID, { kind: 'single', value: patientId }]]),
      include: [Tag.PatientID],
      fuzzy: false,
      limit: PAGE,
      offset,
    });
    for (const row of rows) {
      const studyUid = row['0020000D']?.Value?.[0];
      if (typeof studyUid === 'string' && row['00100020']?.Value?.[0] === patientId)
        scopes.push({ studyUid });
    }
    if (!more) return scopes;
  }
}
