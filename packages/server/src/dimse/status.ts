/** Statuses of the responses: PS3.7 annex C, PS3.4 annexes B and C. */
export const Status = {
  success: 0x0000,
  pending: 0xff00,
  /** Pending, and some optional key was not matched or not known. */
  pendingWithUnsupportedKeys: 0xff01,
  cancelled: 0xfe00,
  /** C-MOVE and C-GET: some sub-operation failed. C-STORE: coercion, which we never do. */
  suboperationsFailed: 0xb000,
  /** C-STORE, warning: kept, but not under the UIDs that the command named. */
  storedUnderOtherUids: 0xb007,
  noSuchSopClass: 0x0118,
  processingFailure: 0x0110,
  invalidSopInstance: 0x0117,
  sopClassNotSupported: 0x0122,
  notAuthorised: 0x0124,
  unrecognisedOperation: 0x0211,
  outOfResources: 0xa700,
  /** C-STORE: larger than an instance may be. */
  instanceTooLarge: 0xa710,
  /** C-MOVE and C-GET (PS3.4 tables C.4-2 and C.4-3): what is asked for cannot be counted up. */
  unableToCountMatches: 0xa701,
  unableToPerformSuboperations: 0xa702,
  moveDestinationUnknown: 0xa801,
  /** Data set or identifier does not match the SOP class. */
  mismatch: 0xa900,
  cannotUnderstand: 0xc000,
} as const;

/** Of a C-STORE response: PS3.4 table B.2-1. */
export const isWarning = (status: number): boolean => status >> 12 === 0xb || status === 0x0001;
