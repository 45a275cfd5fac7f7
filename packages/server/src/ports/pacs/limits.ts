/** Bounds on what a PACS may cost us, whatever it answers. */
export interface PeerLimits {
  readonly connectMs: number;
  /** From the request's end to the answer's head: searches over a large archive take their time. */
  readonly answerMs: number;
  /** Between two pieces of a body, sent or received. */
  readonly idleMs: number;
  /** Waiting for all pieces of one body together: who drips is given up. */
  readonly bodyMs: number;
  /** Of one request that finds the PACS away or busy. */
  readonly attempts: number;
  /** Before the second attempt; doubled for each further one. */
  readonly pauseMs: number;
  readonly longestPauseMs: number;
  /** One page of a search, or what is said to a store: read at once, during which nobody else is answered. */
  readonly maxJsonBytes: number;
  readonly maxInstanceBytes: number;
  /** Of one search over all its pages. */
  readonly maxStudies: number;
  readonly maxInstances: number;
  /** Asked for in one page; a PACS may give fewer. */
  readonly studiesPerPage: number;
  readonly instancesPerPage: number;
}

export const DEFAULT_PEER_LIMITS: PeerLimits = {
  connectMs: 5_000,
  answerMs: 60_000,
  idleMs: 30_000,
  bodyMs: 900_000,
  attempts: 3,
  pauseMs: 500,
  longestPauseMs: 30_000,
  maxJsonBytes: 16 * 2 ** 20,
  maxInstanceBytes: 2 ** 30,
  maxStudies: 100_000,
  maxInstances: 100_000,
  studiesPerPage: 200,
  instancesPerPage: 500,
};

/** Requests at a time: a PACS has others to serve. */
export const WIDTH = 12;
