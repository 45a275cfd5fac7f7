/** What an audit record says. Names follow FHIR AuditEvent and DICOM PS3.15 A.5. */

export const ACTIONS = [
  'server-start',
  'server-stop',
  'sign-in',
  'sign-out',
  'account-change',
  'token-change',
  'search',
  'read',
  'store',
  'conflict',
  'delete',
  'erase',
  'consent',
  'export',
  'break-glass',
  'reading',
  'review',
  'report-sign',
  'association',
  'refusal',
  'audit-read',
  'settings',
] as const;
export type AuditAction = (typeof ACTIONS)[number];

export interface AuditEvent {
  readonly action: AuditAction;
  readonly outcome: 'success' | 'refused' | 'failed';
  /** Account, token, peer or worker: never a secret. */
  readonly actor: string;
  /** Peer address, where the deed came over a network. */
  readonly address?: string;
  readonly studyUid?: string;
  readonly patientKey?: string;
  /** Small facts by name: counts, UIDs, the query's keys (never its values for people's names), reasons. */
  readonly detail?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/** As it stands in the chain. */
export interface AuditRecord extends AuditEvent {
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
}
