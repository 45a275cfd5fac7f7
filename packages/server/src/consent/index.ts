export { sqlPermits } from './consent-rows.ts';
export { type Consents, consents, type PatientConsent, type StudyConsent } from './consents.ts';
export {
  type Erasure,
  type ErasurePorts,
  type Erasures,
  erasures,
  ReasonNamesPatient,
} from './erase.ts';
export type { ErasureTarget } from './erasure-rows.ts';
export { type ErasureProof, isIntact } from './proof.ts';
export {
  ALL_PROJECTS,
  CONSENT_SCOPES,
  CONSENT_STATES,
  type ConsentRecord,
  type ConsentScope,
  ConsentUnclear,
  type NewConsent,
  NotWithinReach,
  STANDINGS,
  type Standing,
} from './types.ts';
