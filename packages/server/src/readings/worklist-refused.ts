/** Why the worklist does not do what it is asked to. PS3.18 11.4 to 11.12 give the status of each. */
export type WorklistReason =
  /** The data set or a parameter is not as the transaction demands. */
  | 'malformed'
  /** Another procedure than the one that is performed here. */
  | 'not-performed'
  /** There is a work item with this UID. */
  | 'duplicate'
  /** A reading of the study waits or runs: `uid` names it. */
  | 'under-way'
  /** The order names another patient than the images do. */
  | 'other-patient'
  /** C301, none given. */
  | 'transaction-missing'
  /** C301, another one: somebody else performs the step. */
  | 'transaction-incorrect'
  /** C302 */
  | 'in-progress'
  /** C310 */
  | 'not-claimed'
  /** C303 */
  | 'never-again-scheduled'
  /** C304 */
  | 'not-final'
  /** C300, C311 */
  | 'completed'
  | 'cancelled'
  /** C312 */
  | 'performer-unreachable'
  /** Nobody with an account, or too many names. */
  | 'subscriber-refused';

/** Never carries what the client sent. */
export class WorklistRefused extends Error {
  override readonly name = 'WorklistRefused';
  readonly reason: WorklistReason;
  /** Of the work item that stands in the way. */
  readonly uid: string | undefined;
  constructor(reason: WorklistReason, message: string, uid?: string) {
    super(message);
    this.reason = reason;
    this.uid = uid;
  }
}

export const malformed = (message: string): WorklistRefused => new WorklistRefused('malformed', message);
