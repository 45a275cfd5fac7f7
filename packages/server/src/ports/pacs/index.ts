/** A PACS that is the archive, asked over DICOMweb as its client. */
export type { PacsCredentials, Secret } from './credentials.ts';
export type { PacsAddress } from './exchange.ts';
export {
  CredentialsRefused,
  InstanceNotTaken,
  PacsAbsent,
  PacsAnswerUnusable,
  PacsRefused,
  PacsUnavailable,
} from './faults.ts';
export { DEFAULT_PEER_LIMITS, type PeerLimits } from './limits.ts';
export { openPacsPeer, type PeerOptions } from './open-peer.ts';
export type { InstanceUids, ListedStudy, PacsPeer, RetrievedInstance, StudyMatch } from './peer.ts';
export { AS_KEPT } from './retrieve.ts';
