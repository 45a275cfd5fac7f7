import { BlobsUnavailable, StorageFull } from '../blobs/index.ts';

/** The PACS does not answer, breaks off, is busy, or refuses the credentials. A retry helps once it is back. */
export class PacsUnavailable extends BlobsUnavailable {}

/** The PACS does not know us (401), or does not let us do this (403). */
export class CredentialsRefused extends PacsUnavailable {
  readonly status: number;
  constructor(status: number) {
    super('The PACS refuses the credentials.');
    this.status = status;
  }
}

/** The PACS has no such study or instance, or not any more. No retry helps. */
export class PacsAbsent extends Error {
  override readonly name = 'PacsAbsent';
}

/** The answer is not what PS3.18 says, is too large, or is of something else than was asked for. */
export class PacsAnswerUnusable extends Error {
  override readonly name = 'PacsAnswerUnusable';
}

/** The PACS cannot be used as it is set; said at the start, with what to do. */
export class PacsRefused extends Error {
  override readonly name = 'PacsRefused';
}

/**
 * The PACS does not take this instance, or gives back something else. Told to the sender by instance, as a full store
 * is (failure reason A700H), and the good ones of the same request are kept.
 */
export class InstanceNotTaken extends StorageFull {
  /** Failure Reason (0008,1197), where the PACS named one. */
  readonly reason: number | undefined;
  constructor(message: string, reason?: number) {
    super(message);
    this.reason = reason;
  }
}
