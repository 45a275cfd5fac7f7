/**
 * De-identification by DICOM PS3.15 Annex E.
 *
 *     const outcome = deidentify(parseDicom(bytes), { keyedHash, retain: ['modified-dates'] });
 *     if (outcome.outcome === 'refused') tell(outcome.reason, outcome.advice);
 *     else pass(outcome.bytes, outcome.report);
 *
 * What is done and what is not: docs/deidentification.md.
 */
export { decodeToNative } from './decode-to-native.ts';
export { type Deidentified, deidentify } from './deidentify.ts';
export { findLeaks, type Leak } from './find-leaks.ts';
export { type Identity, type IdentityOptions, identityOf } from './identity.ts';
export { type DeidOptions, RETAINABLE, type Region, type Retained } from './options.ts';
export { PROFILE_EDITION } from './profile-table.generated.ts';
export type { Refusal, RefusalReason } from './refusal.ts';
export type { AttributeReport, Because, Done, Flag, ObjectReport } from './report.ts';
