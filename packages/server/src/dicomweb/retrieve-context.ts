import type { InstanceRecord, Records, Scope } from '../archive/index.ts';
import type { ImageWork, KeptFile, WorkFor } from '../ports/images/index.ts';
import type { Wanted } from './negotiate.ts';
import { DicomwebRefusal } from './refusal.ts';

/** What every retrieval needs. */
export interface Retrieval {
  readonly records: Records;
  readonly images: ImageWork;
  readonly scope: Scope;
  readonly wanted: Wanted;
  /** `https://host/dicom-web`. */
  readonly baseUrl: string;
  readonly ifNoneMatch?: string | undefined;
  /** For whom the image work is done, and until when. */
  readonly work: WorkFor;
}

export const absent = (): DicomwebRefusal => new DicomwebRefusal('absent', 'There is no such object.');

/** @throws DicomwebRefusal absent where there are none or none may be seen */
export async function instancesOf(
  { records, scope }: Retrieval,
  purpose: Parameters<Records['instances']>[1],
): Promise<readonly [InstanceRecord, ...InstanceRecord[]]> {
  const [first, ...rest] = await records.instances(scope, purpose);
  if (first === undefined) throw absent();
  return [first, ...rest];
}

export const keptFile = (records: Records, record: InstanceRecord): KeptFile => ({
  sizeBytes: record.sizeBytes,
  open: () => records.open(record),
});
