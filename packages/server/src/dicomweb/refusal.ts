/** Why a DICOMweb request is not answered as asked. PS3.18 section 8.5.1 gives the status of each. */
export type RefusalReason =
  /** A parameter or the path is malformed. */
  | 'bad-request'
  /** There is nothing there, or nothing that may be seen. */
  | 'absent'
  | 'not-acceptable'
  | 'unsupported-media-type'
  | 'too-large'
  /** A byte range outside the value. */
  | 'range';

/** Never carries what the client sent, beyond the names of parameters that the standard defines. */
export class DicomwebRefusal extends Error {
  override readonly name = 'DicomwebRefusal';
  readonly reason: RefusalReason;
  /** Answer headers: what would be accepted, the size of a value. */
  readonly headers: Readonly<Record<string, string>>;
  constructor(reason: RefusalReason, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.reason = reason;
    this.headers = headers;
  }
}

export const badRequest = (message: string): DicomwebRefusal => new DicomwebRefusal('bad-request', message);
