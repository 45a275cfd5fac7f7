import type { Deed, Role } from './roles.ts';

/** A role, over one project or all (`*`). */
export interface ProjectGrant {
  readonly role: Role;
  readonly projectId: string;
}

/** A role over the studies of one patient. */
export interface PatientGrant {
  readonly role: Role;
  readonly patientKey: string;
}

/** Who asks. Made once per request, association or job, and handed to the one gate. */
export interface Identity {
  readonly kind: 'person' | 'token' | 'peer' | 'worker' | 'system';
  /** As the audit names it: `account:UUID`, `token:UUID`, `peer:AETITLE`, `worker`, `system`. */
  readonly actor: string;
  readonly accountId?: string;
  /** Of a person: the session they came by. */
  readonly sessionId?: string;
  readonly address?: string;
  readonly projects: readonly ProjectGrant[];
  readonly patients: readonly PatientGrant[];
  /** Studies opened by breaking the glass, until when that holds is judged when the identity is made. */
  readonly brokenGlass: readonly string[];
  /** Deeds that a token or peer is limited to; `undefined` where all of the roles' deeds are allowed. */
  readonly scopes?: readonly Deed[];
  /** Where studies that this identity sends go. */
  readonly storesInto: string;
}

/** Who is at the other end of a connection that stays open: judged anew as often as something is told over it. */
export interface Standing {
  /** @returns `undefined` where the session or token has ended. Asking does not keep it alive. */
  identity(): Promise<Identity | undefined>;
  /** Tells of changes to who may what, as far as this process makes them. @returns what ends it */
  changed(tell: () => void): () => void;
}

/** The server's own work: reading on arrival, clearing up. */
export const systemIdentity = (kind: 'worker' | 'system'): Identity => ({
  kind,
  actor: kind,
  projects: [{ role: 'administrator', projectId: '*' }],
  patients: [],
  brokenGlass: [],
  storesInto: 'default',
});
