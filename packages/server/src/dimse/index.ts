export { AssociationLost, DimseRefused, type LossCode } from './faults.ts';
export { DEFAULT_DIMSE_LIMITS, type DimseLimits } from './limits.ts';
export { type DimseListener, type DimsePorts, listenDimse } from './listen.ts';
export { type Peer, VERBS, type Verb } from './peers.ts';
export { type CallOptions, echo, type SendOptions, sendInstances } from './send.ts';
export type { Transcode } from './sent-form.ts';
export { type Destination, type DimseSettings, type DimseTls, isLoopback } from './settings.ts';
export { isStorageClass, QUERY_CLASSES, STORED_SYNTAXES, VERIFICATION } from './sop-classes.ts';
export type { SendOutcome } from './store-user.ts';
