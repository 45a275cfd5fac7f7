/** What can go wrong on an association. None carries patient data: peers' words are reduced to codes. */
import { BlobsUnavailable, StorageFull } from '../ports/blobs/index.ts';
import { DatabaseUnavailable } from '../ports/database/index.ts';
import { PoolBusy } from '../ports/untrusted/index.ts';

/** Bytes that are no PDU, or one beyond the caps. The association is aborted (PS3.8 9.3.8). */
export class PduMalformed extends Error {
  override readonly name = 'PduMalformed';
  /** Reason of the A-ABORT, PS3.8 table 9-26. */
  readonly reason: AbortReason;
  constructor(message: string, reason: AbortReason = 6) {
    super(message);
    this.reason = reason;
  }
}

/** 0 not specified, 1 unrecognised PDU, 2 unexpected PDU, 4 unrecognised parameter, 5 unexpected parameter, 6 invalid parameter. */
export type AbortReason = 0 | 1 | 2 | 4 | 5 | 6;

/** Whole PDUs whose messages break PS3.7. The association is aborted. */
export class DimseMalformed extends Error {
  override readonly name = 'DimseMalformed';
}

export type LossCode =
  /** The peer sent A-ABORT. */
  | 'aborted'
  /** The connection closed without a release. */
  | 'closed'
  /** We ended it: a timer ran out. */
  | 'timeout'
  /** We ended it: the peer broke the protocol. */
  | 'protocol'
  /** We ended it: shutting down, or our own failure. */
  | 'ended'
  /** No connection could be made. */
  | 'unreachable'
  /** The peer answered A-ASSOCIATE-RJ. */
  | 'rejected';

/** The association is no more; what was under way was not finished. A retry over a new one may help. */
export class AssociationLost extends Error {
  override readonly name = 'AssociationLost';
  readonly code: LossCode;
  constructor(code: LossCode, fields: { readonly cause?: unknown } = {}) {
    super(`association ${code}`, fields);
    this.code = code;
  }
}

/** Room, time, the database or the store: nothing is said about what was asked, and a retry helps later. */
export const isForWantOf = (error: unknown): boolean =>
  [StorageFull, BlobsUnavailable, DatabaseUnavailable, PoolBusy].some((kind) => error instanceof kind);

/** The listener would be open to others than it should: it does not start, and says what to do. */
export class DimseRefused extends Error {
  override readonly name = 'DimseRefused';
}
