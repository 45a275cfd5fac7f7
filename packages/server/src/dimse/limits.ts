/** Caps on what a peer may ask of the listener (reliability rows 1, 4, 6). Every one can be lowered or raised. */
export interface DimseLimits {
  /** Connections at once from addresses of the allow-list. */
  readonly maxAssociations: number;
  /** Connections at once from all other addresses together: they are only read to be refused. */
  readonly maxStrangers: number;
  /** Maximum Length that we announce for P-DATA-TF (PS3.8 D.1); a longer one ends the association. */
  readonly maxPduBytes: number;
  /** Of A-ASSOCIATE-RQ and -AC: 128 contexts with twenty transfer syntaxes each take about 60 KiB. */
  readonly maxAssociatePduBytes: number;
  readonly maxCommandBytes: number;
  /** Identifiers of C-FIND, C-MOVE and C-GET. */
  readonly maxIdentifierBytes: number;
  /** Received and not yet taken by the archive; above, the connection is read no further. */
  readonly receiveWindowBytes: number;
  /** ARTIM (PS3.8 9.1.5): from the connection to a whole A-ASSOCIATE-RQ, and to its answer where we ask. */
  readonly artimMs: number;
  /** From our last word (release, rejection, abort) to the end of the connection. */
  readonly closeMs: number;
  /** From the first byte of a PDU to its last: ends who sends a byte a second. */
  readonly pduMs: number;
  /** Between messages, for an answer, and for a peer that reads nothing. */
  readonly idleMs: number;
  /** Answers to one C-FIND. */
  readonly maxMatches: number;
  /** Instances of one C-MOVE or C-GET. */
  readonly maxSuboperations: number;
  /** Held in memory to change the transfer syntax of one instance. */
  readonly maxTranscodeBytes: number;
}

export const DEFAULT_DIMSE_LIMITS: DimseLimits = {
  maxAssociations: 64,
  maxStrangers: 8,
  maxPduBytes: 2 ** 17,
  maxAssociatePduBytes: 2 ** 18,
  maxCommandBytes: 2 ** 14,
  maxIdentifierBytes: 2 ** 18,
  receiveWindowBytes: 2 ** 20,
  artimMs: 30_000,
  closeMs: 5_000,
  pduMs: 60_000,
  idleMs: 300_000,
  maxMatches: 20_000,
  maxSuboperations: 100_000,
  maxTranscodeBytes: 2 ** 29,
};
