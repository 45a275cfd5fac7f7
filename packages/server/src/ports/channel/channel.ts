/** Why a channel is ended: RFC 6455 section 7.4.1. */
export const CloseCode = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  /** It may not be told any more. */
  policy: 1008,
  tooBig: 1009,
  /** It takes what it is told too slowly. */
  tryAgainLater: 1013,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/** Texts to a client that stays connected. What it says itself is not looked at. */
export interface TextChannel {
  /** Aborted when either side has ended it, or the connection broke. */
  readonly closed: AbortSignal;
  /** A client that does not take what it is sent is dropped; nothing is kept for it. */
  send(text: string): void;
  close(code: CloseCode): void;
}
