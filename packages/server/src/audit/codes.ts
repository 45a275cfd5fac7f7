/** What each action is called in DICOM (PS3.15 A.5.3, PS3.16 CID 400, 401 and 403) and in FHIR (restful-interaction). */
import type { AuditAction, AuditRecord } from './event.ts';

export interface DicomCode {
  readonly code: string;
  readonly meaning: string;
}

const dcm = (code: string, meaning: string): DicomCode => ({ code, meaning });

/** Roles of those who took part, CID 402. */
export const ROLE = {
  application: dcm('110150', 'Application'),
  launcher: dcm('110151', 'Application Launcher'),
  destination: dcm('110152', 'Destination Role ID'),
  source: dcm('110153', 'Source Role ID'),
  destinationMedia: dcm('110154', 'Destination Media'),
} as const;

export const STUDY_INSTANCE_UID = dcm('110180', 'Study Instance UID');
export const SOP_CLASS_UID = dcm('110181', 'SOP Class UID');
/** CID 405. */
export const MEDIA_URI = dcm('110037', 'URI');

const EVENT = {
  application: dcm('110100', 'Application Activity'),
  auditLogUsed: dcm('110101', 'Audit Log Used'),
  accessed: dcm('110103', 'DICOM Instances Accessed'),
  transferred: dcm('110104', 'DICOM Instances Transferred'),
  studyDeleted: dcm('110105', 'DICOM Study Deleted'),
  export: dcm('110106', 'Export'),
  patientRecord: dcm('110110', 'Patient Record'),
  query: dcm('110112', 'Query'),
  alert: dcm('110113', 'Security Alert'),
  authentication: dcm('110114', 'User Authentication'),
} as const;
export type EventFamily = keyof typeof EVENT;

export interface ActionCodes {
  readonly family: EventFamily;
  readonly event: DicomCode;
  readonly type?: DicomCode;
  /** Create, read, update, delete, execute. */
  readonly letter: 'C' | 'R' | 'U' | 'D' | 'E';
  /** Where it is a deed on a resource that IHE BALP has a pattern for. */
  readonly rest?: 'create' | 'read' | 'update' | 'delete' | 'search-type';
}

const codes = (
  family: EventFamily,
  letter: ActionCodes['letter'],
  type?: DicomCode,
  rest?: ActionCodes['rest'],
): ActionCodes => ({
  family,
  event: EVENT[family],
  letter,
  ...(type === undefined ? {} : { type }),
  ...(rest === undefined ? {} : { rest }),
});

const CODES: Readonly<Record<AuditAction, ActionCodes>> = {
  'server-start': codes('application', 'E', dcm('110120', 'Application Start')),
  'server-stop': codes('application', 'E', dcm('110121', 'Application Stop')),
  'sign-in': codes('authentication', 'E', dcm('110122', 'Login')),
  'sign-out': codes('authentication', 'E', dcm('110123', 'Logout')),
  'account-change': codes('alert', 'E', dcm('110137', 'User security Attributes Changed')),
  'token-change': codes('alert', 'E', dcm('110137', 'User security Attributes Changed')),
  search: codes('query', 'E', undefined, 'search-type'),
  read: codes('accessed', 'R', undefined, 'read'),
  store: codes('transferred', 'C', undefined, 'create'),
  conflict: codes('alert', 'E', dcm('110132', 'Use of Restricted Function')),
  delete: codes('studyDeleted', 'D', undefined, 'delete'),
  erase: codes('studyDeleted', 'D', undefined, 'delete'),
  consent: codes('patientRecord', 'U', undefined, 'update'),
  export: codes('export', 'R'),
  'break-glass': codes('alert', 'E', dcm('110127', 'Emergency Override Started')),
  reading: codes('accessed', 'R'),
  review: codes('patientRecord', 'U', undefined, 'update'),
  'report-sign': codes('patientRecord', 'C', undefined, 'create'),
  association: codes('alert', 'E', dcm('110126', 'Node Authentication')),
  refusal: codes('alert', 'E', dcm('110132', 'Use of Restricted Function')),
  'audit-read': codes('auditLogUsed', 'R'),
  settings: codes('alert', 'E', dcm('110129', 'Security Configuration')),
};

/** Parts of a study that go are instances accessed, not a study deleted (A.5.3.6, A.5.3.8). */
export function codesOf(record: AuditRecord): ActionCodes {
  const part = record.detail?.seriesInstanceUid ?? record.detail?.sopInstanceUid;
  if (record.action === 'delete' && part !== undefined) return codes('accessed', 'D', undefined, 'delete');
  return CODES[record.action] ?? codes('alert', 'E', dcm('110132', 'Use of Restricted Function'));
}

/** Success; minor failure: what was refused was held off; serious failure. */
export const OUTCOME = { success: '0', refused: '4', failed: '8' } as const;

/** Acts by itself: nobody else asked for the deed. */
export const isServer = (actor: string): boolean =>
  actor === 'system' || actor === 'worker' || actor === 'following';

/** The facts of a record as texts; long lists cut, with the count of what is missing. */
export function factsOf(record: AuditRecord): [name: string, value: string][] {
  return Object.entries(record.detail ?? {}).map(([name, value]) => {
    if (!Array.isArray(value)) return [name, String(value)];
    const rest = value.length - FACTS;
    return [name, [...value.slice(0, FACTS), ...(rest > 0 ? [`and ${rest} more`] : [])].join(' ')];
  });
}
/** A collector takes at least 32,768 octets (PS3.15 A.6); 100 UIDs are 6,500. */
const FACTS = 100;
