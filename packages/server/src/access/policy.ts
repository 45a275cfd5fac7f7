import type { Identity } from './identity.ts';
import { DEEDS_OF, type Deed } from './roles.ts';

/** Studies over which an identity may do a deed. */
export type Reach =
  | { readonly all: true }
  | {
      readonly all: false;
      readonly projectIds: readonly string[];
      readonly patientKeys: readonly string[];
      readonly studyUids: readonly string[];
    };

/** What breaking the glass opens. */
const EMERGENCY: readonly Deed[] = ['search', 'read', 'request-reading'];

/** Deny by default: an identity without grants reaches nothing. */
export function reachOf(identity: Identity, deed: Deed): Reach {
  if (identity.scopes !== undefined && !identity.scopes.includes(deed)) return NOTHING;
  const projectIds = identity.projects.filter((g) => DEEDS_OF[g.role].includes(deed)).map((g) => g.projectId);
  if (projectIds.includes('*')) return { all: true };
  return {
    all: false,
    projectIds,
    // Who was let in for one patient opens no other's studies.
    patientKeys:
      deed === 'break-glass'
        ? []
        : identity.patients.filter((g) => DEEDS_OF[g.role].includes(deed)).map((g) => g.patientKey),
    studyUids: EMERGENCY.includes(deed) ? identity.brokenGlass : [],
  };
}

const NOTHING: Reach = { all: false, projectIds: [], patientKeys: [], studyUids: [] };

export const reaches = (
  reach: Reach,
  study: { readonly projectId: string; readonly patientKey: string; readonly studyUid: string },
): boolean =>
  reach.all ||
  reach.projectIds.includes(study.projectId) ||
  reach.patientKeys.includes(study.patientKey) ||
  reach.studyUids.includes(study.studyUid);

/** Whether the deed may be done anywhere at all: asked before a route that names no study. */
export function mayAnywhere(identity: Identity, deed: Deed): boolean {
  const reach = reachOf(identity, deed);
  return reach.all || reach.projectIds.length + reach.patientKeys.length + reach.studyUids.length > 0;
}

/** Deeds over the server as a whole (accounts, settings, audit) need the role over all projects. */
export const mayEverywhere = (identity: Identity, deed: Deed): boolean => reachOf(identity, deed).all;
