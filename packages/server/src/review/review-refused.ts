/** Why a review or a signature is not taken. A closed set; none of it says anything of the patient. */
export type ReviewReason =
  /** A token or a peer asked: judging and signing are a person's. */
  | 'person-needed'
  /** Marks were made since those that the signer has seen. */
  | 'changed'
  /** Two people's marks stand against each other. */
  | 'conflicts'
  /** A report is signed already: another version says why. */
  | 'reason-needed'
  /** What `readyToSign` finds still to be done. */
  | 'not-ready'
  /** There is no such reading of this study, or none that a report can stand on. */
  | 'no-such-reading'
  /** A later reading, or new images, took its place before it was reviewed. */
  | 'superseded'
  /** Reading times: the reader has not said yes. */
  | 'no-consent'
  /** Reading times: no time that a person could have taken. */
  | 'impossible-time';

export class ReviewRefused extends Error {
  override readonly name = 'ReviewRefused';
  readonly reason: ReviewReason;
  /** Codes that say more, where there are any. */
  readonly because: readonly string[];
  constructor(reason: ReviewReason, message: string, because: readonly string[] = []) {
    super(message);
    this.reason = reason;
    this.because = because;
  }
}
